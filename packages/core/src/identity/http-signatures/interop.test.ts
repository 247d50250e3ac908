import { createPublicKey, type KeyObject, verify as verifyEd25519 } from 'node:crypto';
import { createSignature, verifySignature } from 'http-message-sig';
import { httpbis } from 'http-message-signatures';
import { expect, test } from 'vitest';
import { signatureHeaders, verify as verifyWebBotAuth } from 'web-bot-auth';
import { toBase64Url } from '../bytes.ts';
import { createKeyPair, signerFromSeed } from '../keys.ts';
import { contentDigest } from './content-digest.ts';
import { signMessage, verifyMessage } from './message.ts';
import { signRequest } from './sign-request.ts';
import { verifyRequest } from './verify-request.ts';

// Independent implementations of RFC 9421: what we sign they verify, and what they sign we verify.

const authority = 'gateway.example';
const keyPair = createKeyPair();
const signer = signerFromSeed(keyPair.seed);
const publicKey: KeyObject = createPublicKey({
  key: { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(keyPair.publicKey) },
  format: 'jwk',
});
const components = ['@method', '@authority', '@path', '@query', 'content-digest', 'idempotency-key'];
const nonce = 'AAECAwQFBgcICQoLDA0ODw';
const body = '{"amountUsdc":"12.50"}';
const nowSeconds = Math.floor(Date.now() / 1000);
const headers = {
  'content-type': 'application/json',
  'content-digest': contentDigest(new TextEncoder().encode(body)),
  'idempotency-key': 'k-1',
};

interface Sample {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

function verifyBytes(data: Uint8Array, signature: Uint8Array): boolean {
  return verifyEd25519(null, data, publicKey, signature);
}

function claimOf(request: Sample): Promise<unknown> {
  const { pathname, search } = new URL(request.url);
  return verifyRequest({ ...request, url: pathname + search, body }, { authority });
}

async function signedByUs(url: string): Promise<Sample> {
  const added = await signRequest({ method: 'POST', url, headers, body }, signer);
  return { method: 'POST', url, headers: { ...headers, ...added } };
}

const urls = [`https://${authority}/v1/jobs`, `https://${authority}/v1/jobs?state=open&q=a%20b`];

const verifiers: [string, (request: Sample) => Promise<boolean>][] = [
  [
    'http-message-signatures',
    async (request) => {
      const keyLookup = async () => ({
        verify: async (data: Buffer, signature: Buffer) => verifyBytes(data, signature),
      });
      return (await httpbis.verifyMessage({ keyLookup, requiredFields: components }, request)) === true;
    },
  ],
  [
    'http-message-sig',
    async ({ method, url, headers: sent }) => {
      const fields = Object.entries(sent).map(([name, value]) => ({ name, value }));
      const requiredParameters = ['created', 'expires', 'nonce', 'keyid', 'tag'];
      const policy = { algorithms: ['ed25519'], requiredComponents: components, requiredParameters };
      const message = { kind: 'request', method, targetUri: url, fields } as const;
      const resolveVerifier = () => ({ algorithm: 'ed25519', verify: verifyBytes });
      return verifySignature(message, { policy, resolveVerifier }).then(
        () => true,
        () => false,
      );
    },
  ],
];

const signers: [string, (url: string) => Promise<Sample>][] = [
  [
    'http-message-signatures',
    async (url) => {
      const key = {
        id: signer.did,
        alg: 'ed25519',
        sign: async (data: Buffer) => Buffer.from(await signer.sign(data)),
      };
      const paramValues = {
        tag: 'bonafide',
        nonce,
        created: new Date(nowSeconds * 1000),
        expires: new Date((nowSeconds + 60) * 1000),
      };
      const params = ['keyid', 'alg', 'created', 'expires', 'nonce', 'tag'];
      const config = { key, fields: components, params, paramValues };
      const { headers: sent } = await httpbis.signMessage(config, {
        method: 'POST',
        url,
        headers: { ...headers },
      });
      return { method: 'POST', url, headers: lowerCased(sent) };
    },
  ],
  [
    'http-message-sig',
    async (url) => {
      const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
      const parameters = {
        keyid: signer.did,
        tag: 'bonafide',
        nonce,
        alg: 'ed25519',
        expires: nowSeconds + 60,
        created: nowSeconds,
      };
      const made = await createSignature(
        { kind: 'request', method: 'POST', targetUri: url, fields },
        { components, parameters, signer: { algorithm: 'ed25519', sign: (data) => signer.sign(data) } },
      );
      const added = { 'signature-input': made.signatureInput, signature: made.signature };
      return { method: 'POST', url, headers: { ...headers, ...added } };
    },
  ],
];

function lowerCased(source: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(source).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

test.each(verifiers)('%s verifies our requests and refuses them when tampered with', async (_, verify) => {
  for (const url of urls) {
    const request = await signedByUs(url);
    expect(await verify(request)).toBe(true);
    expect(await verify({ ...request, method: 'PUT' })).toBe(false);
    expect(await verify({ ...request, url: `${url}/x` })).toBe(false);
    expect(await verify({ ...request, headers: { ...request.headers, 'idempotency-key': 'k-2' } })).toBe(
      false,
    );
  }
});

test.each(signers)(
  'we verify requests %s signed under our profile, and refuse them when tampered with',
  async (_, sign) => {
    for (const url of urls) {
      const request = await sign(url);
      const claim = { did: signer.did, nonce, created: nowSeconds, expires: nowSeconds + 60 };
      await expect(claimOf(request)).resolves.toEqual(claim);
      await expect(claimOf({ ...request, method: 'PUT' })).rejects.toMatchObject({
        details: { reason: 'bad-signature' },
      });
    }
  },
);

test('web-bot-auth and we verify each other', async () => {
  const request = new Request(urls[1] ?? '', { headers: { 'signature-agent': '"https://agent.example"' } });
  const theirSigner = {
    alg: 'ed25519' as const,
    keyid: signer.did,
    sign: (data: string) => signer.sign(Buffer.from(data)),
  };
  const times = { created: new Date(nowSeconds * 1000), expires: new Date((nowSeconds + 60) * 1000) };
  const made = await signatureHeaders(request, theirSigner, times);
  const theirs = { 'signature-input': made['Signature-Input'], signature: made.Signature };
  const sent = { 'signature-agent': '"https://agent.example"' };
  const target = { method: 'GET', url: request.url, authority };
  const input = await verifyMessage(
    { ...target, headers: { ...sent, ...theirs } },
    { publicKey: keyPair.publicKey },
  );
  expect(input.parameters.tag).toBe('web-bot-auth');

  const ours = await signMessage(
    { ...target, headers: sent },
    {
      signer,
      components: ['@authority', 'signature-agent'],
      parameters: { ...input.parameters },
      label: 'ours',
    },
  );
  const received = new Request(request.url, { headers: { ...sent, ...ours } });
  const verdict = await verifyWebBotAuth(received, (data, signature) =>
    verifyBytes(Buffer.from(data), signature),
  );
  expect(verdict).toBe(true);
});
