import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { LogSink } from '../client/log.ts';
import { expandHome } from './home.ts';

/** Appends to a file that only its owner reads; a log that cannot be written is a warning, never a failed call. */
export async function openLogSink(path: string | undefined): Promise<LogSink> {
  if (path === undefined) {
    return { write: (line) => void process.stderr.write(line), close: async () => undefined };
  }
  const stream = createWriteStream(expandHome(path), { flags: 'a', mode: 0o600 });
  stream.on('error', ({ message }) => process.emitWarning(`The log file cannot be written: ${message}`));
  return {
    write: (line) => void stream.write(line),
    close: async () => {
      if (stream.destroyed) return;
      stream.end();
      await finished(stream).catch(() => undefined);
    },
  };
}
