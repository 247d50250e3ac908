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
  identityRegistry: Address;
  reputationRegistry: Address;
  /** First block that can hold an event of the kernel. */
  startBlock: bigint;
}

/** A chain whose kernel and court may not be published yet. */
export type PublishedDeployment = Omit<Deployment, 'agenticCommerce' | 'court'> & {
  agenticCommerce: Address | null;
  court: Address | null;
};

/** Chain names that `requireDeployment` knows. */
export type ChainName = 'local' | 'base-sepolia' | 'base';

/** Known chains. ERC-8004 registries and USDC are the published ones; `local` is what `startLocalChain` deploys. */
export const deployments: Readonly<Record<ChainName, Readonly<PublishedDeployment>>> = {
  local: {
    chainId: 31_337,
    usdc: '0xd3378b36bF3fff3FA83D2695C41ED998394F618B',
    usdcName: 'USD Coin',
    agenticCommerce: '0xD184954026E2d212B246FB124f5769b5d0f508B0',
    court: '0xF1C1FB1d536D77eA1f4dD5Ad51bCCEEda04AF2eE',
    identityRegistry: '0x453659D8188De94D256BD278ff479eEF578A9E40',
    reputationRegistry: '0x5e2D213CE4Fe6e1359146c80BCcea7A4e9b528ee',
    startBlock: 0n,
  },
  'base-sepolia': {
    chainId: 84_532,
    usdc: '0x036CbD53842c5426634e7929541eC2318f3dCF7e',
    usdcName: 'USDC',
    agenticCommerce: null,
    court: null,
    identityRegistry: '0x8004A818BFB912233c491871b3d84c89A494BD9e',
    reputationRegistry: '0x8004B663056A597Dffe9eCcC1965A193B7388713',
    startBlock: 0n,
  },
  base: {
    chainId: 8_453,
    usdc: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
    usdcName: 'USD Coin',
    agenticCommerce: null,
    court: null,
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
  const { agenticCommerce, court, ...published } = deployments[chain as ChainName];
  if (!agenticCommerce || !court) {
    const message = `No kernel and court are deployed on '${chain}' yet. Pass your own deployment instead.`;
    throw new ContractsError('UNSET_DEPLOYMENT', message);
  }
  return { ...published, agenticCommerce, court };
}
