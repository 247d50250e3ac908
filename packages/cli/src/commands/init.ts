import type { Command } from 'commander';
import { loadSettings } from '../connection.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { printableJson } from '../printable.ts';
import { render } from '../render.ts';

interface InitOptions extends GlobalOptions {
  readonly description?: string;
  readonly capability?: readonly string[];
  readonly listed?: boolean;
}

async function init(context: Context, { name, options }: { name: string; options: InitOptions }) {
  const { secure } = await import('@bonafide/core');
  const { loadOrCreateKeyFile } = await import('@bonafide/core/node');
  const { signerFromSeed } = await import('@bonafide/core/identity');
  const { config, transport } = await loadSettings(context, options);
  const { keyPair, path, isNew } = await loadOrCreateKeyFile(name);
  await using agent = await secure(name, {
    ...transport,
    signer: signerFromSeed(keyPair.seed),
    enrolmentToken: config.enrolmentToken?.reveal(),
    description: options.description,
    capabilities: options.capability,
    isListed: options.listed,
  });
  const { did, id: agentId, record } = agent;
  return { name, did, agentId, workspace: record.workspace, key: path, isNew };
}

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `bonafide init NAME`: an agent with a key of its own. */
export function addInit(program: Command, context: Context): void {
  program
    .command('init')
    .summary('make an agent: its key, its registration')
    .description(
      'Makes the key of an agent in ~/.bonafide/agents (or takes the one that is there) and registers it. On a gateway without open enrolment, set BONAFIDE_ENROLMENT_TOKEN.',
    )
    .argument('<name>', 'lower-case letters, digits, dots, dashes')
    .option('--description <text>', 'what it does, for those who search')
    .option('--capability <name>', 'such as csv:clean (may be given again)', collect)
    .option('--listed', 'let agents of other workspaces find it')
    .action(async (name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<InitOptions>();
      const { isNew, ...made } = await init(context, { name, options });
      const text = options.json ? printableJson({ ...made, isNew }, 2) : render(made);
      context.stdout.write(`${text}\n`);
      if (options.json) return;
      const note = isNew ? 'The key is only in that file: keep it.' : 'The key was there already.';
      context.stdout.write(`\n${note} Act as this agent: bonafide agents find --agent ${name}\n`);
    });
}
