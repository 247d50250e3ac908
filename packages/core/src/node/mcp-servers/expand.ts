import { BonafideError } from '../../errors.ts';
import type { ServerDefinition } from './definition.ts';

/** Values of `${NAME}`. */
export type VariableValues = Readonly<Record<string, string | undefined>>;

const placeholder = /\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{([^}]*)\}/g;

/**
 * Fills `${NAME}`, `${NAME:-default}` and `${env:NAME}` as the clients do. VALIDATION_FAILED names what has no value, such
 * as an input that VS Code asks its user for.
 */
export function expandDefinition(definition: ServerDefinition, variables: VariableValues): ServerDefinition {
  return mapTexts(definition, (text) =>
    text.replace(placeholder, (_, name?: string, fallback?: string, other?: string) => {
      const value = name !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
      const filled = value ?? fallback;
      if (filled !== undefined) return filled;
      const variable = name ?? other ?? '';
      throw new BonafideError('VALIDATION_FAILED', `\${${variable}} has no value: give it in variables.`, {
        details: { variable },
      });
    }),
  );
}

/** Those of the values that a definition refers to: nothing else of an environment is passed on. */
export function referredValues(definition: ServerDefinition, values: VariableValues): Record<string, string> {
  const names = new Set<string>();
  mapTexts(definition, (text) => {
    for (const [, name] of text.matchAll(placeholder)) if (name !== undefined) names.add(name);
    return text;
  });
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function mapTexts(definition: ServerDefinition, map: (text: string) => string): ServerDefinition {
  const mapValues = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
  if (definition.type === 'http') {
    const { url, headers } = definition;
    return { type: 'http', url: map(url), headers: mapValues(headers) };
  }
  const { command, args, env, cwd } = definition;
  return {
    ...{ type: 'stdio', command: map(command), args: args.map(map), env: mapValues(env) },
    cwd: cwd === undefined ? undefined : map(cwd),
  };
}
