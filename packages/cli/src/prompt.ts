import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Context } from './context.ts';

async function readAnswer(context: Context, output: Writable): Promise<string | undefined> {
  const { stdin: input, signal } = context;
  const lines = createInterface({ input, output, terminal: input.isTTY === true, signal });
  lines.once('SIGINT', () => lines.close());
  try {
    const first = await lines[Symbol.asyncIterator]().next();
    return first.done ? undefined : first.value;
  } finally {
    lines.close();
  }
}

/** Whether the person answers yes; the end of the input is a no. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  context.stderr.write(`${question} [y/N] `);
  const answer = await readAnswer(context, context.stderr);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

/** A secret typed without echo, or piped in; undefined when nothing came. */
export async function askSecret(context: Context, question: string): Promise<string | undefined> {
  if (context.stdin.isTTY) context.stderr.write(`${question}: `);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await readAnswer(context, silence);
  if (context.stdin.isTTY) context.stderr.write('\n');
  return answer?.trim() || undefined;
}
