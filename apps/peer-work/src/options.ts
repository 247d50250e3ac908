import { parseArgs } from 'node:util';

const HELP = `A page in a browser finds an agent, asks for a quote, and has it work: directly, with progress and result in the page.

  npm run app -- peer-work [options]

  --serve              leave it running and say where the page is, instead of driving a browser
  --open               the same, and open the page
  --screenshot FILE    write what the driven browser shows at the end
  --help               this text`;

export interface Options {
  readonly mode: 'drive' | 'serve' | 'open';
  readonly screenshot: string | undefined;
}

/** Reads the command line; ends the process with a clear message when it is unusable. */
export function readOptions(args: readonly string[]): Options {
  const { serve = false, open = false, screenshot, help = false } = parse(args);
  if (help) {
    console.log(HELP);
    process.exit(0);
  }
  const mode = open ? 'open' : serve ? 'serve' : 'drive';
  return { mode, screenshot };
}

function parse(args: readonly string[]) {
  const options = {
    serve: { type: 'boolean' },
    open: { type: 'boolean' },
    screenshot: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}
