import { jobTemplatesAbi } from '@bonafide/contracts';
import { type LocalChain, startLocalChain } from '@bonafide/contracts/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalContext } from '../../client/local-handlers.ts';
import type { JobRules } from '../../models/terms.ts';
import { type ChainClient, createChainClient, createParty } from '../testing/chain-client.ts';
import { templateHandlers } from './index.ts';

const {
  'templates.create': create,
  'templates.update': update,
  'templates.setActive': setActive,
} = templateHandlers;
const account = (digit: string): string => `0x${digit.repeat(40)}`;

let chain: LocalChain;
let gateway: ChainClient;
let creator: LocalContext;
let stranger: LocalContext;
beforeAll(async () => {
  chain = await startLocalChain();
  gateway = createChainClient(chain, {});
  creator = await createParty(chain, gateway.client);
  stranger = await createParty(chain, gateway.client);
}, 60_000);
afterAll(() => chain[Symbol.asyncDispose]());

const rules: JobRules = {
  validators: [account('1'), account('2')],
  requiredPasses: 2,
  threshold: 70,
  validatorFeeUsdc: '0.25',
  validationSeconds: 3_600,
  silencePercent: 10,
};

const readTemplate = (templateId: number) => {
  const address = chain.deployment.jobTemplates;
  const request = { address, abi: jobTemplatesAbi, functionName: 'getTemplate' } as const;
  return gateway.node.readContract({ ...request, args: [templateId] });
};

describe('a template', () => {
  it('is published, replaced, stopped and resumed by its creator', async () => {
    const { templateId, transactionHash } = await create(creator, {
      name: 'Translation',
      rules,
      feeBps: 100,
    });
    expect(transactionHash).toMatch(/^0x/);
    const published = await readTemplate(templateId);
    expect(published).toMatchObject({ creator: creator.wallet?.address, feeBps: 100, active: true });

    await update(creator, { templateId, name: 'Translation', rules: { ...rules, threshold: 75 } });
    const updated = await readTemplate(templateId);
    expect(updated.feeBps).toBe(0);
    expect(updated.rulesHash).not.toBe(published.rulesHash);

    expect(await setActive(creator, { templateId, isActive: true })).toEqual({ templateId });
    await setActive(creator, { templateId, isActive: false });
    expect(await setActive(creator, { templateId, isActive: false })).toEqual({ templateId });
    expect((await readTemplate(templateId)).active).toBe(false);
  });

  it('belongs to its creator alone', async () => {
    const { templateId } = await create(creator, { name: 'Mine', rules });
    const refusal = { code: 'CONFLICT', details: { reason: 'SIGNER' } };
    const sent = gateway.relayed.length;
    await expect(update(stranger, { templateId, name: 'Yours', rules })).rejects.toMatchObject(refusal);
    await expect(setActive(stranger, { templateId, isActive: false })).rejects.toMatchObject(refusal);
    expect(gateway.relayed).toHaveLength(sent);
  });

  it.each([99_999, 2 ** 32, 2 ** 40])('is not found as number %i', async (templateId) => {
    await expect(setActive(creator, { templateId, isActive: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(update(creator, { templateId, name: 'x', rules })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each([
    ['rules that no job could have', { rules: { ...rules, requiredPasses: 3 } }, 'rules.requiredPasses'],
    ['a window that is too short', { rules: { ...rules, validationSeconds: 59 } }, 'rules.validationSeconds'],
    ['a name of too many bytes', { name: 'ü'.repeat(51) }, 'name'],
  ])('is refused with %s', async (_what, change, path) => {
    const sent = gateway.relayed.length;
    await expect(create(creator, { name: 'x', rules, ...change })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      issues: [{ path }],
    });
    expect(gateway.relayed).toHaveLength(sent);
  });
});
