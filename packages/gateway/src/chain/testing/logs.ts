import {
  type Abi,
  type AbiEvent,
  encodeAbiParameters,
  encodeEventTopics,
  getAbiItem,
  type Hex,
  pad,
} from 'viem';
import {
  type ChainLog,
  type ContractName,
  contractAbis,
  decodeLog,
  type EventName,
  type KeptLog,
} from '../contract-log.ts';

export const account = (byte: number): Hex => pad(`0x${byte.toString(16).padStart(2, '0')}`, { size: 20 });
export const hash = (byte: number): Hex => pad(`0x${byte.toString(16).padStart(2, '0')}`, { size: 32 });

/** The time of the block of a made-up log. */
export const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

export interface MadeLog {
  readonly name: EventName;
  readonly args: Readonly<Record<string, unknown>>;
  /** Seconds on the wall; default 1,000. */
  readonly at?: number;
  readonly blockNumber?: number;
  readonly logIndex?: number;
  readonly description?: string;
  readonly agentOwner?: string;
}

/** A log as the chain would give it. */
export function keptLog(contract: ContractName, made: MadeLog): KeptLog {
  const { name, args, at = 1_000, blockNumber = 1, logIndex = 0, ...beside } = made;
  const event = getAbiItem({ abi: contractAbis[contract] as Abi, name }) as AbiEvent;
  const plain = event.inputs.filter(({ indexed }) => !indexed);
  const topics = encodeEventTopics({ abi: [event], eventName: name, args } as never) as Hex[];
  const data = encodeAbiParameters(
    plain,
    plain.map((input) => args[input.name ?? '']),
  );
  return {
    ...{ contract, topics, data, blockNumber, logIndex, blockHash: hash(blockNumber) },
    ...{ transactionHash: hash(0xaa), time: timeOf(at) },
    ...('description' in beside && { description: beside.description }),
    ...('agentOwner' in beside && { agentOwner: beside.agentOwner }),
  };
}

/** The same, decoded. */
export function chainLog(contract: ContractName, made: MadeLog): ChainLog {
  const log = decodeLog(keptLog(contract, made));
  if (!log) throw new Error(`${contract} has no event ${made.name}.`);
  return log;
}
