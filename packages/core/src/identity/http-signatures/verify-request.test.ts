import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AuthenticationError, BonafideError } from '../../errors.ts';
import { createNodeBackend } from '../backends/node.ts';
import { createWebBackend } from '../backends/web.ts';
import { createKeyPair, signerFromSeed } from '../keys.ts';
import { signRequest } from './sign-request.ts';
import {
  type IncomingRequest,
  readSignedRequest,
  verifyRequest,
  verifyRequestSync,
} from './verify-request.ts';

const authority = 'gateway.example';
const signer = signerFromSeed(createKeyPair().seed);
const body = '{"amountUsdc":"12.50"}';
const nowMs = 1_790_000_000_000;

interface SignedSample extends IncomingRequest {
  readonly headers: Record<string, string>;
}

async function signed(): Promise<SignedSample> {
  const headers = { 'idempotency-key': 'k-1', 'content-type': 'application/json' };
  const url = `https://${authority}/v1/jobs?draft=1`;
  const added = await signRequest({ method: 'POST', url, headers, body }, signer, { nowMs });
  return { method: 'POST', url: '/v1/jobs?draft=1', headers: { ...headers, ...added }, body };
}

function reason(expected: string): object {
  return { details: { reason: expected } };
}

test('a request signed by fetch verifies in a Node server as it arrives', async () => {
  const verdict = Promise.withResolvers<unknown>();
  let host = '';
  const server = createServer(async (request: IncomingMessage, response) => {
    const { method = '', url = '', headers } = request;
    verdict.resolve(
      verifyRequest({ method, url, headers, body: await buffer(request) }, { authority: host }),
    );
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = `http://${host}/v1/kv/%C3%A4 b?q=1&q=2`;
    const request = { method: 'PUT', url, headers: { 'Idempotency-Key': 'k' }, body: '"ä😀"' };
    const added = await signRequest(request, signer);
    await fetch(url, { ...request, headers: { ...request.headers, ...added } });
    await expect(verdict.promise).resolves.toMatchObject({ did: signer.did });
  } finally {
    server.close();
    await once(server, 'close');
  }
});

test('takes fetch Headers, records in any case, byte bodies and absolute URLs', async () => {
  const request = await signed();
  const options = { authority, nowMs };
  const claim = await verifyRequest(request, options);
  const upper = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
  );
  const variants: Partial<IncomingRequest>[] = [
    { headers: new Headers(request.headers) },
    { headers: upper },
    { headers: { ...request.headers, 'idempotency-key': [' k-1 '] } },
    { body: new TextEncoder().encode(body) },
    { url: `https://${authority}/v1/jobs?draft=1` },
  ];
  for (const variant of variants)
    await expect(verifyRequest({ ...request, ...variant }, options)).resolves.toEqual(claim);
});

test('an idempotency key hidden in another case still has to be signed', async () => {
  const url = `https://${authority}/v1/jobs`;
  const headers = await signRequest({ method: 'POST', url }, signer, { nowMs });
  const request = { method: 'POST', url: '/v1/jobs', headers: { ...headers, 'IDEMPOTENCY-KEY': 'k' } };
  await expect(verifyRequest(request, { authority, nowMs })).rejects.toMatchObject(
    reason('missing-component'),
  );
});

test.each(['*', 'gateway.example:443', '', 'v1/jobs'])(
  'the request target %j is refused, not a crash',
  async (url) => {
    await expect(verifyRequest({ ...(await signed()), url }, { authority, nowMs })).rejects.toBeInstanceOf(
      AuthenticationError,
    );
  },
);

test('the clock skew is the verifier’s to choose', async () => {
  const request = await signed();
  const early = { authority, nowMs: nowMs - 5_000 };
  const strict = verifyRequest(request, { ...early, clockSkewSeconds: 4 });
  await expect(strict).rejects.toMatchObject(reason('from-the-future'));
  await expect(verifyRequest(request, { ...early, clockSkewSeconds: 5 })).resolves.toBeDefined();
});

test('codes tell unsigned, expired and false apart', async () => {
  const request = await signed();
  const { signature: _, ...unsigned } = request.headers;
  const options = { authority, nowMs };
  await expect(verifyRequest({ ...request, headers: unsigned }, options)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  const late = verifyRequest(request, { authority, nowMs: nowMs + 1e6 });
  await expect(late).rejects.toMatchObject({ code: 'SIGNATURE_EXPIRED' });
  const other = verifyRequest({ ...request, method: 'PUT' }, options);
  await expect(other).rejects.toMatchObject({ code: 'SIGNATURE_INVALID', status: 401 });
});

test('reading alone does not check the signature, so its result says what is left to check', async () => {
  const request = await signed();
  const { claim, verification } = readSignedRequest({ ...request, method: 'PUT' }, { authority, nowMs });
  expect(claim.did).toBe(signer.did);
  await expect(createNodeBackend()?.verify(verification)).resolves.toBe(false);
});

test('a backend that only verifies later cannot verify now', async () => {
  const backend = await createWebBackend();
  if (!backend) throw new Error('Node has WebCrypto.');
  const request = await signed();
  const call = () => verifyRequestSync(request, { authority, nowMs, backend });
  expect(call).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
});

test('any one character of the signed headers changed is refused, and nothing but a refusal is thrown', async () => {
  const request = await signed();
  const names = ['signature', 'signature-input', 'content-digest', 'idempotency-key'] as const;
  const change = fc.record({
    name: fc.constantFrom(...names),
    at: fc.nat({ max: 400 }),
    to: fc.integer({ min: 0, max: 0x17f }).map((code) => String.fromCharCode(code)),
  });
  const property = fc.asyncProperty(change, async ({ name, at, to }) => {
    const value = request.headers[name] ?? '';
    const index = at % value.length;
    fc.pre(value[index] !== to);
    const headers = { ...request.headers, [name]: value.slice(0, index) + to + value.slice(index + 1) };
    // A header's outer white space is no part of its value.
    fc.pre(headers[name]?.replace(/^[\t ]+|[\t ]+$/g, '') !== value);
    await expect(verifyRequest({ ...request, headers }, { authority, nowMs })).rejects.toBeInstanceOf(
      AuthenticationError,
    );
  });
  await fc.assert(property, { numRuns: 400 });
});

test('what cannot be signed correctly is not signed', async () => {
  const good = { method: 'GET', url: `https://${authority}/` };
  const bad: [Parameters<typeof signRequest>[0], Parameters<typeof signRequest>[2]][] = [
    [{ ...good, method: 'get' }, {}],
    [{ ...good, url: '/v1/jobs' }, {}],
    [{ ...good, url: 'ftp://gateway.example/' }, {}],
    [good, { expiresInSeconds: 301 }],
    [good, { expiresInSeconds: 0 }],
    [good, { expiresInSeconds: Number.NaN }],
    [good, { nonce: 'short' }],
    [good, { nonce: `${'a'.repeat(20)}";tag="other` }],
  ];
  for (const [request, options] of bad) {
    const error: unknown = await signRequest(request, signer, options).catch((thrown) => thrown);
    expect(BonafideError.is(error) && error.code).toBe('VALIDATION_FAILED');
  }
});

test('every signature has its own nonce', async () => {
  const url = `https://${authority}/`;
  const inputs = await Promise.all(
    Array.from(
      { length: 100 },
      async () => (await signRequest({ method: 'GET', url }, signer))['signature-input'],
    ),
  );
  expect(new Set(inputs.map((input) => /nonce="([^"]+)"/.exec(input)?.[1])).size).toBe(100);
});
