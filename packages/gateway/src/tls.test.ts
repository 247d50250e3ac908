// What the certificate library was compiled with.
import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseConfig } from './config/parse.ts';
import { startGateway } from './testing/test-gateway.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

interface Made {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
  readonly cert: string;
  readonly key: string;
}

let serial = 0;

async function make(name: string, issuer?: Made): Promise<Made> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.create({
    ...{
      serialNumber: String(++serial).padStart(2, '0'),
      subject: `CN=${name}`,
      signingAlgorithm: algorithm,
    },
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [
      new BasicConstraintsExtension(issuer === undefined, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
  return { certificate, keys, cert: certificate.toString('pem'), key };
}

let folder: string;
let authority: Made;
let server: Made;
let client: Made;
let stranger: Made;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bonafide-tls-'));
  authority = await make('authority');
  [server, client, stranger] = [
    await make('server', authority),
    await make('client', authority),
    await make('client', await make('stranger')),
  ];
  await Promise.all([
    writeFile(join(folder, 'cert.pem'), server.cert),
    writeFile(join(folder, 'key.pem'), server.key),
    writeFile(join(folder, 'ca.pem'), authority.cert),
  ]);
});
afterAll(() => rm(folder, { recursive: true }));

const files = () => ({ certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') });

function status(url: string, options: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/health`, { agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** The kind of the first frame of a session. */
function firstFrame(url: string, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/session`, 'bonafide.v1', options);
    socket.once('error', reject);
    socket.once('message', (data) => {
      socket.terminate();
      resolve(JSON.parse(String(data)).t);
    });
  });
}

describe('a gateway with a certificate', () => {
  it('speaks TLS, from files or from text, and says so in its URL', async () => {
    const inline = { cert: server.cert, key: server.key };
    for (const tls of [files(), inline]) {
      await using gateway = await startSecure(tls);
      expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
      expect(await status(gateway.url, { ca: authority.cert })).toBe(200);
      expect(await firstFrame(gateway.url, { ca: authority.cert })).toBe('challenge');
      await expect(status(gateway.url, {})).rejects.toMatchObject({
        code: expect.stringMatching(/CERT|VERIFY/),
      });
    }
  });

  it('demands the certificates of its clients when it has their authority', async () => {
    await using gateway = await startSecure({ ...files(), clientCaFile: join(folder, 'ca.pem') });
    const ca = authority.cert;
    expect(await status(gateway.url, { ca, cert: client.cert, key: client.key })).toBe(200);
    expect(await firstFrame(gateway.url, { ca, cert: client.cert, key: client.key })).toBe('challenge');
    await expect(status(gateway.url, { ca })).rejects.toThrow();
    await expect(firstFrame(gateway.url, { ca })).rejects.toThrow();
    await expect(status(gateway.url, { ca, cert: stranger.cert, key: stranger.key })).rejects.toThrow();
  });

  it('does not start with files that are missing or do not fit', async () => {
    const { certFile } = files();
    const missing = startSecure({ certFile, keyFile: join(folder, 'nowhere.pem') });
    await expect(missing).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const foreign = startSecure({ certFile, key: client.key });
    await expect(foreign).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('is configured by the environment, and refuses half of a configuration', () => {
    const env = { BONAFIDE_TLS_CERT_FILE: 'c.pem', BONAFIDE_TLS_KEY_FILE: 'k.pem' };
    expect(parseConfig(env).tls).toEqual({ certFile: 'c.pem', keyFile: 'k.pem' });
    for (const broken of [
      { BONAFIDE_TLS_CERT_FILE: 'c.pem' },
      { ...env, BONAFIDE_TLS_REQUIRE_CLIENT_CERT: 'true' },
    ]) {
      expect(() => parseConfig(broken)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    }
  });
});

function startSecure(tls: object) {
  return startGateway({ tls });
}
