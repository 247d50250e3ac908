import envelopes from '../../../vectors/envelope.json' with { type: 'json' };
import profile from '../../../vectors/request-profile.json' with { type: 'json' };
import b26 from '../../../vectors/rfc9421-b26.json' with { type: 'json' };
import type { CryptoBackend } from '../backends/backend.ts';
import { fromHex } from '../bytes.ts';
import { encodeEnvelope, signEnvelope, verifyEnvelope, verifyEnvelopeSync } from '../envelope.ts';
import { signMessage, verifyMessage } from '../http-signatures/message.ts';
import { signRequest } from '../http-signatures/sign-request.ts';
import { verifyRequest, verifyRequestSync } from '../http-signatures/verify-request.ts';
import { keyPairFromSeed, type Signer } from '../keys.ts';
import { type Failures, refused } from './failures.ts';

function signerOf(backend: CryptoBackend, seed: string): Signer {
  const key = keyPairFromSeed(fromHex(seed));
  return { did: key.did, sign: backend.prepareSign(key) };
}

/** RFC 9421 appendix B.2.6, signed and verified. */
export async function checkRfc9421(backend: CryptoBackend, failures: Failures): Promise<void> {
  const { request, components, parameters, label, signature, signatureInput } = b26;
  const headers = { 'signature-input': signatureInput, signature };
  const publicKey = fromHex(b26.publicKey);
  await failures.expect('B.2.6: sign', headers, () =>
    signMessage(request, { signer: signerOf(backend, b26.seed), components, parameters, label }),
  );
  const signed = { ...request, headers: { ...request.headers, ...headers } };
  const verify = async (message: typeof signed) =>
    (await verifyMessage(message, { publicKey, backend })).components;
  await failures.expect('B.2.6: verify', components, () => verify(signed));
  await failures.expect('B.2.6: other method', refused('bad-signature'), () =>
    verify({ ...signed, method: 'PUT' }),
  );
}

/** Our request profile: every request a client signs, and every one a server takes or refuses. */
export async function checkRequestProfile(backend: CryptoBackend, failures: Failures): Promise<void> {
  const signer = signerOf(backend, profile.seed);
  for (const { name, request, created, expiresInSeconds, nonce, headers } of profile.sign) {
    const options = { nowMs: created * 1000, expiresInSeconds, nonce };
    await failures.expect(`sign: ${name}`, headers, () => signRequest(request, signer, options));
  }
  for (const { name, request, authority, nowMs, ...result } of profile.verify) {
    const { clockSkewSeconds } = profile;
    const options = { authority, nowMs, clockSkewSeconds, backend };
    const expected = result.claim ?? refused(result.refused);
    await failures.expect(`verify: ${name}`, expected, () => verifyRequest(request, options));
    if (backend.verifySync) {
      await failures.expect(`verify now: ${name}`, expected, () => verifyRequestSync(request, options));
    }
  }
}

export async function checkEnvelopes(backend: CryptoBackend, failures: Failures): Promise<void> {
  const signer = signerOf(backend, envelopes.seed);
  for (const { name, payload, type, id, iat, exp, text } of envelopes.sign) {
    const lifetime = exp === undefined ? {} : { expiresInSeconds: exp - iat };
    const options = { signer, type, id, nowMs: iat * 1000, ...lifetime };
    await failures.expect(`sign: ${name}`, text, async () =>
      encodeEnvelope(await signEnvelope(payload, options)),
    );
  }
  for (const { name, type, nowMs, text, ...result } of envelopes.verify) {
    const options = { type, nowMs, clockSkewSeconds: envelopes.clockSkewSeconds, backend };
    const expected = result.valid ? text : refused(result.refused);
    const bytes = new TextEncoder().encode(text);
    await failures.expect(`text: ${name}`, expected, async () =>
      encodeEnvelope(await verifyEnvelope(text, options)),
    );
    await failures.expect(`bytes: ${name}`, expected, async () =>
      encodeEnvelope(await verifyEnvelope(bytes, options)),
    );
    if (backend.verifySync) {
      await failures.expect(`now: ${name}`, expected, () =>
        encodeEnvelope(verifyEnvelopeSync(text, options)),
      );
    }
  }
}
