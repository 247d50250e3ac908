import { describe, expect, it } from 'vitest';
import networks from '../test-data/networks.json' with { type: 'json' };
import * as contracts from './index.ts';
import { ContractsError, deployments, requireDeployment } from './index.ts';
import { localAddress } from './local/deploy.ts';

describe('requireDeployment', () => {
  it('returns the local chain complete, at the addresses its deployer creates', () => {
    const local = requireDeployment('local');
    const created = [
      local.usdc,
      local.identityRegistry,
      local.reputationRegistry,
      local.validationRegistry,
      local.timelock,
      local.jobTemplates,
      local.treasury,
      local.agenticCommerce,
      local.court,
      local.arbitratorPool,
      local.disputes,
    ];
    expect(created).toEqual(created.map((_, nonce) => localAddress(nonce)));
  });

  it.each(['base', 'base-sepolia'])('refuses %s while kernel and court are unset', (chain) => {
    expect(() => requireDeployment(chain)).toThrow(
      expect.objectContaining({ name: 'ContractsError', code: 'UNSET_DEPLOYMENT' }),
    );
  });

  it.each(['', 'Base', 'toString', '__proto__'])('refuses the unknown chain %j', (chain) => {
    expect(() => requireDeployment(chain)).toThrow(ContractsError);
    expect(() => requireDeployment(chain)).toThrow(/Known: local, base-sepolia, base/);
  });

  it('says what to do about a chain without contracts', () => {
    expect(() => requireDeployment('base')).toThrow(/`bonafide contracts deploy --chain base --dry-run`/);
  });

  it.each(['base', 'base-sepolia'] as const)('knows the published USDC and registries of %s', (chain) => {
    expect(deployments[chain]).toMatchObject(networks[chain]);
  });

  it('publishes no validation registry, because there is none', () => {
    for (const chain of ['base', 'base-sepolia'] as const)
      expect(deployments[chain]).not.toHaveProperty('validationRegistry');
  });
});

it('exports exactly these names', () => {
  expect(Object.keys(contracts).sort()).toMatchInlineSnapshot(`
    [
      "ContractsError",
      "agenticCommerceAbi",
      "arbitratorPoolAbi",
      "authorizationNonce",
      "bondNonce",
      "consentDomain",
      "consentTypes",
      "courtAbi",
      "deployments",
      "disputesAbi",
      "encodeDeliverableUri",
      "encodeProposal",
      "errorsAbi",
      "formatDeployment",
      "identityRegistryAbi",
      "jobTemplatesAbi",
      "joinNonce",
      "newJobNonce",
      "parseDeployment",
      "permitTypes",
      "receiveWithAuthorizationTypes",
      "reputationRegistryAbi",
      "requireDeployment",
      "termsDomain",
      "termsTypes",
      "testUsdcAbi",
      "treasuryAbi",
      "usdcDomain",
      "validationRegistryAbi",
    ]
  `);
});
