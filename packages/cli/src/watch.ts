import type { Client, Invoker } from '@bonafide/core';
import type { Context } from './context.ts';

const CLEAR = '\u001b[2J\u001b[3J\u001b[H';
/** Events come in bursts; drawing them one by one helps nobody. */
const PAUSE_MS = 200;

interface Watched {
  readonly client: Client & Invoker;
  /** Events after which the view may look different. */
  readonly types: readonly string[];
  draw(): Promise<string>;
}

/** Draws a view now and after each event that may change it, until Ctrl-C; piped, each drawing follows the other. */
export async function watch(context: Context, { client, types, draw }: Watched): Promise<void> {
  const { stdout, signal } = context;
  const isTerminal = stdout.isTTY === true;
  let shown = '';
  const show = async () => {
    const text = await draw();
    if (text === shown) return;
    shown = text;
    stdout.write(isTerminal ? `${CLEAR}${text}\n` : `${text}\n\n`);
  };
  try {
    await show();
    for await (const _ of paced(
      client.events.stream({ types: [...types] }, { signal, onGap: () => {} }),
      signal,
    )) {
      await show();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** One signal for all events of a short while; ends with them. */
async function* paced(events: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<void> {
  let wake = () => {};
  let isDirty = false;
  let end: { readonly error?: unknown } | undefined;
  const reading = (async () => {
    for await (const _ of events) {
      isDirty = true;
      wake();
    }
  })().then(
    () => {
      end = {};
      wake();
    },
    (error: unknown) => {
      end = { error };
      wake();
    },
  );
  while (!signal.aborted) {
    if (isDirty) {
      isDirty = false;
      yield;
      await pause(signal);
    } else if (end) {
      await reading;
      if ('error' in end) throw end.error;
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}
