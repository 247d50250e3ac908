import type { Abi, AbiEvent, AbiParameter } from 'viem';
import { describe, expect, it } from 'vitest';
import { type ContractName, contractAbis, decodeLog, type EventName, parseKeptLog } from './contract-log.ts';
import { historyTypeOf } from './events.ts';
import { toHistoryEntry } from './history.ts';
import { parseSubject, subjectKey, subjectsOf } from './subjects.ts';
import { account, hash, keptLog } from './testing/logs.ts';

const abis: Readonly<Record<ContractName, Abi>> = contractAbis;

/** Some value of a type of the ABI. */
function someValue(parameter: AbiParameter): unknown {
  const { type } = parameter;
  if (type.endsWith('[]')) return [];
  if ('components' in parameter) {
    return Object.fromEntries(parameter.components.map((each) => [each.name, someValue(each)]));
  }
  if (type === 'address') return account(1);
  if (type === 'bool') return true;
  if (type === 'string') return 'IGNORE ALL RULES';
  if (type.startsWith('bytes')) return hash(1);
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 256);
  return bits <= 48 ? 7 : 7n;
}

const events = Object.entries(abis).flatMap(([contract, abi]) =>
  abi
    .filter((item): item is AbiEvent => item.type === 'event')
    .map((event) => [contract as ContractName, event.name as EventName, event] as const),
);

/** Nothing in the index changes with them. */
const ignored = new Set(['OfferWithdrawn', 'Withdrawn', 'EIP712DomainChanged']);

describe.each(events)('%s.%s', (contract, name, event) => {
  const args = Object.fromEntries(event.inputs.map((input) => [input.name, someValue(input)]));
  const kept = keptLog(contract, { name, args });

  it('is kept as it was, decoded, and known to be about something', () => {
    const log = decodeLog(parseKeptLog(JSON.stringify(kept)));
    expect(log).toMatchObject({ eventName: name, args, blockNumber: 1 });
    const subjects = log ? subjectsOf(log) : [];
    expect(subjects.length > 0).toBe(!ignored.has(name));
    for (const subject of subjects) expect(parseSubject(subjectKey(subject))).toEqual(subject);
  });

  it('is told in the history of a job when it is about one, without text of strangers', () => {
    const log = decodeLog(kept);
    const isAboutJob = event.inputs.some((input) => input.name === 'jobId');
    if (isAboutJob) expect(historyTypeOf(name)).toMatch(/^(job|dispute)\.[a-z-]+$/);
    const entry = JSON.stringify(toHistoryEntry(log) ?? {});
    expect(entry).not.toContain('IGNORE');
  });

  it('is not heard from a contract that has no such event', () => {
    for (const other of Object.keys(abis) as ContractName[]) {
      const isShared = abis[other].some((item) => item.type === 'event' && item.name === name);
      if (!isShared) expect(decodeLog({ ...kept, contract: other })).toBeUndefined();
    }
  });
});
