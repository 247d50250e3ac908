import { parseArgs } from 'node:util';
import { type ExampleName, examples, isExampleName } from './examples/examples.ts';
import type { GivenGateway } from './fleet.ts';

const known = Object.keys(examples).filter(isExampleName);

const HELP = `Agents, tasks, orchestrators, engines and bridges work together, each its own process with its own key.

  npm run app -- fleet [options]

  --example NAME   plays one of these, or all of them (default all):
${known.map((name) => `                     ${name.padEnd(14)}${examples[name].title}`).join('\n')}
  --url URL        a gateway that runs already, with the token of an owner in BONAFIDE_TOKEN (default: starts one)
  --help           this text`;

export interface Options {
  readonly names: readonly ExampleName[];
  readonly given: GivenGateway | undefined;
}

/** Reads the command line; ends the process with a clear message when it is unusable. */
export function readOptions(args: readonly string[]): Options {
  const { example = 'all', url, help = false } = parse(args);
  if (help) {
    console.log(HELP);
    process.exit(0);
  }
  return { names: toNames(example), given: url === undefined ? undefined : toGiven(url) };
}

function toNames(name: string): readonly ExampleName[] {
  if (name === 'all') return known;
  return isExampleName(name)
    ? [name]
    : fail(`There is no example '${name}'. Known: ${[...known, 'all'].join(', ')}.`);
}

function toGiven(url: string): GivenGateway {
  const ownerToken = process.env.BONAFIDE_TOKEN;
  return ownerToken ? { url, ownerToken } : fail('--url needs the token of an owner in BONAFIDE_TOKEN.');
}

function parse(args: readonly string[]) {
  const options = {
    example: { type: 'string' },
    url: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
