import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deployments } from '@bonafide/contracts';
import { cleanCsv } from './clean-csv.ts';
import { scenarios } from './scenarios/scenarios.ts';

const names = [...Object.keys(scenarios), 'all'];
const chains = Object.keys(deployments);

const HELP = `Two strangers' agents meet, are allowed, work and get paid.

  npm run demo -- [options]
  npm run app -- hire-an-agent [options]

  --input FILE     CSV file to have cleaned (default: a small order list of the repository)
  --output DIR     where the cleaned file and its statistics go (default: a temporary folder)
  --scenario NAME  plays one way a job can go instead, or all of them:
                   ${names.join(', ')}
  --chain NAME     ${chains.join(', ')} (default local); a public one needs BONAFIDE_RPC_URL, a
                   private key for everybody who plays (those that are missing are listed) and, until our
                   contracts are recorded there, BONAFIDE_DEPLOYMENT_FILE; see docs/networks.md
  --interactive    you approve the spending yourself, instead of a second process that plays you
  --help           this text

  BONAFIDE_MODEL=provider:name makes a real model drive the buying agent, such as openai:gpt-5-mini;
  install its LangChain package first. Without it a scripted model is used.`;

const MAX_INPUT_BYTES = 700_000;

export interface Options {
  readonly input: string;
  readonly csv: string;
  readonly outputDirectory: string | undefined;
  readonly isInteractive: boolean;
  readonly chain: string;
  /** Empty: the story of two jobs. */
  readonly scenarios: readonly string[];
  readonly model: string | undefined;
}

/** Reads the command line and the input file; ends the process with a clear message when either is unusable. */
export function readOptions(args: readonly string[], model: string | undefined): Options {
  const { input, output, interactive, help, scenario, chain = 'local' } = parse(args);
  if (help) {
    console.log(HELP);
    process.exit(0);
  }
  const file = resolve(input ?? fileURLToPath(new URL('../data/orders.csv', import.meta.url)));
  return {
    input: file,
    csv: readCsv(file),
    outputDirectory: output,
    isInteractive: interactive ?? false,
    chain: oneOf(chains, chain, 'chain'),
    scenarios: scenario === undefined ? [] : toScenarios(oneOf(names, scenario, 'scenario')),
    model,
  };
}

function toScenarios(name: string): readonly string[] {
  return name === 'all' ? Object.keys(scenarios) : [name];
}

function oneOf(known: readonly string[], name: string, what: string): string {
  return known.includes(name) ? name : fail(`There is no ${what} '${name}'. Known: ${known.join(', ')}.`);
}

function parse(args: readonly string[]) {
  const options = {
    input: { type: 'string' },
    output: { type: 'string' },
    scenario: { type: 'string' },
    chain: { type: 'string' },
    interactive: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${HELP}`);
  }
}

function readCsv(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_INPUT_BYTES)
      return fail(`${file} is larger than ${MAX_INPUT_BYTES} bytes, the most one job takes.`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    cleanCsv(text);
    return text;
  } catch (error) {
    return fail(`${file} cannot be cleaned: ${messageOf(error)}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
