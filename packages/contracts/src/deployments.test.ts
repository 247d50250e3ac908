import { describe, expect, it } from 'vitest';
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

  it('knows the published USDC and ERC-8004 registries', () => {
    expect(deployments).toMatchObject({
      base: {
        chainId: 8453,
        usdc: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
        identityRegistry: '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432',
        reputationRegistry: '0x8004BAa17C55a88189AE136b182e5fdA19dE9b63',
      },
      'base-sepolia': {
        chainId: 84532,
        usdc: '0x036CbD53842c5426634e7929541eC2318f3dCF7e',
        identityRegistry: '0x8004A818BFB912233c491871b3d84c89A494BD9e',
        reputationRegistry: '0x8004B663056A597Dffe9eCcC1965A193B7388713',
      },
    });
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
      "identityRegistryAbi",
      "jobTemplatesAbi",
      "joinNonce",
      "newJobNonce",
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
