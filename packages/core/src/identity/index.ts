export type { CryptoBackend, SecretKey, SignBytes, Verification } from './backends/backend.ts';
export { withStrictRules } from './backends/backend.ts';
export { createNodeBackend } from './backends/node.ts';
export { selectBackend } from './backends/select.ts';
export { createTweetnaclBackend } from './backends/tweetnacl.ts';
export { createWebBackend } from './backends/web.ts';
export { fromBase64Url, toBase64Url } from './bytes.ts';
export { canonicalize, digestOf } from './canonical.ts';
export type { ClockOptions } from './clock.ts';
export { fromDid, isDid, toDid } from './did.ts';
export type { SignEnvelopeOptions, VerifyEnvelopeOptions } from './envelope.ts';
export { encodeEnvelope, signEnvelope, verifyEnvelope, verifyEnvelopeSync } from './envelope.ts';
export type { Envelope } from './envelope-format.ts';
export type { RequestClaim } from './http-signatures/claim.ts';
export type { HeaderSource } from './http-signatures/headers.ts';
export type {
  HttpMessage,
  SignatureHeaders,
  SignMessageOptions,
  VerifyMessageOptions,
} from './http-signatures/message.ts';
export { signMessage, verifyMessage } from './http-signatures/message.ts';
export { MAX_SIGNATURE_LIFETIME_SECONDS, SIGNATURE_TAG } from './http-signatures/profile.ts';
export type {
  OutgoingRequest,
  SignedRequestHeaders,
  SignRequestOptions,
} from './http-signatures/sign-request.ts';
export { signRequest } from './http-signatures/sign-request.ts';
export type { SignatureInput, SignatureParameters } from './http-signatures/signature-input.ts';
export type {
  IncomingRequest,
  SignedRequest,
  VerifyRequestOptions,
} from './http-signatures/verify-request.ts';
export { readSignedRequest, verifyRequest, verifyRequestSync } from './http-signatures/verify-request.ts';
export type { KeyPair, Signer } from './keys.ts';
export { createKeyPair, keyPairFromSeed, parsePrivateKey, signerFromSeed } from './keys.ts';
export { isWeakPublicKey } from './points.ts';
export type { RefusalReason } from './refusal.ts';
export { open, seal } from './seal.ts';
export { sha256 } from './sha256.ts';
export { digestOfTool, digestOfTools } from './tools-digest.ts';
