import { toBase64Url } from '@bonafide/core/identity';
import { expect, test } from 'vitest';
import { agreeRelayKeys, createRelayKey } from './relay-keys.ts';

const connectionId = 'a-connection-of-two';

function agree(overrides: { calleeConnectionId?: string; calleeIsCaller?: boolean } = {}) {
  const [caller, callee] = [createRelayKey(), createRelayKey()];
  return {
    caller: agreeRelayKeys({ own: caller, theirs: callee.publicKey, connectionId, isCaller: true }),
    callee: agreeRelayKeys({
      own: callee,
      theirs: caller.publicKey,
      connectionId: overrides.calleeConnectionId ?? connectionId,
      isCaller: overrides.calleeIsCaller ?? false,
    }),
  };
}

test('both ends agree: what one seals with, the other opens with, and the directions differ', () => {
  const { caller, callee } = agree();
  expect(caller.sealing).toEqual(callee.opening);
  expect(caller.opening).toEqual(callee.sealing);
  expect(caller.tag).toEqual(callee.tag);
  expect(caller.sealing).not.toEqual(caller.opening);
  expect(caller.sealing).toHaveLength(32);
});

test('keys are those of one connection, one role and one pair only', () => {
  const another = agree({ calleeConnectionId: 'another-connection' });
  expect(another.caller.sealing).not.toEqual(another.callee.opening);
  expect(another.caller.tag).not.toEqual(another.callee.tag);
  const sameRole = agree({ calleeIsCaller: true });
  expect(sameRole.caller.sealing).not.toEqual(sameRole.callee.opening);
  expect(sameRole.caller.tag).not.toEqual(sameRole.callee.tag);
  expect(agree().caller.sealing).not.toEqual(agree().caller.sealing);
});

// The points of small order on Curve25519 and its twist (cr.yp.to/ecdh.html), and one with the bit set that is ignored.
const weak = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880',
].map((hex) => toBase64Url(Uint8Array.from(Buffer.from(hex, 'hex'))));

test.each(weak)('refuses the weak key %s', (theirs) => {
  const agreeing = () => agreeRelayKeys({ own: createRelayKey(), theirs, connectionId, isCaller: true });
  expect(agreeing).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', details: { reason: 'weak-key' } }),
  );
});

test.each(['', 'AAAA', '!'.repeat(43), toBase64Url(new Uint8Array(33))])('refuses %j as a key', (theirs) => {
  const agreeing = () => agreeRelayKeys({ own: createRelayKey(), theirs, connectionId, isCaller: true });
  expect(agreeing).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
});
