import { operations } from '@bonafide/core/operations';
import type { Command } from 'commander';
import type { z } from 'zod';
import type { Context, GlobalOptions } from '../context.ts';
import { streamDocument } from '../documents.ts';
import { checkedInput, printOutput } from '../operation-command.ts';

const MEGABYTE = 1_000_000;
const LONG_BYTES = 32 * MEGABYTE;

/** How much of a long file is read: each tenth of it, or each 100 MB of a pipe. */
function createProgress({ stderr }: Context): (position: number, size: number | undefined) => void {
  let told = 0;
  return (position, size) => {
    const step = size === undefined ? 100 * MEGABYTE : size / 10;
    const reached = Math.floor(position / step);
    if (reached === told || (size !== undefined && size < LONG_BYTES)) return;
    told = reached;
    const whole = size === undefined ? '' : ` of ${Math.round(size / MEGABYTE)}`;
    stderr.write(`› ${Math.round(position / MEGABYTE)}${whole} MB\n`);
  };
}

async function* bytesOf(context: Context, file: string): AsyncGenerator<Uint8Array> {
  const tell = createProgress(context);
  for await (const { bytes, position, size } of streamDocument(context, file)) {
    context.signal.throwIfAborted();
    yield bytes;
    tell(position, size);
  }
}

async function verify(context: Context, command: Command): Promise<void> {
  const operation = operations.audit.verify;
  // The name of the file stands for its lines, which may be more than fit into one text.
  const read = async (file: string) => file;
  const input = await checkedInput(operation, { command, read });
  const { lines: file, ...known } = input as z.output<typeof operation.input>;
  const { linesOf, verifyAuditExport } = await import('@bonafide/core/audit');
  const verdict = await verifyAuditExport(linesOf(bytesOf(context, file)), known);
  printOutput(context, { operation, output: verdict, options: command.optsWithGlobals<GlobalOptions>() });
}

/** `bonafide audit verify FILE` reads line by line, so the size of the log does not matter. */
export function addAuditVerify(program: Command, context: Context): void {
  const noun = program.commands.find((command) => command.name() === 'audit');
  const command = noun?.commands.find((each) => each.name() === 'verify');
  command?.action(() => verify(context, command));
}
