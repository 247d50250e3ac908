import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '@bonafide/core';
import { expect, it } from 'vitest';
import { bonafide, emptyHome, start } from './testing/bonafide.ts';

interface Dev {
  readonly facts: Record<string, string>;
  /** Ends it with SIGTERM; everything it printed. */
  stop(): Promise<{ readonly code: number | null; readonly printed: string }>;
}

async function dev(home: string, args: readonly string[] = []): Promise<Dev> {
  const child = start(['dev', '--port', '0', '--json', ...args], { home });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = await Promise.race([
    once(lines, 'line'),
    closed.then(() => expect.fail(`dev ended: ${printed}`)),
  ]);
  return {
    facts: JSON.parse(line),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await closed;
      return { code, printed };
    },
  };
}

const isReachable = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const count = (text: string, part: string): number => text.split(part).length - 1;

it('starts a gateway and a chain, funds, and leaves nothing behind', async () => {
  const home = await emptyHome();
  const { facts, stop } = await dev(home);
  const { url = '', rpcUrl = '', ownerToken = '' } = facts;
  try {
    const env = { BONAFIDE_URL: url };
    expect((await bonafide(['init', 'alice'], { home, env })).code).toBe(0);
    const { chain } = await connect({ url }).gateway.getInfo();
    expect(chain).toMatchObject({
      name: 'local',
      chainId: 31_337,
      rpcUrl,
      court: facts.court,
      usdc: facts.usdc,
    });
    const wallet = '0x000000000000000000000000000000000000dEaD';
    expect(await bonafide(['faucet', wallet, '--usdc', '12.5'], { home, env })).toMatchObject({ code: 0 });
    const balance = await bonafide(['usdc', 'get-balance', wallet, '--json'], { home, env });
    expect(JSON.parse(balance.stdout)).toMatchObject({ amountUsdc: '12.5' });
    expect((await bonafide(['tokens', 'list'], { home, env })).code).toBe(0);
    expect((await stat(join(home, '.bonafide', 'credentials.json'))).mode & 0o777).toBe(0o600);
  } finally {
    const { code, printed } = await stop();
    expect(code).toBe(0);
    expect(count(printed, ownerToken)).toBe(1);
  }
  expect(await Promise.all([url, rpcUrl].map(isReachable))).toEqual([false, false]);
});

it('keeps agents and money over a restart and shows no token again', async () => {
  const home = await emptyHome();
  const wallet = '0x000000000000000000000000000000000000dEaD';
  const first = await dev(home);
  const token = first.facts.ownerToken ?? expect.fail('no token at the first start');
  const before = { home, env: { BONAFIDE_URL: first.facts.url ?? '' } };
  const made = await bonafide(['init', 'alice', '--json'], before);
  expect((await bonafide(['faucet', wallet, '--usdc', '7'], before)).code).toBe(0);
  expect((await first.stop()).code).toBe(0);

  const second = await dev(home);
  const url = second.facts.url ?? '';
  const again = await bonafide(['init', 'alice', '--json', '--url', url], { home });
  const client = connect({ url, token });
  const agents = await client.agents.list();
  const balance = await client.usdc.getBalance({ address: wallet });
  const { code, printed } = await second.stop();
  expect(JSON.parse(again.stdout)).toMatchObject({
    agentId: JSON.parse(made.stdout).agentId,
    isNew: false,
  });
  expect(agents.items).toHaveLength(1);
  expect(balance.amountUsdc).toBe('7');
  expect(code).toBe(0);
  expect(count(printed, token)).toBe(0);
  expect(await readFile(join(home, '.bonafide', 'credentials.json'), 'utf8')).toContain(token);
});

it('says what to do when the port is taken', async () => {
  const home = await emptyHome();
  const { facts, stop } = await dev(home, ['--no-chain']);
  const { port } = new URL(facts.url ?? '');
  const { code, stderr } = await bonafide(['dev', '--no-chain', '--port', port, '--data', 'other'], { home });
  await stop();
  expect(code).toBe(1);
  expect(stderr).toContain(`CONFLICT: The port ${port} is taken.`);
  expect(stderr).toContain('--port');
});

it.each(['-1', '65536', 'x', ''])('refuses the port %j', async (port) => {
  const { code, stderr } = await bonafide(['dev', `--port=${port}`], { home: await emptyHome() });
  expect(code).toBe(2);
  expect(stderr).toContain('port');
});
