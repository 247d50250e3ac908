import { describe, expect, it } from 'vitest';
import { fromBase64 } from '../identity/bytes.ts';
import { keyPairFromSeed } from '../identity/keys.ts';
import { signCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { originOf } from './origin.ts';
import { verifyReceipt } from './receipt.ts';
import { type NoteKey, openNote, signNote } from './signed-note.ts';
import { entryOf, keyOf, logOf, signerOf } from './testing/test-log.ts';

// The example of golang.org/x/mod/sumdb/note, whose format c2sp.org/signed-note describes: key, text and signed note.
const peter = keyPairFromSeed(fromBase64('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz').subarray(1));
const peterText =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const peterNote = `${peterText}
\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
const peterKey: NoteKey = { name: 'PeterNeumann', publicKey: peter.publicKey };

describe('a signed note', () => {
  it('is the published one, byte for byte', async () => {
    expect(signNote(peterText, { ...peterKey, sign: signerOf(peter) })).toBe(peterNote);
    expect(await openNote(peterNote, peterKey)).toBe(peterText);
  });

  it('of another published key, that we only know to verify, opens', async () => {
    const publicKey = fromBase64('AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k').subarray(1);
    const note = `This is an example message.

\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
    expect(await openNote(note, { name: 'example.com/foo', publicKey })).toBe(
      'This is an example message.\n',
    );
  });

  it('opens among signatures of others, whatever those are', async () => {
    const other =
      '\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
    expect(await openNote(peterNote + other, peterKey)).toBe(peterText);
    await expect(openNote(`${peterText}\n${other}`, peterKey)).rejects.toMatchObject({
      details: { reason: 'missing-signature' },
    });
  });

  it.each([
    ['another text', peterNote.replace('answer', 'anwser'), 'bad-signature'],
    ['another name', peterNote.replace('PeterNeumann', 'PeterNewmann'), 'missing-signature'],
    ['another key id', peterNote.replace('x08go', 'y08go'), 'missing-signature'],
    ['another signature', peterNote.replace('BwJnAM=', 'BwJnBM='), 'bad-signature'],
    ['a cut signature', peterNote.replace('yyBwJnAM=', ''), 'malformed'],
    ['no empty line', peterNote.replace('\n\n', '\n'), 'malformed'],
    ['no line break at the end', peterNote.slice(0, -1), 'malformed'],
    ['a control character', peterNote.replace('answer', 'ans\twer'), 'malformed'],
    ['a hyphen for a dash', peterNote.replace('\u2014', '-'), 'malformed'],
    ['no signature', `${peterText}\n`, 'malformed'],
    ['nothing', '', 'malformed'],
    ['too much', `${'x'.repeat(100_000)}${peterNote}`, 'malformed'],
  ])('with %s is refused', async (_, note, reason) => {
    await expect(openNote(note, peterKey)).rejects.toMatchObject({ details: { reason } });
  });

  it('with stray bits in its base64 is refused', async () => {
    await expect(openNote(peterNote.replace('nAM=', 'nAN='), peterKey)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

describe('a checkpoint', () => {
  const log = logOf([entryOf(1), entryOf(2)]);

  it('is a tlog-checkpoint: origin, size and root, each on its line', () => {
    const { note, rootHash, ...rest } = log.checkpoint();
    const origin = `${log.gatewayDid}/default`;
    expect(rest).toEqual({ origin, size: 2 });
    expect(note.startsWith(`${origin}\n2\n${rootHash}\n\n\u2014 ${origin} `)).toBe(true);
  });

  it('is refused when the origin names no key or a workspace that a note cannot name', async () => {
    const sign = signerOf(keyOf(1));
    for (const origin of [
      '',
      'default',
      `${log.gatewayDid}`,
      `${log.gatewayDid}/`,
      originOf(log.gatewayDid, 'a b'),
    ]) {
      expect(() => signCheckpoint({ origin, size: 0, rootHash: new Uint8Array(32) }, sign)).toThrow();
      await expect(verifyCheckpoint({ ...log.checkpoint(), origin })).rejects.toThrow();
    }
  });
});

describe('a receipt', () => {
  const log = logOf([entryOf(1), entryOf(2)]);
  const receipt = log.receipt(2);

  it('verifies, of the gateway it is asked about', async () => {
    await verifyReceipt(receipt);
    await verifyReceipt(receipt, { gatewayDid: log.gatewayDid });
    await expect(verifyReceipt(receipt, { gatewayDid: keyOf(2).did })).rejects.toMatchObject({
      details: { reason: 'unknown-key' },
    });
  });

  it.each([
    ['sequence', { sequence: 1 }],
    ['leaf hash', { leafHash: log.receipt(1).leafHash }],
    ['time', { at: log.receipt(1).at }],
    ['workspace', { origin: `${log.gatewayDid}/elsewhere` }],
    ['gateway', { origin: `${keyOf(2).did}/default` }],
    ['signature', { signature: log.receipt(1).signature }],
    ['signature, which is none', { signature: 'x' }],
  ])('with another %s is refused', async (_, change) => {
    await expect(verifyReceipt({ ...receipt, ...change })).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });
});
