import { isQuery, namesOf, type Operation } from '@bonafide/core/operations';

const INTRODUCTION = `# Operations

Written by \`npm run docs\` from the registry; not kept in git. Kinds: **remote** runs in the gateway, **local** in the SDK, **stream**
delivers events. An operation with risk *none* only reads. ★ marks the tools that models get by default.
`;

const isRequired = (operation: Operation, field: string): boolean =>
  !operation.input.shape[field]?.safeParse(undefined).success;

function fieldsOf(operation: Operation): string {
  const fields = Object.keys(operation.input.shape).map((field) =>
    isRequired(operation, field) ? `\`${field}\`` : `\`${field}?\``,
  );
  return fields.join(', ') || 'nothing';
}

function sectionOf(operation: Operation): string {
  const { client, cli, tool, elizaAction, http } = namesOf(operation);
  const models = operation.toolset === undefined ? [] : [`tool \`${tool}\``, `Eliza \`${elizaAction}\``];
  const names = [`\`${client}\``, `\`${cli}\``, ...(http ? [`\`${http}\``] : []), ...models];
  const access = operation.kind === 'local' ? [] : [`access ${operation.access}`];
  const facts = [operation.kind, isQuery(operation) ? 'reads' : `risk ${operation.risk}`, ...access];
  return [
    `### ${operation.id}${operation.isDefaultTool ? ' ★' : ''}`,
    `${operation.summary}. ${operation.description}`,
    `- ${names.join(' · ')}`,
    `- ${facts.join(', ')}`,
    `- Takes ${fieldsOf(operation)}.`,
    `- Errors: ${operation.errors.join(', ') || 'only those any call can have'}.`,
  ]
    .join('\n\n')
    .replaceAll('\n\n- ', '\n- ')
    .replace('\n- ', '\n\n- ');
}

/** The reference of all operations as Markdown. */
export function operationsPage(operations: readonly Operation[]): string {
  const nouns = Map.groupBy(operations, ({ id }) => id.split('.')[0] ?? '');
  const chapters = [...nouns].map(([noun, group]) => [`## ${noun}`, ...group.map(sectionOf)].join('\n\n'));
  return `${[INTRODUCTION.trimEnd(), ...chapters].join('\n\n')}\n`;
}
