import { agenticCommerceAbi, courtAbi, type Deployment } from '@bonafide/contracts';
import { type AbiEvent, isAddressEqual, type Log } from 'viem';
import { z } from 'zod';

const address = z.templateLiteral(['0x', z.string()]);
const uint = z.union([z.bigint(), z.number(), z.string()]).transform(String);
const jobId = uint;

/** What the index keeps of each event; numbers as decimal strings. */
const eventArgs = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('JobCreated'),
    jobId,
    client: address,
    provider: address,
    evaluator: address,
    expiredAt: uint,
  }),
  z.object({ name: z.literal('ProviderSet'), jobId, provider: address }),
  z.object({ name: z.literal('BudgetSet'), jobId, amount: uint }),
  z.object({ name: z.literal('JobFunded'), jobId, amount: uint }),
  z.object({ name: z.literal('JobSubmitted'), jobId, deliverable: z.string() }),
  z.object({ name: z.literal('JobCompleted'), jobId, reason: z.string() }),
  z.object({ name: z.literal('JobRejected'), jobId, rejector: address, reason: z.string() }),
  z.object({ name: z.literal('JobExpired'), jobId }),
  z.object({
    name: z.literal('TermsProposed'),
    jobId,
    terms: z.object({ validator: address, threshold: z.number(), submitBy: uint, specHash: z.string() }),
  }),
  z.object({ name: z.literal('TermsVoided'), jobId }),
  z.object({ name: z.literal('TermsAccepted'), jobId }),
  z.object({ name: z.literal('DeliverableSubmitted'), jobId, deliverableURI: z.string() }),
  z.object({ name: z.literal('Validated'), jobId, score: z.number(), evidenceURI: z.string() }),
]);
type EventArgs = z.output<typeof eventArgs>;
export type JobEventName = EventArgs['name'];

const place = z.object({
  blockNumber: z.number(),
  blockHash: z.string(),
  logIndex: z.number(),
  transactionHash: z.string(),
  /** RFC 3339 time of the block. */
  time: z.string(),
  /** Of a new job: what its client wrote, which the event does not carry. */
  description: z.string().optional(),
});

/** One thing that happened to a job on the chain. */
export const jobLog = z.intersection(eventArgs, place);
export type JobLog = z.output<typeof jobLog>;

const names: ReadonlySet<string> = new Set(eventArgs.options.map((option) => option.shape.name.value));
const eventsOf = (abi: readonly { readonly type: string }[]) =>
  abi.filter((item): item is AbiEvent => item.type === 'event' && names.has((item as AbiEvent).name));

const kernelEvents = eventsOf(agenticCommerceAbi);
const courtEvents = eventsOf(courtAbi);

/** Every event the index is made of, for the topic filter. */
export const jobEvents: readonly AbiEvent[] = [...kernelEvents, ...courtEvents];

/** A log as viem decodes it by topic. */
export type DecodedLog = Log<bigint, number, false> & { readonly eventName: string; readonly args: object };

/** The event's arguments, or undefined when the contract that emitted it has no business doing so. */
export function parseEvent(log: DecodedLog, deployment: Deployment): EventArgs | undefined {
  const emitter = kernelEvents.some(({ name }) => name === log.eventName)
    ? deployment.agenticCommerce
    : deployment.court;
  if (!isAddressEqual(log.address, emitter)) return undefined;
  return eventArgs.parse({ ...log.args, name: log.eventName });
}
