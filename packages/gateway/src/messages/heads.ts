import type { MessageKind } from '@bonafide/core/models';
import type { StoredMessage } from '../stores/messages.ts';

/** The lines of a `msg` frame, written by hand: this is what every delivery costs. */
export function messageLines(message: StoredMessage, d: number): string {
  const { messageId, from, to, kind, sequence, attempts, body } = message;
  return (
    `{"t":"msg","d":${d},"id":${JSON.stringify(messageId)},"from":${quoted(from)},"to":${quoted(to)},"kind":"${kind}",` +
    `"seq":${sequence},"at":"${timeText(message.sentAt)}","try":${attempts + 1}${extras(message)}}\n${body}\n`
  );
}

/** The head of a delivered `live` frame with its line break; the body follows. */
export function liveHead(from: string, to: string, kind: MessageKind): string {
  return `{"t":"live","from":${quoted(from)},"to":${quoted(to)},"kind":"${kind}"}\n`;
}

/** RFC 3339, made once per millisecond. */
export function timeText(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}

let lastMs = Number.NaN;
let lastText = '';

function extras({ expiresAt, replyTo, onBehalfOf }: StoredMessage): string {
  let text = '';
  if (expiresAt !== undefined) text += `,"exp":"${new Date(expiresAt).toISOString()}"`;
  if (replyTo !== undefined) text += `,"replyTo":${JSON.stringify(replyTo)}`;
  if (onBehalfOf !== undefined) text += `,"sub":${quoted(onBehalfOf)}`;
  return text;
}

const MAX_KNOWN = 10_000;
const known = new Map<string, string>();

/** Addresses come again and again. */
function quoted(address: string): string {
  const text = known.get(address) ?? JSON.stringify(address);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(address, text);
  return text;
}
