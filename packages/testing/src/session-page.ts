import { parsePrivateKey, signerFromSeed } from '@bonafide/core/identity';
import { connectAgent } from '@bonafide/core/session';

/** What the page is asked to do, and as whom. */
export interface PageRequest {
  readonly url: string;
  readonly privateKey: string;
  readonly peer: string;
}

export interface PageReport {
  readonly address: string;
  readonly answer: unknown;
  readonly signedBy: string | undefined;
  readonly version: number;
  readonly epochs: readonly number[];
}

declare global {
  var talk: (request: PageRequest) => Promise<PageReport>;
}

/** Opens a session in the page, asks its peer something, and writes a key. */
globalThis.talk = async ({ url, privateKey, peer }) => {
  const signer = signerFromSeed(parsePrivateKey(privateKey).seed);
  await using session = await connectAgent({ url, signer, initialBackoffMs: 10, maxRetries: 0 });
  const epochs = [session.epoch];
  session.on('connected', ({ epoch }) => void epochs.push(epoch));
  const answers = session.receive()[Symbol.asyncIterator]();
  await session.send(peer, { from: navigator.userAgent.length > 0 }, { sign: true });
  const { value } = await answers.next();
  const { version } = await session.kv.put({ key: 'page', value: 1 });
  const { answer, signedBy } = { answer: value?.body, signedBy: value?.signedBy };
  return { address: session.address, answer, signedBy, version, epochs };
};
