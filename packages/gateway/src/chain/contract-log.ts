import {
  agenticCommerceAbi,
  arbitratorPoolAbi,
  courtAbi,
  type Deployment,
  disputesAbi,
  jobTemplatesAbi,
  treasuryAbi,
} from '@bonafide/contracts';
import {
  type Abi,
  type AbiEvent,
  type Address,
  type DecodeEventLogReturnType,
  decodeEventLog,
  type Hex,
  toEventSelector,
} from 'viem';
import { z } from 'zod';

/** The ABI of each contract whose logs are indexed. */
export const contractAbis = {
  agenticCommerce: agenticCommerceAbi,
  court: courtAbi,
  disputes: disputesAbi,
  arbitratorPool: arbitratorPoolAbi,
  jobTemplates: jobTemplatesAbi,
  treasury: treasuryAbi,
} as const;

/** The contracts whose logs are indexed. */
export type ContractName = keyof typeof contractAbis;

type EventsOf<Name extends ContractName> = DecodeEventLogReturnType<(typeof contractAbis)[Name]>;

/** What one of our contracts said; which contract may say what follows from its ABI. */
type ContractEvent = EventsOf<ContractName>;
export type EventName = ContractEvent['eventName'];
export type EventNamed<Name extends EventName> = Extract<ContractEvent, { readonly eventName: Name }>;

/** Where on the chain it was said. */
interface Place {
  readonly blockNumber: number;
  readonly blockHash: Hex;
  readonly logIndex: number;
  readonly transactionHash: Hex;
  /** RFC 3339 time of the block. */
  readonly time: string;
}

/** What belongs to a log but is not in it, read from the chain beside it. */
interface Beside {
  /** Of a new job: what its client wrote. */
  readonly description?: string | undefined;
  /** Of written feedback: who owned the agent that it is about. */
  readonly agentOwner?: string | undefined;
}

/** A log of one of our contracts. */
export type ChainLog = ContractEvent & Place & Beside;

const hex = z.templateLiteral(['0x', z.string()]);

/** A log as it is kept: undecoded, so that a fold always works on what the chain said. */
const keptLog = z.object({
  contract: z.enum(Object.keys(contractAbis) as [ContractName, ...ContractName[]]),
  topics: z.array(hex),
  data: hex,
  blockNumber: z.number(),
  blockHash: hex,
  logIndex: z.number(),
  transactionHash: hex,
  time: z.string(),
  description: z.string().optional(),
  agentOwner: z.string().optional(),
});
export type KeptLog = z.output<typeof keptLog>;

/** A log that this store kept; `text` is its JSON. */
export function parseKeptLog(text: string): KeptLog {
  return keptLog.parse(JSON.parse(text));
}

// By topic, because viem else hashes every event of an ABI for every log.
const events = Object.fromEntries(
  Object.entries(contractAbis).map(([name, abi]) => [name, bySelector(abi)]),
) as Readonly<Record<ContractName, ReadonlyMap<Hex, AbiEvent>>>;

function bySelector(abi: Abi): ReadonlyMap<Hex, AbiEvent> {
  const found = abi.filter((item): item is AbiEvent => item.type === 'event');
  return new Map(found.map((event) => [toEventSelector(event), event]));
}

/** Says which of our contracts an address is. */
export function contractsOf(deployment: Deployment): ReadonlyMap<string, ContractName> {
  const names = Object.keys(contractAbis) as ContractName[];
  return new Map(names.map((name) => [deployment[name].toLowerCase(), name]));
}

/** The addresses that are asked for logs. */
export function addressesOf(deployment: Deployment): Address[] {
  return (Object.keys(contractAbis) as ContractName[]).map((name) => deployment[name]);
}

/** The log decoded; undefined for an event that its contract does not have. */
export function decodeLog(kept: KeptLog): ChainLog | undefined {
  const { contract, topics, data, ...place } = kept;
  const event = topics[0] && events[contract].get(topics[0]);
  if (!event) return undefined;
  const { eventName, args } = decodeEventLog({ abi: [event], topics: topics as [Hex, ...Hex[]], data });
  // An event without arguments is decoded without `args`.
  return { eventName, args: args ?? {}, ...place } as unknown as ChainLog;
}
