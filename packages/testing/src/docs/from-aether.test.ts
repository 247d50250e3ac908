import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationList } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { aetherNames } from './from-aether-names.ts';

const page = readFileSync(join(repositoryRoot, 'docs', 'from-aether.md'), 'utf8');
const [tables = '', differences = ''] = page.split('## Where its Python');
const rows = tables
  .split('\n')
  .filter((line) => /^\| (?!Aether \||-)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

describe('the table', () => {
  const names = Object.entries(aetherNames).flatMap(([kind, list]) =>
    list.map((name) => [kind, name] as const),
  );

  it.each(names)('of %s has %s', (_kind, name) => {
    expect(rows.some(([left = '']) => codesOf(left).includes(name))).toBe(true);
  });
});

const ours = [
  ...rows.flatMap(([, ...right]) => right.flatMap(codesOf)),
  ...codesOf(differences).filter((code) => !['None', 'connect', 'getHealth'].includes(code)),
];

describe('our side', () => {
  const operations = new Set(operationList.map(({ id }) => id));
  const nouns = new Set([...operations].map((id) => id.split('.')[0] ?? ''));
  const sessionTypes = sourceOf('packages/core/src/session/types.ts');
  const session = membersOf(sessionTypes, 'Session');
  const events = new Set([
    ...membersOf(sessionTypes, 'SessionEvents'),
    ...['chat', 'control', 'tool_call', 'event', 'metric', 'signal', 'progress'],
  ]);
  const words = new Set(
    globSync('packages/core/src/{session,models,operations,protocol,client,transport}/**/*.ts', {
      cwd: repositoryRoot,
    })
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => sourceOf(file).match(/\w+/g) ?? []),
  );

  const paths = ours
    .map((code) => code.replace('session.nowait.', ''))
    .flatMap((code) => [...code.matchAll(/(?<![\w/.@:])\w+\.\w+/g)].map(([path]) => path));
  const known = (noun: string): boolean => noun === 'session' || nouns.has(noun);

  it.each([...new Set(paths)].filter((path) => known(path.split('.')[0] ?? '')))('has %s', (path) => {
    const [first = '', second = ''] = path.split('.');
    if (first === 'session') expect([...session, ...nouns]).toContain(second);
    else expect(operations).toContain(path);
  });

  it.each(ours.flatMap((code) => [...code.matchAll(/session\.on\('(\w+)'/g)]).map(([, name]) => name))(
    'has the event %s',
    (name) => expect(events).toContain(name),
  );

  // Not a command, a package, an address, a URL or a quoted text: then it is made of names that core has.
  const written = ours.filter((code) => !/^(npm |@bonafide|sv:|[a-z]{2}(::|\.)|https:)/.test(code));
  it.each([...new Set(written)])('%s is made of names that exist', (code) => {
    const used = code.replaceAll(/'[^']*'/g, '').match(/[A-Za-z_]\w*/g) ?? [];
    expect(used.filter((word) => !words.has(word) && !language.has(word))).toEqual([]);
  });

  it.each(ours.flatMap((code) => /--example (\w+)/.exec(code)?.slice(1) ?? []))(
    'has the example %s',
    (name) =>
      expect(existsSync(join(repositoryRoot, 'apps', 'fleet', 'src', 'examples', `${name}.ts`))).toBe(true),
  );
});

/** Words of the language, of the platform, and of placeholders. */
const language = new Set(['await', 'using', 'const', 'new', 'URL', 'false', 'handler', 'body', 'samples']);

function codesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function sourceOf(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

function membersOf(source: string, name: string): string[] {
  const body = source.split(`export interface ${name} `)[1]?.split('\n}')[0] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(<:]/gm)].map(([, member = '']) => member);
}
