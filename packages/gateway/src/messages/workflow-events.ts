import { BonafideError } from '@bonafide/core/errors';
import { type WorkflowEvent, workflowEvent } from '@bonafide/core/models';
import { readJson } from '../json.ts';
import type { Transaction } from '../ledger.ts';

/**
 * The type under which the event stream holds what was sent to `event::<workspace>`. The subject is the message id, the data
 * a `WorkflowEventData`. It is written in the commit that keeps the message, so whoever follows events of this type with a
 * cursor sees each once, also after a crash. A message that is sent again is written only the first time.
 */
export const WORKFLOW_EVENT = 'workflow.event';

/** Largest body of an event message, in bytes: rules keep it with the event. */
const MAX_EVENT_BYTES = 65_536;

/** `source` is the canonical address of the sender as the gateway knows it, `sender` whose credential it used, as in audit entries. */
interface WorkflowEventData extends WorkflowEvent {
  readonly source: string;
  readonly sender: string;
}

/** The event in a body; PAYLOAD_TOO_LARGE or VALIDATION_FAILED when it holds none. */
export function parseWorkflowEvent(body: string): WorkflowEvent {
  if (Buffer.byteLength(body) > MAX_EVENT_BYTES)
    throw new BonafideError('PAYLOAD_TOO_LARGE', `An event has at most ${MAX_EVENT_BYTES} bytes.`);
  const { success, data } = workflowEvent.safeParse(readJson(body));
  if (success) return data;
  throw new BonafideError('VALIDATION_FAILED', 'The body of an event is { type, data }.');
}

/** Tells the rules of the transaction's workspace. */
export function tellRules(
  tx: Transaction,
  { messageId, ...data }: WorkflowEventData & { readonly messageId: string },
): void {
  tx.event({ type: WORKFLOW_EVENT, subject: messageId, data: { ...data } });
}
