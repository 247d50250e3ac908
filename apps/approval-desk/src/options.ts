import { parseArgs } from 'node:util';

const HELP = `An agent works on a database of customers; a person decides what may run; an auditor proves what happened.

  npm run app -- approval-desk [options]

  --interactive    you decide yourself, instead of a second process that plays you
  --output DIR     where the exported log and the report go (default: a temporary folder)
  --help           this text`;

export interface Options {
  readonly isInteractive: boolean;
  readonly outputDirectory: string | undefined;
}

/** Reads the command line; ends the process with a clear message when it is unusable. */
export function readOptions(args: readonly string[]): Options {
  const { interactive = false, output, help = false } = parse(args);
  if (help) {
    console.log(HELP);
    process.exit(0);
  }
  return { isInteractive: interactive, outputDirectory: output };
}

function parse(args: readonly string[]) {
  const options = {
    interactive: { type: 'boolean' },
    output: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}
