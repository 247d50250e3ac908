import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseArguments, usage } from './arguments.ts';
import { catalog } from './catalog.ts';

const parse = (...args: string[]) => parseArguments(args, catalog);

describe('parseArguments', () => {
  it('serves the default tools over stdio', () => {
    expect(parse()).toEqual({
      arguments: {
        selection: { operations: undefined, exclude: undefined, toolsets: undefined, readOnly: false },
        httpPort: undefined,
        wants: 'serve',
      },
      problems: [],
    });
  });

  it('takes tools by tool name and by operation id', () => {
    const { arguments: args, problems } = parse(
      '--tools',
      'jobs_get, jobs.list',
      '--exclude-tools=jobs_list',
    );
    expect(problems).toEqual([]);
    expect(args.selection).toMatchObject({ operations: ['jobs.get', 'jobs.list'], exclude: ['jobs.list'] });
  });

  it('takes toolsets, read-only and a port', () => {
    const { arguments: args, problems } = parse(
      '--toolsets',
      'commerce,artifacts',
      '--read-only',
      '--http',
      '0',
    );
    expect(problems).toEqual([]);
    expect(args).toMatchObject({
      selection: { toolsets: ['commerce', 'artifacts'], readOnly: true },
      httpPort: 0,
    });
  });

  it.each([
    [['--tools', 'jobs_steal'], "There is no tool 'jobs_steal'."],
    [['--tools', 'approvals_decide'], "There is no tool 'approvals_decide'."],
    [['--exclude-tools', 'jobs_fnud'], "There is no tool 'jobs_fnud'."],
    [['--toolsets', 'money'], "There is no toolset 'money'."],
    [['--toolsets'], '--toolsets needs a value.'],
    [['--http', '70000'], '--http needs a port from 0 to 65535.'],
    [['--http', '80x'], '--http needs a port from 0 to 65535.'],
    [['--readonly'], '--readonly is not an option.'],
    [['--read-only=false'], '--read-only takes no value.'],
    [['serve'], "'serve' is not an option."],
  ])('refuses %j', (args, problem) => {
    expect(parse(...args).problems).toContain(problem);
  });

  it('says in its help which toolsets there are, and so does the README', async () => {
    const toolsets = new Set(catalog.flatMap(({ toolset }) => toolset ?? []));
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    for (const toolset of toolsets) {
      expect(usage).toContain(toolset);
      expect(readme).toContain(`\`${toolset}\``);
    }
  });

  it('lists every problem at once', () => {
    expect(parse('--toolsets', 'money', '--http', 'x', '--verbose').problems).toHaveLength(3);
  });
});
