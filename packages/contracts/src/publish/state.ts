import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { getAddress, type Hex } from 'viem';
import { type ChainName, deployments } from '../deployments.ts';
import { failed, type PublishParameters, type PublishPlan } from './prepare.ts';

/** What a deployment that was begun must go on with; written before anything is sent. */
export interface PublishState
  extends Pick<PublishPlan, 'chain' | 'deployer' | 'firstNonce' | 'startBlock' | 'parameters'> {
  /** Hashes of what was sent, by contract; the last one counts. */
  readonly sent: Readonly<Record<string, Hex>>;
}

/** Begins a state file; refuses to write over one, because that may be of a deployment under way. */
export function createState(path: string, plan: PublishPlan): PublishState {
  const { chain, deployer, firstNonce, startBlock, parameters } = plan;
  const state = { chain, deployer, firstNonce, startBlock, parameters, sent: {} };
  try {
    writeFileSync(path, format(state), { flag: 'wx' });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    throw failed(`${path} is there already: go on with --resume ${path}, or move it away.`, { cause });
  }
  return state;
}

/** Atomically: a crash leaves the state before or the one after. */
export function saveState(path: string, state: PublishState): void {
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, format(state), { flush: true });
  renameSync(temporary, path);
}

export function readState(path: string): PublishState {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8'));
    if (!Object.hasOwn(deployments, found.chain)) throw failed('It names no chain.');
    return {
      chain: found.chain as ChainName,
      deployer: getAddress(found.deployer),
      firstNonce: Number(found.firstNonce),
      startBlock: BigInt(found.startBlock),
      parameters: toParameters(found.parameters),
      sent: found.sent,
    };
  } catch (cause) {
    throw failed(`${path} is not the state of a deployment.`, { cause });
  }
}

function toParameters(found: PublishParameters): PublishParameters {
  return {
    administrator: getAddress(found.administrator),
    guardian: getAddress(found.guardian),
    timelockSeconds: Number(found.timelockSeconds),
    fundShareBps: Number(found.fundShareBps),
  };
}

function format(state: PublishState): string {
  return `${JSON.stringify({ ...state, startBlock: String(state.startBlock) }, undefined, 2)}\n`;
}
