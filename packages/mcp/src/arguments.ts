import { parseArgs } from 'node:util';
import type { ToolSelection, Toolset } from '@bonafide/core/operations';
import type { ToolEntry } from './entry.ts';

export interface Arguments {
  readonly selection: ToolSelection;
  /** Serve HTTP on this port instead of stdio; 0 takes a free one. */
  readonly httpPort: number | undefined;
  readonly wants: 'serve' | 'help' | 'version';
}

export const usage = `Usage: bonafide-mcp [options]

  --toolsets LIST       offer whole toolsets: agents, governance, commerce, artifacts, coordination, peers
  --tools LIST          offer exactly these tools, by tool name or operation id
  --exclude-tools LIST  leave these tools out
  --read-only           offer nothing that changes anything, whatever else is asked for
  --http PORT           serve HTTP on 127.0.0.1:PORT/mcp instead of stdio; 0 takes a free port
  --version, --help

LIST is separated by commas. The environment is described in the README.
`;

const options = {
  toolsets: { type: 'string' },
  tools: { type: 'string' },
  'exclude-tools': { type: 'string' },
  'read-only': { type: 'boolean' },
  http: { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Reads the command line and lists everything wrong with it. */
export function parseArguments(
  args: readonly string[],
  entries: readonly ToolEntry[],
): { readonly arguments: Arguments; readonly problems: readonly string[] } {
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const problems = tokens.flatMap((token) => misfit(token));
  const text = (name: keyof typeof options): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const known = knownNames(entries);
  const operations = lookUp(text('tools'), { known: known.tools, what: 'tool', problems });
  const exclude = lookUp(text('exclude-tools'), { known: known.tools, what: 'tool', problems });
  const toolsets = lookUp(text('toolsets'), { known: known.toolsets, what: 'toolset', problems });
  const http = text('http');
  if (http !== undefined && !isPort(http)) problems.push('--http needs a port from 0 to 65535.');
  return {
    arguments: {
      selection: { operations, exclude, toolsets, readOnly: values['read-only'] === true },
      httpPort: http === undefined ? undefined : Number(http),
      wants: values.help ? 'help' : values.version ? 'version' : 'serve',
    },
    problems,
  };
}

type Token = ReturnType<
  typeof parseArgs<{ options: typeof options; strict: false; tokens: true }>
>['tokens'][number];

function misfit(token: Token): string[] {
  if (token.kind === 'positional') return [`'${token.value}' is not an option.`];
  if (token.kind !== 'option') return [];
  const option = Object.hasOwn(options, token.name) ? options[token.name as keyof typeof options] : undefined;
  if (!option) return [`${token.rawName} is not an option.`];
  if (option.type === 'string' && !token.value) return [`${token.rawName} needs a value.`];
  if (option.type === 'boolean' && token.value !== undefined) return [`${token.rawName} takes no value.`];
  return [];
}

function knownNames(entries: readonly ToolEntry[]): {
  readonly tools: ReadonlyMap<string, string>;
  readonly toolsets: ReadonlyMap<string, Toolset>;
} {
  const tools = entries.flatMap(({ id, tool }): [string, string][] => [
    [id, id],
    [tool.name, id],
  ]);
  const toolsets = entries.flatMap(({ toolset }): [string, Toolset][] =>
    toolset ? [[toolset, toolset]] : [],
  );
  return { tools: new Map(tools), toolsets: new Map(toolsets) };
}

function lookUp<Value extends string>(
  list: string | undefined,
  { known, what, problems }: { known: ReadonlyMap<string, Value>; what: string; problems: string[] },
): readonly Value[] | undefined {
  const names = list?.split(',').map((name) => name.trim());
  return names?.flatMap((name) => {
    const found = known.get(name);
    if (found === undefined) problems.push(`There is no ${what} '${name}'.`);
    return found === undefined ? [] : [found];
  });
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}
