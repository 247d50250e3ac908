import { readFile } from 'node:fs/promises';
import type { ChainName } from '@bonafide/contracts';
import { BonafideError, type Issue, ValidationError } from '@bonafide/core/errors';
import type { Context, GlobalOptions } from '../context.ts';

type Address = `0x${string}`;
export type PublicChain = Exclude<ChainName, 'local'>;

/** As typed. */
export interface DeployFlags extends GlobalOptions {
  readonly chain: string;
  readonly rpcUrl?: string;
  readonly keyFile?: string;
  readonly from?: string;
  readonly owner?: string;
  readonly guardian?: string;
  readonly ownerDelay: string;
  readonly fundShare: string;
  readonly out?: string;
  readonly resume?: string;
  readonly dryRun?: boolean;
}

export interface DeploySettings {
  readonly chain: PublicChain;
  readonly rpcUrl: string;
  readonly key: Address | undefined;
  readonly from: Address | undefined;
  readonly owner: Address | undefined;
  readonly guardian: Address | undefined;
  readonly ownerDelaySeconds: number;
  readonly fundShareBps: number;
}

const rpcUrls: Readonly<Record<PublicChain, string>> = {
  'base-sepolia': 'https://sepolia.base.org',
  base: 'https://mainnet.base.org',
};
const MIN_DELAY_SECONDS = 3_600;
const MAX_DELAY_SECONDS = 2_592_000;
const MAX_FUND_SHARE_BPS = 5_000;

/** The settings that the flags and the environment say; VALIDATION_FAILED with everything that does not fit. */
export async function readSettings(context: Context, flags: DeployFlags): Promise<DeploySettings> {
  const { isAddress } = await import('viem');
  const issues: Issue[] = [];
  const key = await readKey(context, flags);
  const number = (path: string, text: string, [least, most]: readonly [number, number]): number => {
    const value = Number(text);
    const fits = /^\d{1,9}$/.test(text) && value >= least && value <= most;
    if (!fits) issues.push({ path, message: `must be a whole number from ${least} to ${most}` });
    return value;
  };
  const address = (path: string, text: string | undefined): Address | undefined => {
    if (text !== undefined && !isAddress(text))
      issues.push({ path, message: 'must be a 20-byte hex address, its checksum included' });
    return text as Address | undefined;
  };
  if (!Object.hasOwn(rpcUrls, flags.chain))
    issues.push({ path: 'chain', message: chainMessage(flags.chain) });
  const chain = flags.chain as PublicChain;
  const rpcUrl = flags.rpcUrl ?? context.env.BONAFIDE_RPC_URL ?? rpcUrls[chain];
  if (rpcUrl !== undefined && !/^https?:\/\//.test(rpcUrl))
    issues.push({ path: 'rpc-url', message: 'must be an http or https URL' });
  const settings: DeploySettings = {
    ...{ chain, rpcUrl, key },
    from: address('from', flags.from),
    owner: address('owner', flags.owner),
    guardian: address('guardian', flags.guardian),
    ownerDelaySeconds: number('owner-delay', flags.ownerDelay, [MIN_DELAY_SECONDS, MAX_DELAY_SECONDS]),
    fundShareBps: number('fund-share', flags.fundShare, [0, MAX_FUND_SHARE_BPS]),
  };
  if (!flags.dryRun) issues.push(...missing(settings, flags));
  if (issues.length > 0) throw new ValidationError('The input of contracts deploy does not fit.', { issues });
  return settings;
}

function chainMessage(chain: string): string {
  const known = Object.keys(rpcUrls).join(' or ');
  return chain === 'local'
    ? `must be ${known}; \`bonafide dev\` deploys on the local chain`
    : `must be ${known}`;
}

function missing({ key, owner, guardian }: DeploySettings, { resume }: DeployFlags): Issue[] {
  const isNeeded = 'is needed';
  return [
    ...(key ? [] : [{ path: 'key-file', message: `${isNeeded}, or BONAFIDE_DEPLOYER_KEY` }]),
    ...(owner || resume ? [] : [{ path: 'owner', message: `${isNeeded}: who may propose to the timelock` }]),
    ...(guardian || resume ? [] : [{ path: 'guardian', message: `${isNeeded}: who may pause` }]),
  ];
}

// The text is never quoted: it is a key.
async function readKey({ env }: Context, { keyFile }: DeployFlags): Promise<Address | undefined> {
  const text = keyFile === undefined ? env.BONAFIDE_DEPLOYER_KEY : await readKeyFile(keyFile);
  if (text === undefined) return undefined;
  const key = text.trim().replace(/^0x/, '');
  if (/^[0-9a-fA-F]{64}$/.test(key)) return `0x${key}`;
  const issues = [{ path: 'key', message: 'must be 32 bytes in hex' }];
  throw new ValidationError('The key of the deployer does not fit.', { issues });
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new BonafideError('VALIDATION_FAILED', `The key file ${path} cannot be read.`, { cause });
  }
}
