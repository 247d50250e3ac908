import didKey from '../../../vectors/did-key.json' with { type: 'json' };
import rfc8785 from '../../../vectors/rfc8785.json' with { type: 'json' };
import sealedBox from '../../../vectors/sealed-box.json' with { type: 'json' };
import { fromHex, fromUtf8 } from '../bytes.ts';
import { canonicalize, digestOf } from '../canonical.ts';
import { fromDid, toDid } from '../did.ts';
import { keyPairFromSeed } from '../keys.ts';
import { open, seal } from '../seal.ts';
import { type Failures, refused } from './failures.ts';

export async function checkDidKey(failures: Failures): Promise<void> {
  for (const { did, publicKey } of didKey.valid) {
    await failures.expect(`to ${did}`, did, () => toDid(fromHex(publicKey)));
    await failures.expect(`from ${did}`, [...fromHex(publicKey)], () => [...fromDid(did)]);
  }
  for (const { name, did, reason } of didKey.invalid) {
    await failures.expect(name, refused(reason), () => [...fromDid(did)]);
  }
}

export async function checkCanonicalJson(failures: Failures): Promise<void> {
  for (const { name, json, canonical, sha256 } of rfc8785.documents) {
    await failures.expect(name, canonical, () => canonicalize(JSON.parse(json)));
    await failures.expect(`${name}: digest`, sha256, () => digestOf(JSON.parse(json)));
  }
  for (const { ieee754, canonical } of rfc8785.numbers) {
    await failures.expect(ieee754, canonical, () => canonicalize(toDouble(ieee754)));
  }
  for (const { ieee754 } of rfc8785.refusedNumbers) {
    await failures.expect(ieee754, refused('not-json'), () => canonicalize(toDouble(ieee754)));
  }
  for (const { name, json } of rfc8785.refusedDocuments) {
    await failures.expect(name, refused('not-json'), () => canonicalize(JSON.parse(json)));
  }
}

export async function checkSealedBox(failures: Failures): Promise<void> {
  const recipient = keyPairFromSeed(fromHex(sealedBox.seed));
  for (const { message, sealed } of sealedBox.opens) {
    await failures.expect(`open ${sealed}`, [...fromHex(message)], async () => [
      ...(await open(fromHex(sealed), recipient)),
    ]);
  }
  for (const { name, sealed } of sealedBox.refused) {
    await failures.expect(name, refused('unreadable'), () => open(fromHex(sealed), recipient));
  }
  await failures.expect('seal, then open', 'hello', async () => {
    const sealed = await seal(new TextEncoder().encode('hello'), sealedBox.did);
    return fromUtf8(await open(sealed, recipient));
  });
}

function toDouble(hex: string): number {
  return new DataView(fromHex(hex).slice().buffer).getFloat64(0);
}
