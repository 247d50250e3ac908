import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { HIGH_WATER_BYTES, MAX_PACKET_BYTES } from '../path/path.ts';
import { connect as connectLinks, count, createLinks, nextStream } from '../testing/links.ts';

const TOTAL_BYTES = 6_400 * 16_384;
const MAX_GROWTH_BYTES = 64 * 1_048_576;
const script = fileURLToPath(new URL('../testing/transfer-process.ts', import.meta.url));

type Said = { readonly type: string; readonly [key: string]: unknown };
interface Report extends Said {
  readonly digest: string;
  readonly grownBytes: number;
}

/** A process, and what it said and nobody waited for. */
class Side {
  readonly process: ChildProcess;
  readonly #said: Said[] = [];
  readonly #waiting = new Map<string, (said: Said) => void>();

  constructor(role: 'caller' | 'callee') {
    this.process = fork(script, [role, String(TOTAL_BYTES)], { execArgv: [] });
    this.process.on('message', (said: Said) => {
      const waiting = this.#waiting.get(said.type);
      if (waiting) waiting(said);
      else this.#said.push(said);
    });
  }

  tell(type: string): void {
    this.process.send({ type });
  }

  heard(type: string): Promise<Said> {
    const index = this.#said.findIndex((said) => said.type === type);
    const [said] = index < 0 ? [] : this.#said.splice(index, 1);
    if (said) return Promise.resolve(said);
    return new Promise((resolve) => {
      this.#waiting.set(type, (one) => {
        this.#waiting.delete(type);
        resolve(one);
      });
    });
  }

  passSignalsTo(other: Side): void {
    this.process.on('message', (said: Said) => {
      if (said.type === 'signal') other.process.send(said);
    });
  }
}

const sides: Side[] = [];

afterEach(() => {
  for (const side of sides.splice(0)) side.process.kill();
});

async function start(): Promise<{ caller: Side; callee: Side }> {
  const [caller, callee] = [new Side('caller'), new Side('callee')];
  sides.push(caller, callee);
  caller.passSignalsTo(callee);
  callee.passSignalsTo(caller);
  await Promise.all([caller.heard('ready'), callee.heard('ready')]);
  await connect(caller, callee);
  return { caller, callee };
}

async function connect(caller: Side, callee: Side): Promise<void> {
  const connected = Promise.all([caller.heard('connected'), callee.heard('connected')]);
  caller.tell('connect');
  await connected;
}

function expectWhole(caller: Report, callee: Report): void {
  expect(callee.digest).toBe(caller.digest);
  expect(caller.grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(callee.grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
}

async function finish({ caller, callee }: { caller: Side; callee: Side }): Promise<[Report, Report]> {
  return (await Promise.all([caller.heard('done'), callee.heard('done')])) as [Report, Report];
}

test('100 MB go to another process within little memory', async () => {
  const pair = await start();
  pair.caller.tell('transfer');
  expectWhole(...(await finish(pair)));
});

test('100 MB arrive whole when the path is lost in the middle and replaced', async () => {
  const pair = await start();
  pair.caller.tell('transfer');
  await pair.callee.heard('half');
  pair.caller.tell('cut');
  await connect(pair.caller, pair.callee);
  expectWhole(...(await finish(pair)));
});

test('100 MB within one process never have more under way than the windows', async () => {
  const links = createLinks();
  const paths = connectLinks(links);
  const accepted = nextStream(links.there);
  const stream = links.here.openStream('transfer');
  const chunk = new Uint8Array(65_536);
  let buffered = 0;
  const writing = (async () => {
    for (let sent = 0; sent < TOTAL_BYTES; sent += chunk.length) {
      await stream.write(chunk);
      buffered = Math.max(buffered, paths.here.bufferedBytes);
    }
    await stream.end();
  })();
  expect(await count(await accepted, new Map())).toBe(TOTAL_BYTES);
  await writing;
  expect(buffered).toBeLessThanOrEqual(HIGH_WATER_BYTES + MAX_PACKET_BYTES);
});
