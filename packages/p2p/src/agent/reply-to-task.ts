import type { IntentReply, PeerQuote } from '@bonafide/core/models';
import type { Capability, IncomingIntent } from '../exchange/types.ts';
import { type Capabilities, toJsonSchema } from './capability.ts';

const OPEN_FOR_MS = 300_000;

/**
 * The reply of an agent that says nothing else: a task with fitting parameters is accepted at its usual price, one without
 * learns what is needed, and words are not understood.
 */
export function replyToTask(
  capabilities: Capabilities,
  { intent: { request }, now }: { readonly intent: IncomingIntent; readonly now: Date },
): IntentReply {
  if (!('task' in request)) return { status: 'declined', message: offer(capabilities) };
  const { task, params = {} } = request;
  const found = Object.hasOwn(capabilities, task) ? capabilities[task] : undefined;
  if (!found) return { status: 'declined', message: `There is no '${task}' here. ${offer(capabilities)}` };
  const expiresAt = new Date(now.getTime() + OPEN_FOR_MS).toISOString();
  const base = { capability: task, ...inputOf(found), ...quoteOf(found, expiresAt) };
  const parsed = found.input.safeParse(params);
  if (parsed.success) return { ...base, status: 'accepted', expiresAt };
  const [issue] = parsed.error.issues;
  const at = issue?.path.map(String).join('.') || 'params';
  return { ...base, status: 'needs-input', message: `${at}: ${issue?.message ?? 'does not fit'}` };
}

function offer(capabilities: Capabilities): string {
  return `Ask with one of these as task: ${Object.keys(capabilities).join(', ')}.`.slice(0, 2_000);
}

function inputOf({ input }: Capability<unknown>): Pick<IntentReply, 'requiredInput'> {
  const schema = toJsonSchema(input, 'input') as IntentReply['requiredInput'];
  return schema ? { requiredInput: schema } : {};
}

function quoteOf({ priceUsdc }: Capability<unknown>, expiresAt: string): { readonly quote?: PeerQuote } {
  return priceUsdc === undefined ? {} : { quote: { amountUsdc: priceUsdc, expiresAt } };
}
