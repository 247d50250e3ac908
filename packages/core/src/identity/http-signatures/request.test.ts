import { expect, test } from 'vitest';
import { createNodeBackend } from '../backends/node.ts';
import { createKeyPair, signerFromSeed } from '../keys.ts';
import { signRequest } from './sign-request.ts';
import { verifyRequest, verifyRequestSync } from './verify-request.ts';

const authority = 'gateway.example';

test('a signed request verifies, asynchronously and on the calling thread', async () => {
  const key = createKeyPair();
  const signer = signerFromSeed(key.seed);
  const body = '{"amount":"12.50"}';
  const headers = { 'Idempotency-Key': 'k-1' };
  const signed = await signRequest(
    { method: 'POST', url: `https://${authority}/v1/jobs?a=1`, headers, body },
    signer,
  );
  const request = { method: 'POST', url: '/v1/jobs?a=1', headers: { ...headers, ...signed }, body };
  const claim = await verifyRequest(request, { authority });
  expect(claim.did).toBe(key.did);
  const backend = createNodeBackend();
  if (!backend) throw new Error('node:crypto is missing');
  expect(verifyRequestSync(request, { authority, backend })).toEqual(claim);
});
