import { createInteropEnd, type InteropEnd } from './interop-end.ts';

declare global {
  var openEnd: () => Promise<void>;
  var end: InteropEnd;
  /** Of the test. */
  var tellCandidate: (candidate: RTCIceCandidateInit) => void;
}

globalThis.openEnd = async () => {
  globalThis.end = await createInteropEnd((candidate) => globalThis.tellCandidate(candidate));
};
