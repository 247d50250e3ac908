import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@bonafide/core';
import { peerMessage } from '@bonafide/core/models';
import { operationList } from '@bonafide/core/operations';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { aiconexusNames } from './from-aiconexus-names.ts';

const PAGE = 'docs/from-aiconexus.md';
const page = sourceOf(PAGE);
const rows = page
  .split('\n')
  .filter((line) => /^\| (?!AIConexus \||-)/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

describe('the table', () => {
  const names = Object.entries(aiconexusNames).flatMap(([kind, list]) =>
    list.map((name) => [kind, name] as const),
  );

  it.each(names)('of %s has %s', (_kind, name) => {
    expect(rows.some(([left = '']) => codesOf(left).includes(name) || wordsOf(left).includes(name))).toBe(
      true,
    );
  });
});

describe('our side', () => {
  const ours = [...new Set(rows.flatMap(([, middle = '']) => codesOf(middle)))];
  const operations = new Set(operationList.map(({ id }) => id));
  const nouns = new Set([...operations].map((id) => id.split('.')[0] ?? ''));
  const words = new Set(
    globSync(['packages/core/src/**/*.ts', 'packages/p2p/src/**/*.ts'], { cwd: repositoryRoot })
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => sourceOf(file).match(/\w+/g) ?? []),
  );
  const members = {
    peers: membersOf('packages/p2p/src/network/types.ts', 'Peers'),
    peer: membersOf('packages/p2p/src/exchange/types.ts', 'Peer'),
    execution: membersOf('packages/p2p/src/exchange/types.ts', 'Execution'),
    channel: membersOf('packages/p2p/src/exchange/types.ts', 'Channel'),
  };

  // Not a command, a package, a file or a route: then it is made of names that we have.
  const isName = (code: string): boolean =>
    !/^(np[mx] |bonafide|@bonafide|packages\/|GET |https?:)/.test(code);
  it.each(ours.filter(isName))('%s is made of names that exist', (code) => {
    const used = code.replaceAll(/'[^']*'/g, '').match(/[A-Za-z_]\w*/g) ?? [];
    expect(used.filter((word) => !words.has(word) && !language.has(word))).toEqual([]);
  });

  const paths = ours
    .filter(isName)
    .flatMap((code) => [...code.matchAll(/(?<![\w/.@:])\w+\.\w+/g)].map(([path]) => path));
  it.each([...new Set(paths)])('has %s', (path) => {
    const [first = '', second = ''] = path.split('.');
    if (first in members) expect(members[first as keyof typeof members]).toContain(second);
    else if (nouns.has(first)) expect(operations).toContain(path);
  });

  it.each(ours.flatMap((code) => /^(?:packages|docs)\/\S+$/.exec(code) ?? []))('has the file %s', (file) => {
    expect(existsSync(join(repositoryRoot, file))).toBe(true);
  });

  it('has each message under the same name, and each code', () => {
    const [, source = ''] = sourceOf('packages/core/src/models/peer.ts').split("discriminatedUnion('type'");
    expect(source).not.toBe('');
    const [issue] = peerMessage.safeParse({ type: 'HELLO' }).error?.issues ?? [];
    expect(issue).toMatchObject({ path: ['type'] });
    for (const type of aiconexusNames.messages ?? []) {
      const { error } = peerMessage.safeParse({ type });
      expect(error?.issues.flatMap(({ path }) => path)).not.toContain('type');
    }
    const codes = section('Codes of errors').flatMap(([, middle = '']) => codesOf(middle));
    for (const code of codes) expect(Object.keys(errorCodes)).toContain(code);
  });
});

/** Words of the language, of the platform, and of placeholders. */
const language = new Set(['await', 'using', 'const', 'class', 'extends', 'new', 'handler', 'Mine', 'did']);

function section(title: string): string[][] {
  const text = page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  return text
    .split('\n')
    .filter((line) => /^\| (?!AIConexus \||-)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));
}

function codesOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function wordsOf(cell: string): string[] {
  return cell.split(', ').map((word) => word.trim());
}

function sourceOf(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

function membersOf(path: string, name: string): string[] {
  const body = sourceOf(path).split(`export interface ${name} `)[1]?.split('\n}')[0] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(<:]/gm)].map(([, member = '']) => member);
}
