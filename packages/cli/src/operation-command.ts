import { BonafideError } from '@bonafide/core/errors';
import { namesOf, type Operation, parseInput, type StreamOperation } from '@bonafide/core/operations';
import type { Command } from 'commander';
import { openConnection } from './connection.ts';
import type { Context, GlobalOptions } from './context.ts';
import { readDocument } from './documents.ts';
import { Unsatisfied } from './failure.ts';
import { addInput, inputOf } from './flags.ts';
import { printableJson } from './printable.ts';
import { render } from './render.ts';
import { verdictOf } from './verdicts.ts';
import { viewOf } from './views.ts';

const isStream = (operation: Operation): operation is StreamOperation => operation.kind === 'stream';

interface Call<Op extends Operation = Operation> {
  readonly operation: Op;
  readonly input: Record<string, unknown>;
  readonly options: GlobalOptions;
}

/** A line of the log is verified as it is spelled; only a terminal gets what it can show. */
const isExact = ({ stdout }: Context, { id }: Operation): boolean => id === 'audit.export' && !stdout.isTTY;

async function printStream(
  context: Context,
  { operation, input, options }: Call<StreamOperation>,
): Promise<void> {
  await using client = await openConnection(context, { options });
  try {
    for await (const event of client.stream(operation, input, { signal: context.signal })) {
      const text = isExact(context, operation) ? JSON.stringify(event) : printableJson(event);
      context.stdout.write(`${text}\n`);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
}

async function printAnswer(context: Context, { operation, input, options }: Call): Promise<void> {
  await using client = await openConnection(context, { options, needsWallet: operation.kind === 'local' });
  const output = await client.invoke(operation, input, { signal: context.signal });
  printOutput(context, { operation, output, options });
}

interface Answer {
  readonly operation: Operation;
  readonly output: unknown;
  readonly options: GlobalOptions;
}

/** Prints what an operation answered; throws Unsatisfied when it checked something and that does not hold. */
export function printOutput(context: Context, { operation, output, options }: Answer): void {
  const verdict = verdictOf(operation.id, output);
  const shown = options.wide ? output : viewOf(operation.id, output);
  const text = verdict?.text ?? render(shown, context.stdout.columns);
  context.stdout.write(`${options.json ? printableJson(output, 2) : text}\n`);
  if (verdict && !verdict.isGood) throw new Unsatisfied();
}

interface Given {
  readonly command: Command;
  readonly read: (file: string) => Promise<string>;
}

/** Checked before anything is opened, and with the way to the help. */
export async function checkedInput(
  operation: Operation,
  { command, read }: Given,
): Promise<Record<string, unknown>> {
  const given = await inputOf(command, { operation, read });
  try {
    return parseInput(operation, given);
  } catch (cause) {
    const { message, details } = BonafideError.from(cause);
    const hint = `See: ${namesOf(operation).cli} --help`;
    throw new BonafideError('VALIDATION_FAILED', message, { cause, details: { ...details, hint } });
  }
}

/** `bonafide NOUN VERB` for one operation. */
export function addOperation(
  noun: Command,
  { operation, context }: { operation: Operation; context: Context },
): void {
  const verb = namesOf(operation).cli.split(' ').at(-1) ?? operation.id;
  const command = noun.command(verb).summary(operation.summary).description(operation.description);
  addInput(command, operation).action(async () => {
    const options = command.optsWithGlobals<GlobalOptions>();
    const read = (file: string) => readDocument(context, file);
    const input = await checkedInput(operation, { command, read });
    if (isStream(operation)) await printStream(context, { operation, input, options });
    else await printAnswer(context, { operation, input, options });
  });
}
