import { namesOf, type Operation, operationList } from '@bonafide/core/operations';
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { printableJson } from './printable.ts';
import { render } from './render.ts';

const accessOf = (operation: Operation): string => (operation.kind === 'local' ? 'local' : operation.access);

const entryOf = (operation: Operation) => ({
  id: operation.id,
  kind: operation.kind,
  risk: operation.risk,
  access: accessOf(operation),
  toolset: operation.toolset,
  isDefaultTool: operation.isDefaultTool === true,
  summary: operation.summary,
  names: namesOf(operation),
});

const rowOf = (operation: Operation) => {
  const { client, tool, elizaAction, cli, http } = namesOf(operation);
  const { kind, risk, toolset } = operation;
  return { client, cli, tool, elizaAction, http, kind, risk, access: accessOf(operation), toolset };
};

/** `bonafide operations`: every operation with its name on every surface. */
export function addCatalogue(program: Command, context: Context): void {
  program
    .command('operations')
    .summary('every operation with its name on every surface')
    .description('Lists every operation: what it is called in the SDK, for models, over HTTP and here.')
    .action((_options, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const text = json
        ? printableJson(operationList.map(entryOf), 2)
        : render({ items: operationList.map(rowOf) }, context.stdout.columns);
      context.stdout.write(`${text}\n`);
    });
}
