import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, type Certificate, createAuthority } from '../../test-support/certificates.ts';
import { type SessionServer, startSessionServer } from '../../test-support/session-server.ts';
import { platform as elsewhere } from '../client/platform.ts';
import { connect } from '../client/secure.ts';
import { createKeyPair, signerFromSeed } from '../identity/index.ts';
import { openSession, type Session } from '../session/index.ts';
import type { TlsOptions } from '../transport/tls.ts';
import { parseConfig } from './config.ts';

let authority: Authority;
let client: Certificate;
let folder: string;
/** One that anybody may connect to, and one that asks for a certificate of the same authority. */
let open: SessionServer;
let guarded: SessionServer;

async function start(options: { readonly requestCert: boolean }): Promise<SessionServer> {
  const own = await authority.issue('gateway');
  const server = createServer(
    { ...own, ...options, ca: authority.ca, rejectUnauthorized: true },
    (request, response) => {
      if (request.url?.startsWith('/v1/session')) return;
      response.setHeader('content-type', 'application/json').end('{"items":[]}');
    },
  );
  return startSessionServer({ server, scheme: 'https' });
}

beforeAll(async () => {
  authority = await createAuthority();
  client = await authority.issue('client');
  folder = await mkdtemp(join(tmpdir(), 'bonafide-tls-'));
  open = await start({ requestCert: false });
  guarded = await start({ requestCert: true });
});

afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await guarded?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const list = ({ url }: SessionServer, tls?: TlsOptions) =>
  connect({ url, token: 'bft_1', tls, retry: { limit: 0 } }).members.list({});

function session({ url }: SessionServer, tls?: TlsOptions): Promise<Session> {
  return openSession({
    ...{ url, tls, carrier: 'websocket', reconnect: false },
    signer: signerFromSeed(createKeyPair().seed),
    principal: { type: 'agent', implementation: 'worker' },
  });
}

async function closed(opening: Promise<Session>): Promise<boolean> {
  await using live = await opening;
  return live.isConnected;
}

const refused = { code: 'CONNECTION_FAILED' };

describe('TLS', () => {
  it('trusts the authorities of the system by default, which this one is not', async () => {
    await expect(list(open)).rejects.toMatchObject(refused);
    await expect(session(open)).rejects.toMatchObject(refused);
  });

  it('trusts the authority that is given, and no other', async () => {
    const other = await createAuthority();
    await expect(list(open, { ca: authority.ca })).resolves.toMatchObject({ items: [] });
    await expect(closed(session(open, { ca: authority.ca }))).resolves.toBe(true);
    await expect(list(open, { ca: other.ca })).rejects.toMatchObject(refused);
    await expect(session(open, { ca: other.ca })).rejects.toMatchObject(refused);
  });

  it('shows the certificate of the client where one is asked for', async () => {
    const tls = { ca: authority.ca, ...client };
    await expect(list(guarded, tls)).resolves.toMatchObject({ items: [] });
    await expect(closed(session(guarded, tls))).resolves.toBe(true);
  });

  it('is refused without it, and with one of another authority', async () => {
    const { ca } = authority;
    const stranger = await (await createAuthority()).issue('client');
    for (const tls of [{ ca }, { ca, ...stranger }]) {
      await expect(list(guarded, tls)).rejects.toMatchObject(refused);
      await expect(session(guarded, tls)).rejects.toMatchObject(refused);
    }
  });

  it('takes files, text and bytes', async () => {
    const paths = {
      ca: join(folder, 'ca.pem'),
      cert: join(folder, 'cert.pem'),
      key: join(folder, 'key.pem'),
    };
    await writeFile(paths.ca, authority.ca);
    await writeFile(paths.cert, client.cert);
    await writeFile(paths.key, client.key);
    const bytes = {
      ca: Buffer.from(authority.ca),
      cert: Buffer.from(client.cert),
      key: Buffer.from(client.key),
    };
    for (const tls of [paths, bytes]) {
      await expect(list(guarded, tls)).resolves.toMatchObject({ items: [] });
      await expect(closed(session(guarded, tls))).resolves.toBe(true);
    }
    const env = {
      BONAFIDE_TLS_CA_FILE: paths.ca,
      BONAFIDE_TLS_CLIENT_CERT_FILE: paths.cert,
      BONAFIDE_TLS_CLIENT_KEY_FILE: paths.key,
    };
    const { tls } = parseConfig(env);
    expect(tls).toEqual(paths);
    await expect(list(guarded, tls)).resolves.toMatchObject({ items: [] });
  });

  it('refuses half a client certificate, and a file that is not there, without repeating what was given', async () => {
    await expect(list(open, { cert: client.cert })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const error = await list(open, { ca: 'not-a-file-but-a-secret' }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.stringContaining('tls.ca') });
    expect(String(error)).not.toContain('secret');
    expect(() => parseConfig({ BONAFIDE_TLS_CLIENT_CERT_FILE: 'cert.pem' })).toThrow('needs both');
  });

  it('belongs to the platform outside Node', async () => {
    const events = { onText: () => undefined, onClose: () => undefined };
    const { signal } = new AbortController();
    const request = { protocol: 'x', tls: { ca: authority.ca }, events, signal };
    expect(() => elsewhere.openFetch({ ca: authority.ca })).toThrow('Only Node');
    await expect(elsewhere.openSocket(new URL(open.url), request)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});
