import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGateway, type Gateway } from '@bonafide/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bonafide, emptyHome, type Run, start } from './testing/bonafide.ts';

let gateway: Gateway;
let home: string;
let env: Record<string, string>;

const run = (args: readonly string[], input?: string): Promise<Run> =>
  bonafide(args, { home, env, ...(input === undefined ? {} : { input }) });

const ask = (action: string, risk: string) =>
  run([
    'actions',
    'verify',
    '--action',
    action,
    '--risk',
    risk,
    '--parameters',
    '{"id":1}',
    '--agent',
    'alice',
  ]);

beforeAll(async () => {
  home = await emptyHome();
  gateway = await createGateway({ database: join(home, 'gateway.db'), logLevel: 'silent' });
  const { url } = await gateway.listen({ port: 0 });
  const { ownerToken } = await gateway.createWorkspace('default');
  env = { BONAFIDE_URL: url };
  await run(['login'], `${ownerToken}\n`);
  await run(['init', 'alice']);
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('a noun without a verb', () => {
  it('shows what waits for a person', async () => {
    await ask('records.delete', 'high');
    const { code, stdout } = await run(['approvals']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^approvalId +agent +action +risk +answer by$/m);
    expect(stdout).toMatch(/alice +records\.delete +high +\d\d:\d\d:\d\dZ$/m);
    expect(stdout).toContain('approvals approve ID');
  });

  it('shows agents with their trust, and one agent factor by factor', async () => {
    expect((await run(['agents'])).stdout).toMatch(/alice +ai_agent +active +0\.\d{3} \(little known\)/);
    const { stdout } = await run(['trust', 'alice']);
    expect(stdout).toMatch(/^trust 0\.\d{3}/);
    for (const factor of ['verification', 'successRate', 'userFeedback']) expect(stdout).toContain(factor);
    expect(await run(['trust', 'nobody'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^NOT_FOUND: There is no agent 'nobody'/),
    });
  });

  it('shows what happened lately, and everything as JSON', async () => {
    expect((await run(['audit', '--since', '1h'])).stdout).toMatch(/ alice +agent\.registered +alice$/m);
    const { items } = JSON.parse((await run(['audit', '--json'])).stdout);
    expect(items[0]).toMatchObject({ sequence: 1, workspace: 'default' });
    expect((await run(['audit', '--since', 'yesterday'])).code).toBe(2);
  });

  it('shows the policies in force', async () => {
    expect((await run(['policy'])).stdout).toContain('version');
    const verbs = (await run(['complete', '--', 'policies', ''])).stdout;
    expect(verbs).toMatch(/^explain\t/m);
    expect((await run(['complete', '--', 'policy', ''])).stdout).toBe(verbs);
  });
});

it('draws again when something happens, until Ctrl-C', async () => {
  const child = start(['alerts', '--watch', '--json'], { home, env });
  const approvals = start(['approvals', '--watch'], { home, env });
  const lines = createInterface({ input: approvals.stdout as NodeJS.ReadableStream });
  const seen = (async () => {
    for await (const line of lines) if (line.includes('records.erase')) return line;
    return undefined;
  })();
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  await ask('records.erase', 'high');
  expect(await seen).toContain('records.erase');
  for (const each of [child, approvals]) {
    each.kill('SIGINT');
    await once(each, 'exit');
  }
  expect([child.exitCode, approvals.exitCode]).toEqual([0, 0]);
});

it('tells what there is when a verb is misspelt', async () => {
  expect(await run(['policy', 'exlain'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/has no 'exlain'\. There are get, list, .*explain\./),
  });
  expect(await run(['trust', 'alice', 'histroy'])).toMatchObject({ code: 2 });
});

it('shows the MCP servers of a configuration as a table', async () => {
  const config = join(home, 'mcp.json');
  await writeFile(config, '{"mcpServers":{"files":{"command":"npx"},"odd":{}}}');
  const { code, stdout } = await run(['mcp-servers', 'detect', '--config-path', config]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/files/);
  expect(stdout).toMatch(/\(problem\)/);
});

describe('policies in files', () => {
  const policy = `@id("no-stealing")\nforbid (principal, action, resource) when { resource.name == "bank.steal" };\n`;
  const file = (name: string) => join(home, name);

  it('are linted, tested and put in force', async () => {
    await writeFile(file('good.cedar'), policy);
    await writeFile(file('bad.cedar'), 'permit (principal, action;');
    const cases =
      '- { name: theft, action: bank.steal, risk: low, expect: denied }\n- { name: weather, action: weather.get, risk: low, expect: approved }\n';
    await writeFile(file('cases.yaml'), cases);
    expect(await run(['policy', 'lint', file('good.cedar')])).toMatchObject({ code: 0 });
    const bad = await run(['policy', 'lint', file('bad.cedar')]);
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    expect(bad.stdout).toMatch(/✗ \d+:\d+ /);
    const failing = await run(['policy', 'test', file('cases.yaml')]);
    expect(failing).toMatchObject({ code: 1, stdout: expect.stringContaining('1 passed, 1 failed') });
    const passing = await run(['policy', 'test', file('cases.yaml'), '--cedar', file('good.cedar')]);
    expect(passing).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passed, 0 failed') });
    expect(await run(['policy', 'put', file('good.cedar')])).toMatchObject({ code: 0 });
    expect((await run(['policy'])).stdout).toContain('no-stealing');
    expect((await run(['policy', 'list'])).stdout).toMatch(/version +mode/);
  });

  it('that are not there are told by name', async () => {
    const { code, stderr } = await run(['policy', 'lint', file('absent.cedar')]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no such file'),
    });
  });
});

describe('the log as a file', () => {
  it('is exported and verified, and what was changed is found', async () => {
    const { stdout } = await run(['audit', 'export']);
    const log = join(home, 'audit.jsonl');
    await writeFile(log, stdout);
    const good = await run(['audit', 'verify', log]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/^✓ \d+ entries of did:key:/) });
    expect(await run(['audit', 'verify', '-'], stdout)).toMatchObject({ code: 0, stdout: good.stdout });
    await writeFile(log, stdout.replace('agent.registered', 'agent.registereD'));
    const bad = await run(['audit', 'verify', log]);
    expect(bad).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ edited') });
    const json = await run(['audit', 'verify', log, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ isValid: false, findings: [{ kind: 'edited' }] });
  });

  it('holds whatever characters agents use', async () => {
    const text = 'family \u{1F468}\u200D\u{1F469} \u202E \u2028 \u0085';
    const action = ['--action', 'chat.say', '--risk', 'low', '--agent', 'alice'];
    await run(['actions', 'verify', ...action, '--parameters', JSON.stringify({ text })]);
    const log = join(home, 'odd.jsonl');
    await writeFile(log, (await run(['audit', 'export'])).stdout);
    expect(await readFile(log, 'utf8')).toContain(text.slice(0, 10));
    expect(await run(['audit', 'verify', log])).toMatchObject({ code: 0, stderr: '' });
  });

  it('is told by name when it cannot be read, and that nothing was tried', async () => {
    expect(await run(['audit', 'verify', join(home, 'absent.jsonl')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no such file'),
    });
    expect(await run(['audit', 'verify', home])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('folder'),
    });
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 2 });
  });

  it('may be longer than memory: it is read line by line, and says how far it is', async () => {
    const log = join(home, 'long.jsonl');
    await writeFile(log, `${'x'.repeat(1023)}\n`.repeat(40_000));
    const { code, stdout, stderr } = await run(['audit', 'verify', log]);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('malformed') });
    expect(stderr).toMatch(/^› 4 of 41 MB\n(› \d+ of 41 MB\n)+$/);
  });
});

describe('reports', () => {
  it('go to standard output, and as PDF into a file that is not overwritten', async () => {
    const report = JSON.parse((await run(['report', 'soc2'])).stdout);
    expect(report).toMatchObject({ reportType: 'soc2', workspace: 'default' });
    expect((await run(['report', 'gdpr', '--format', 'csv'])).stdout).toContain('Art. 30');
    const out = join(home, 'hipaa.pdf');
    expect(await run(['report', 'hipaa', '--format', 'pdf', '--out', out])).toMatchObject({ code: 0 });
    expect((await readFile(out)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(await run(['report', 'hipaa', '--format', 'pdf', '--out', out])).toMatchObject({ code: 1 });
  });
});

it('lets an invited person join and sign out', async () => {
  const invited = await run(['members', 'invite', '--name', 'Noor', '--role', 'approver', '--json']);
  const { invitation } = JSON.parse(invited.stdout);
  const other = await emptyHome();
  const joined = await bonafide(['join'], { home: other, env, input: `${invitation}\n` });
  expect(joined).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Welcome Noor: approver of default'),
  });
  expect((await bonafide(['approvals'], { home: other, env })).code).toBe(0);
  expect(await bonafide(['join'], { home: other, env, input: `${invitation}\n` })).toMatchObject({ code: 1 });
  expect((await bonafide(['logout'], { home: other, env })).code).toBe(0);
  expect((await bonafide(['approvals'], { home: other, env })).code).toBe(1);
});
