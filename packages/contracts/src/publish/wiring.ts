import {
  type Address,
  isAddress,
  isAddressEqual,
  keccak256,
  type PublicClient,
  parseAbi,
  toHex,
  zeroHash,
} from 'viem';
import type { ContractName, Deployment } from '../deployments.ts';
import { failed, type PublishParameters } from './prepare.ts';

const timelockAbi = parseAbi([
  'function getMinDelay() view returns (uint256)',
  'function hasRole(bytes32 role, address account) view returns (bool)',
]);

interface Wired {
  readonly deployment: Deployment;
  readonly parameters: PublishParameters;
  readonly deployer: Address;
}

/** Reads back who owns what and which contract knows which; throws `ContractsError` naming everything that is not as planned. */
export async function checkWiring(client: PublicClient, wired: Wired): Promise<void> {
  const problems = [...(await misfits(client, wired)), ...(await foreignRights(client, wired))];
  if (problems.length > 0) throw failed(`The contracts are not as planned: ${problems.join('; ')}.`);
}

function expected({ deployment, parameters }: Wired): Partial<Record<ContractName, Record<string, Address>>> {
  const { usdc, identityRegistry, reputationRegistry, timelock, agenticCommerce, court } = deployment;
  const { disputes, arbitratorPool, treasury, jobTemplates } = deployment;
  return {
    agenticCommerce: {
      ...{ owner: timelock, guardian: parameters.guardian, token: usdc },
      ...{ identityRegistry, templates: jobTemplates },
    },
    court: {
      ...{ kernel: agenticCommerce, disputes, templates: jobTemplates },
      ...{ identityRegistry, reputationRegistry },
    },
    disputes: { kernel: agenticCommerce, court, pool: arbitratorPool, treasury },
    arbitratorPool: { token: usdc, kernel: agenticCommerce, disputes, treasury },
    treasury: { owner: timelock, token: usdc, disputes },
  };
}

async function misfits(client: PublicClient, wired: Wired): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, getters] of Object.entries(expected(wired))) {
    for (const [getter, value] of Object.entries(getters)) {
      const found = await client.readContract({
        address: wired.deployment[name as ContractName],
        abi: parseAbi([`function ${getter}() view returns (address)`]),
        functionName: getter,
      });
      const isRight = typeof found === 'string' && isAddress(found) && isAddressEqual(found, value);
      if (!isRight) problems.push(`${name}.${getter} is ${found}, not ${value}`);
    }
  }
  return problems;
}

/** The timelock waits as long as it should, obeys its administrator, and keeps no door open for who deployed it. */
async function foreignRights(
  client: PublicClient,
  { deployment, parameters, deployer }: Wired,
): Promise<string[]> {
  const timelock = { address: deployment.timelock, abi: timelockAbi } as const;
  const has = (role: `0x${string}`, account: Address) =>
    client.readContract({ ...timelock, functionName: 'hasRole', args: [role, account] });
  const proposer = keccak256(toHex('PROPOSER_ROLE'));
  const { administrator } = parameters;
  const [delay, proposes, administers, deployerProposes] = await Promise.all([
    client.readContract({ ...timelock, functionName: 'getMinDelay' }),
    has(proposer, administrator),
    has(zeroHash, deployer),
    has(proposer, deployer),
  ]);
  const mayPropose = isAddressEqual(administrator, deployer);
  return [
    ...(delay === BigInt(parameters.timelockSeconds) ? [] : [`the timelock waits ${delay} seconds`]),
    ...(proposes ? [] : ['the owner cannot propose to the timelock']),
    ...(administers ? ['the deployer administers the timelock'] : []),
    ...(deployerProposes && !mayPropose ? ['the deployer can propose to the timelock'] : []),
  ];
}
