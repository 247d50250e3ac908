import { argumentsSchemaOf, namesOf, operationList } from '@bonafide/core/operations';
import { beforeAll, describe, expect, it } from 'vitest';
import { bonafide, emptyHome } from './testing/bonafide.ts';

/** Nothing listens on the discard port. */
const nowhere = 'http://127.0.0.1:9';
let home: string;
beforeAll(async () => {
  home = await emptyHome();
});

describe('bonafide operations', () => {
  it('prints every operation with its name on every surface', async () => {
    const { code, stdout, stderr } = await bonafide(['operations', '--json'], { home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const entries: unknown[] = JSON.parse(stdout);
    expect(entries).toHaveLength(operationList.length);
    for (const [index, operation] of operationList.entries()) {
      const { id, kind, risk } = operation;
      const names = JSON.parse(JSON.stringify(namesOf(operation)));
      expect(entries[index]).toMatchObject({ id, kind, risk, names });
    }
  });

  it('is readable without --json', async () => {
    const { stdout } = await bonafide(['operations'], { home });
    for (const operation of operationList) expect(stdout).toContain(namesOf(operation).cli);
  });
});

describe('help', () => {
  it('names every noun', async () => {
    const { code, stdout } = await bonafide(['--help'], { home });
    expect(code).toBe(0);
    for (const operation of operationList) {
      expect(stdout).toMatch(new RegExp(`^  ${namesOf(operation).cli.split(' ')[1]}[ |]`, 'm'));
    }
  });

  it('of an operation has its description and every field', async () => {
    const { stdout } = await bonafide(['jobs', 'create', '--help'], { home });
    const [operation] = operationList.filter(({ id }) => id === 'jobs.create');
    expect(stdout.replace(/\s+/g, ' ')).toContain(operation?.description);
    const flags = [...stdout.matchAll(/^ {2}--([a-z-]+) </gm)].map(([, flag]) => flag);
    expect(flags).toHaveLength(
      Object.keys(operation ? (argumentsSchemaOf(operation).properties ?? {}) : {}).length,
    );
    expect(stdout).toMatch(/--amount-usdc <text> .*decimal string/);
  });

  it.each(['bash', 'zsh', 'fish'])('completes in %s', async (shell) => {
    const { code, stdout } = await bonafide(['completion', shell], { home });
    expect(code).toBe(0);
    expect(stdout).toContain('bonafide');
  });

  it('offers the verbs of a noun to the shell', async () => {
    const { stdout } = await bonafide(['complete', '--', 'jobs', ''], { home });
    expect(stdout).toMatch(/^next-actions/m);
  });
});

describe('a wrong command line', () => {
  it('suggests what was meant', async () => {
    const { code, stderr } = await bonafide(['jobs', 'creat'], { home });
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean create?');
  });

  it('is told field by field, before anything is sent', async () => {
    const args = ['jobs', 'create', '--provider', 'x', '--threshold', '101', '--url', nowhere];
    const { code, stderr } = await bonafide(args, { home });
    expect(code).toBe(2);
    expect(stderr.split('\n')).toEqual(
      expect.arrayContaining([
        'VALIDATION_FAILED: The input of jobs.create does not fit.',
        '  provider: must be an id as the gateway gives them (a UUID)',
        '  submitBy: is required',
        expect.stringMatching(/^ {2}threshold: Too big/),
        'See: bonafide jobs create --help',
      ]),
    );
  });

  it('is a problem document with --json', async () => {
    const { code, stdout, stderr } = await bonafide(['agents', 'get', 'x', '--json'], { home });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'VALIDATION_FAILED',
      status: 400,
      issues: [{ path: 'agentId', message: 'must be an id as the gateway gives them (a UUID)' }],
    });
  });

  it.each([
    ['a missing argument', ['jobs', 'get']],
    ['an excess argument', ['jobs', 'get', '7', '8']],
    ['an unknown flag', ['jobs', 'list', '--statuss', 'open']],
    ['a value outside the choices', ['jobs', 'list', '--status', 'closed']],
    ['a broken JSON flag', ['actions', 'verify', '--action', 'x', '--parameters', '{']],
    ['a wrong URL', ['gateway', 'get-info', '--url', 'not a url']],
    ['two identities', ['agents', 'list', '--agent', 'a', '--token', 't']],
  ])('%s ends with 2', async (_what, args) => {
    const { code, stderr } = await bonafide(args, { home });
    expect(code).toBe(2);
    expect(stderr).not.toContain('    at ');
  });
});

describe('a failure', () => {
  it('names the gateway that cannot be reached and ends with 1', async () => {
    const { code, stderr } = await bonafide(['gateway', 'get-info', '--url', nowhere], { home });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CONNECTION_FAILED: .*127\.0\.0\.1:9/);
    expect(stderr).toContain('bonafide dev');
  });

  it('never shows the token', async () => {
    const token = 'bf_secret_0123456789';
    const runs = await Promise.all([
      bonafide(['agents', 'list', '--url', nowhere, '--token', token], { home }),
      bonafide(['agents', 'list', '--url', nowhere, '--json'], { home, env: { BONAFIDE_TOKEN: token } }),
      bonafide(['agents', 'list', '--url', nowhere], { home, env: { BONAFIDE_TOKEN: `${token}\nx` } }),
      bonafide(['login', '--url', nowhere], { home, input: `${token}\n` }),
      bonafide(['--token', token, '--help'], { home }),
      bonafide(['agents', '--token', token, 'lst'], { home }),
    ]);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(token);
  });

  it('tells how to make an agent that is not there', async () => {
    const { code, stderr } = await bonafide(['agents', 'list', '--agent', 'nobody', '--url', nowhere], {
      home,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('bonafide init nobody');
  });

  it('is not caused by variables of the other programs, only by misspelt ones', async () => {
    const others = {
      BONAFIDE_AGENT_NAME: 'x',
      BONAFIDE_MCP_TOKEN: 'y',
      BONAFIDE_MODEL: 'z',
      BONAFIDE_PORT: '1',
    };
    const list = ['gateway', 'get-info', '--url', nowhere];
    const run = await bonafide(list, { home, env: others });
    expect(run.stderr).toMatch(/^CONNECTION_FAILED/);
    const misspelt = await bonafide(list, { home, env: { BONAFIDE_AGENTNAME: 'x' } });
    expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining('mean BONAFIDE_AGENT_NAME?') });
  });

  it('never quotes a broken wallet key', async () => {
    const own = await emptyHome();
    const env = { BONAFIDE_WALLET_KEY: '0xhunter2' };
    const { code, stderr } = await bonafide(['jobs', 'accept', '7', '--url', nowhere], {
      home: own,
      env,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('BONAFIDE_WALLET_KEY');
    expect(stderr).not.toContain('hunter2');
  });
});
