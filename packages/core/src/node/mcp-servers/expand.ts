import { BonafideError } from '../../errors.ts';
import type { ServerDefinition } from './definition.ts';
import type { Host } from './host.ts';

const placeholder = /\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{([^}]*)\}/g;

type Expand = (text: string) => string;

/**
 * Fills `${NAME}`, `${NAME:-default}`, `${env:NAME}`, `${userHome}` and `${workspaceFolder}` as the clients do.
 * VALIDATION_FAILED names what is not there, such as an input that VS Code asks its user for.
 */
export function expandDefinition(
  definition: ServerDefinition,
  { host, project }: { readonly host: Host; readonly project: string | undefined },
): ServerDefinition {
  const known = { userHome: host.home, workspaceFolder: project };
  const expand: Expand = (text) =>
    text.replace(placeholder, (_, name?: string, fallback?: string, other?: string) => {
      const value =
        name === undefined ? undefined : (host.env[name] ?? known[name as keyof typeof known] ?? fallback);
      if (value !== undefined) return value;
      const what = name ?? other ?? '';
      throw new BonafideError(
        'VALIDATION_FAILED',
        `\${${what}} has no value here: pass it in env, or register by hand.`,
        {
          details: { variable: what },
        },
      );
    });
  if (definition.type === 'http') {
    const { url, headers } = definition;
    return { type: 'http', url: expand(url), headers: expandValues(headers, expand) };
  }
  const { command, args, env, cwd = project } = definition;
  return {
    ...{ type: 'stdio', command: expand(command), args: args.map(expand), env: expandValues(env, expand) },
    cwd: cwd && expand(cwd),
  };
}

function expandValues(record: Readonly<Record<string, string>>, expand: Expand): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, expand(value)]));
}
