import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import { type ChainClient, createChainClient, createParty } from '../testing/chain-client.ts';
import { walletHandlers } from '../wallets/index.ts';
import { validationHandlers } from './index.ts';

const { 'validations.request': ask, 'validations.respond': respond } = validationHandlers;
const hash = (digit: string): string => `0x${digit.repeat(64)}`;

let chain: LocalChain;
let gateway: ChainClient;
let owner: LocalContext;
let validator: LocalContext;
let chainAgentId: string;
beforeAll(async () => {
  chain = await startLocalChain();
  gateway = createChainClient(chain, {});
  owner = await createParty(chain, gateway.client);
  validator = await createParty(chain, gateway.client);
  ({ chainAgentId } = await walletHandlers['wallets.link'](owner, {}));
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const request = (requestHash: string, change: object = {}) => ({
  chainAgentId,
  validator: validator.wallet?.address ?? '',
  requestUri: 'bafk',
  requestHash,
  ...change,
});
const answer = (requestHash: string, change: object = {}) => ({
  requestHash,
  response: 90,
  responseUri: 'bafk',
  responseHash: hash('9'),
  ...change,
});

describe('a validation', () => {
  it('is asked for once, and its answer replaced by a later one', async () => {
    const requestHash = hash('a');
    const first = await ask(owner, request(requestHash));
    expect(first).toEqual({ requestHash, transactionHash: expect.stringMatching(/^0x/) });
    expect(await ask(owner, request(requestHash))).toEqual({ requestHash });
    expect(await respond(validator, answer(requestHash))).toMatchObject({
      transactionHash: expect.anything(),
    });
    expect(await respond(validator, answer(requestHash))).toEqual({ requestHash });
    const changed = await respond(validator, answer(requestHash, { tag: 'final' }));
    expect(changed).toMatchObject({ transactionHash: expect.anything() });
  });

  it('is not confused with that of somebody else', async () => {
    const requestHash = hash('b');
    await ask(owner, request(requestHash));
    const other = ask(owner, request(requestHash, { validator: owner.wallet?.address }));
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
    const stolen = respond(owner, answer(requestHash));
    await expect(stolen).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'SIGNER' } });
  });

  it('refuses identities of others and requests that there are not', async () => {
    const sent = gateway.relayed.length;
    await expect(ask(validator, request(hash('c')))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'SIGNER' },
    });
    await expect(respond(validator, answer(hash('d')))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(gateway.relayed).toHaveLength(sent);
  });

  it('is unsupported where no registry is published', async () => {
    const { validationRegistry, ...deployment } = chain.deployment;
    const { client } = createChainClient({ ...chain, deployment }, {});
    const elsewhere = { ...owner, client, chain: { deployment } };
    const refusal = {
      code: 'UNSUPPORTED',
      message: expect.stringContaining('no ERC-8004 validation registry'),
    };
    await expect(ask(elsewhere, request(hash('e')))).rejects.toMatchObject(refusal);
    await expect(respond(elsewhere, answer(hash('e')))).rejects.toMatchObject(refusal);
  });
});
