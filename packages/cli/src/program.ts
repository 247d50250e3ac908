import tab from '@bomb.sh/tab/commander';
import { namesOf, type Operation, operationList } from '@bonafide/core/operations';
import { Command } from 'commander';
import { addCatalogue } from './catalogue.ts';
import { addApprovals } from './commands/approvals.ts';
import { addAuditVerify } from './commands/audit-verify.ts';
import { addContracts } from './commands/contracts.ts';
import { addDev } from './commands/dev.ts';
import { addFaucet } from './commands/faucet.ts';
import { addInit } from './commands/init.ts';
import { addLogin } from './commands/login.ts';
import { addOverviews } from './commands/overviews.ts';
import { addReport } from './commands/report.ts';
import type { Context } from './context.ts';
import { addOperation } from './operation-command.ts';

const nounOf = (operation: Operation): string => namesOf(operation).cli.split(' ')[1] ?? '';
const verbOf = (operation: Operation): string => namesOf(operation).cli.split(' ')[2] ?? '';

function addOperations(program: Command, context: Context): void {
  for (const [noun, group] of Map.groupBy(operationList, nounOf)) {
    const command = program.command(noun).summary(group.map(verbOf).join(', '));
    for (const operation of group) addOperation(command, { operation, context });
  }
}

/** The completion knows commands by their name only, so `policy` is told to it beside `policies`. */
function addCompletion(program: Command): void {
  const { commands } = tab(program, { completionCommandName: 'completion' });
  const aliases = program.commands.flatMap((noun) => noun.aliases().map((alias) => [noun.name(), alias]));
  for (const [name = '', alias = ''] of aliases) {
    for (const [path, command] of [...commands]) {
      if (path === name || path.startsWith(`${name} `))
        commands.set(alias + path.slice(name.length), command);
    }
  }
}

/** The whole `bonafide` command. Parsing throws CommanderError; actions throw BonafideError. */
export function createProgram(context: Context, version: string): Command {
  const program = new Command('bonafide')
    .description('Identity, permission and paid work for AI agents.')
    .version(version)
    .option('--url <url>', 'gateway (default: BONAFIDE_URL, else the one of `bonafide dev`)')
    .option('--agent <name>', 'act as this agent, with its key from ~/.bonafide/agents')
    .option(
      '--token <token>',
      'act as a person; better BONAFIDE_TOKEN or `bonafide login`, which others cannot see',
    )
    .option('--json', 'print JSON')
    .option('--wide', 'print every column of a list')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what there is)');
  program.commandsGroup('Start:');
  addDev(program, context);
  addInit(program, context);
  addLogin(program, context);
  addFaucet(program, context);
  program.commandsGroup('Operations:');
  addCatalogue(program, context);
  addOperations(program, context);
  addApprovals(program, context);
  addOverviews(program, context);
  addAuditVerify(program, context);
  addReport(program, context);
  addContracts(program, context);
  program.commandsGroup('More:');
  program.helpCommand('help [command]', 'help for a command');
  addCompletion(program);
  return program;
}
