import type { Address } from 'viem';
import { ContractsError } from './errors.ts';

/** Where everything lives on one chain. */
export interface Deployment {
  chainId: number;
  usdc: Address;
  /** The name in USDC's EIP-712 domain, which differs between chains. */
  usdcName: string;
  agenticCommerce: Address;
  court: Address;
  disputes: Address;
  arbitratorPool: Address;
  treasury: Address;
  jobTemplates: Address;
  /** Owner of kernel and treasury: an OpenZeppelin timelock. */
  timelock: Address;
  identityRegistry: Address;
  reputationRegistry: Address;
  /** Absent where none is published: its standard still changes. */
  validationRegistry?: Address;
  /** First block that can hold an event of the kernel. */
  startBlock: bigint;
}

/** Our own contracts of a deployment. */
export type ContractName =
  | 'agenticCommerce'
  | 'court'
  | 'disputes'
  | 'arbitratorPool'
  | 'treasury'
  | 'jobTemplates'
  | 'timelock';

/** A chain whose contracts may not be published yet. */
export type PublishedDeployment = Omit<Deployment, ContractName> & Record<ContractName, Address | null>;

/** Chain names that `requireDeployment` knows. */
export type ChainName = 'local' | 'base-sepolia' | 'base';

const undeployed = {
  agenticCommerce: null,
  court: null,
  disputes: null,
  arbitratorPool: null,
  treasury: null,
  jobTemplates: null,
  timelock: null,
} as const;

/** Known chains. ERC-8004 registries and USDC are the published ones; `local` is what `startLocalChain` deploys. */
export const deployments: Readonly<Record<ChainName, Readonly<PublishedDeployment>>> = {
  local: {
    chainId: 31_337,
    usdc: '0xd3378b36bF3fff3FA83D2695C41ED998394F618B',
    usdcName: 'USD Coin',
    agenticCommerce: '0xCDA4e24497d0F835a5B363f9448d726Bf0D28948',
    court: '0x76E0cD621b907733a98E8B78BDE775A737B5b7D5',
    disputes: '0x8cc89AF421c5E4BfDda60334a646b8eA075fD9F7',
    arbitratorPool: '0xf4aE075a987a51c8f7783027Fc48b32dcAD81586',
    treasury: '0xa732765c64A34f29d632aBa3CD36bccf6C6D1ec0',
    jobTemplates: '0xf52c61fD8915e609405355e994490ddBe30B8EE0',
    timelock: '0xF1C1FB1d536D77eA1f4dD5Ad51bCCEEda04AF2eE',
    identityRegistry: '0x453659D8188De94D256BD278ff479eEF578A9E40',
    reputationRegistry: '0x5e2D213CE4Fe6e1359146c80BCcea7A4e9b528ee',
    validationRegistry: '0xD184954026E2d212B246FB124f5769b5d0f508B0',
    startBlock: 0n,
  },
  'base-sepolia': {
    chainId: 84_532,
    usdc: '0x036CbD53842c5426634e7929541eC2318f3dCF7e',
    usdcName: 'USDC',
    ...undeployed,
    identityRegistry: '0x8004A818BFB912233c491871b3d84c89A494BD9e',
    reputationRegistry: '0x8004B663056A597Dffe9eCcC1965A193B7388713',
    startBlock: 0n,
  },
  base: {
    chainId: 8_453,
    usdc: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
    usdcName: 'USD Coin',
    ...undeployed,
    identityRegistry: '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432',
    reputationRegistry: '0x8004BAa17C55a88189AE136b182e5fdA19dE9b63',
    startBlock: 0n,
  },
};

/** The complete deployment of a chain; throws `ContractsError` for an unknown chain or one with an unset address. */
export function requireDeployment(chain: string): Deployment {
  if (!Object.hasOwn(deployments, chain)) {
    const known = Object.keys(deployments).join(', ');
    throw new ContractsError('UNKNOWN_CHAIN', `Unknown chain '${chain}'. Known: ${known}.`);
  }
  const published = deployments[chain as ChainName];
  if (isComplete(published)) return published;
  const hint = `\`bonafide contracts deploy --chain ${chain} --dry-run\` shows what deploying them takes`;
  const message = `The contracts are not deployed on '${chain}' yet; ${hint}. Or pass a deployment of your own.`;
  throw new ContractsError('UNSET_DEPLOYMENT', message);
}

function isComplete(published: PublishedDeployment): published is Deployment {
  return Object.keys(undeployed).every((name) => published[name as ContractName] !== null);
}
