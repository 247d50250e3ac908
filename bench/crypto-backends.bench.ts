// Ed25519 of each backend through our seam against the library on its own: what the strict rules and the key cache cost.
// CPU time of this process per operation, over a 256-byte message. The last line compares node:crypto verification.
import { createPrivateKey, createPublicKey, sign, verify, webcrypto } from 'node:crypto';
import {
  type CryptoBackend,
  createKeyPair,
  createNodeBackend,
  createTweetnaclBackend,
  createWebBackend,
  toBase64Url,
} from '@bonafide/core/identity';
import { createSodiumBackend } from '@bonafide/core/node';
import sodium from 'sodium-native';
import nacl from 'tweetnacl';
import { measureSides, ratioOf, type Side } from './rounds.ts';

const ROUNDS = 7;

const { seed, publicKey } = createKeyPair();
const message = new Uint8Array(256).fill(7);
const x = toBase64Url(publicKey);
const jwk = { kty: 'OKP', crv: 'Ed25519', x, d: toBase64Url(seed) };
const nodePrivate = createPrivateKey({ key: jwk, format: 'jwk' });
const nodePublic = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
const webPrivate = await webcrypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['sign']);
const webPublic = await webcrypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
const naclSecret = Uint8Array.from([...seed, ...publicKey]);
const signature = nacl.sign.detached(message, naclSecret);

function cost(name: string, { calls, run }: { calls: number; run: () => unknown }): Side {
  return {
    name,
    async measure() {
      const before = process.cpuUsage();
      for (let call = 0; call < calls; call += 1) await run();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / calls;
    },
  };
}

interface Naked {
  readonly calls: number;
  readonly sign: () => unknown;
  readonly verify: () => unknown;
  /** Through the asynchronous path of our seam and of the library. */
  readonly isAsync?: true;
}

async function compare(name: string, backend: CryptoBackend | undefined, naked: Naked): Promise<string> {
  if (!backend) throw new Error(`This runtime has no ${name}.`);
  const { calls } = naked;
  const signWith = backend.prepareSign({ seed, publicKey });
  const verification = { publicKey, message, signature };
  const check = naked.isAsync ? backend.verify : (backend.verifySync ?? backend.verify);
  if (!(await check(verification))) throw new Error(`${name} refuses a good signature.`);
  const rounds = { rounds: ROUNDS, unit: 'us' };
  await measureSides(
    [
      cost(`${name} sign, our seam`, { calls, run: () => signWith(message) }),
      cost(`${name} sign, naked`, { calls, run: naked.sign }),
    ],
    rounds,
  );
  return ratioOf(
    await measureSides(
      [
        cost(`${name} verify, our seam`, { calls, run: () => check(verification) }),
        cost(`${name} verify, naked`, { calls, run: naked.verify }),
      ],
      rounds,
    ),
  );
}

const ratio = await compare('node:crypto', createNodeBackend(), {
  calls: 2_000,
  sign: () => sign(null, message, nodePrivate),
  verify: () => verify(null, message, nodePublic, signature),
});

const asyncRatio = await compare('node:crypto async', createNodeBackend(), {
  calls: 1_000,
  isAsync: true,
  sign: () => new Promise((resolve) => sign(null, message, nodePrivate, resolve)),
  verify: () => new Promise((resolve) => verify(null, message, nodePublic, signature, resolve)),
});

const webRatio = await compare('WebCrypto', await createWebBackend(), {
  calls: 1_000,
  isAsync: true,
  sign: () => webcrypto.subtle.sign('Ed25519', webPrivate, message),
  verify: () => webcrypto.subtle.verify('Ed25519', webPublic, signature, message),
});

const tweetnaclRatio = await compare('tweetnacl', createTweetnaclBackend(), {
  calls: 15,
  sign: () => nacl.sign.detached(message, naclSecret),
  verify: () => nacl.sign.detached.verify(message, signature, publicKey),
});

const sodiumRatio = await compare('sodium-native', createSodiumBackend(sodium), {
  calls: 2_000,
  sign: () => sodium.crypto_sign_detached(new Uint8Array(64), message, naclSecret),
  verify: () => sodium.crypto_sign_verify_detached(signature, message, publicKey),
});

console.log(
  `crypto-backends ratio=${ratio} async=${asyncRatio} webcrypto=${webRatio} tweetnacl=${tweetnaclRatio} sodium=${sodiumRatio}`,
);
