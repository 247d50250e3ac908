import { formatUsdc, type JobHistoryEntry } from '@bonafide/core/models';
import type { JsonObject } from '../json.ts';
import { toTime } from './clock.ts';
import type { ChainLog } from './contract-log.ts';
import { historyTypeOf } from './events.ts';

const amounts: ReadonlySet<string> = new Set([
  ...['amount', 'providerAmount', 'evaluatorFee', 'bond', 'slashed'],
]);
const times: ReadonlySet<string> = new Set([
  ...['expiredAt', 'submitBy', 'validateBy', 'disputeBy', 'deadline', 'appealBy', 'evidenceUntil', 'ruleBy'],
]);
const HEX = /^0x[0-9a-fA-F]*$/;

/** A log as an entry of the history of its job; undefined for one that says nothing more than another. */
export function toHistoryEntry(log: ChainLog | undefined): JobHistoryEntry | undefined {
  const type = log && historyTypeOf(log.eventName);
  if (!type) return undefined;
  const { time: at, blockNumber, logIndex, transactionHash, eventName } = log;
  const place = { at, blockNumber: String(blockNumber), logIndex, transactionHash };
  return { type, ...place, data: { event: eventName, ...argsOf(log.args) } };
}

/** Numbers, accounts and hashes; texts of strangers are in the job and its dispute. */
function argsOf(args: object): JsonObject {
  const entries = Object.entries(args).flatMap(([name, value]) => {
    if (name === 'jobId') return [];
    const shown = showArgument(name, value);
    return shown === undefined ? [] : [shown];
  });
  return Object.fromEntries(entries);
}

type Shown = readonly [name: string, value: string | number | boolean];

function showArgument(name: string, value: unknown): Shown | undefined {
  switch (typeof value) {
    case 'bigint':
      if (amounts.has(name)) return [`${name}Usdc`, formatUsdc(value)];
      return [name, times.has(name) ? toTime(value) : String(value)];
    case 'number':
    case 'boolean':
      return [name, value];
    case 'string':
      return HEX.test(value) ? [name, value] : undefined;
    default:
      return undefined;
  }
}
