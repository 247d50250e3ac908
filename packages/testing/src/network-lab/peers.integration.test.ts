import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeersOptions } from '@bonafide/p2p';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LabAgent, type Meeting, startLabAgent, startLabGateway } from './lab-agents.ts';
import { type NetworkLab, startNetworkLab } from './network-lab.ts';
import type { TurnServer } from './turn-server.ts';

const INSTALLING_MS = 600_000;
const COUNT = 1_000;

const stack = new AsyncDisposableStack();
let lab: NetworkLab;
let turn: TurnServer;
let meeting: Meeting;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-lab-'));
  stack.defer(() => rm(folder, { recursive: true }));
  lab = stack.use(await startNetworkLab());
  turn = await lab.startTurn();
  meeting = await startLabGateway(lab, folder);
}, INSTALLING_MS);

afterAll(() => stack.disposeAsync());

async function startPair(
  options: PeersOptions,
): Promise<AsyncDisposable & Record<'alice' | 'bob', LabAgent>> {
  const pair = new AsyncDisposableStack();
  const alice = pair.use(await startLabAgent(lab, { host: 'alice', meeting, options }));
  const bob = pair.use(await startLabAgent(lab, { host: 'bob', meeting, options }));
  return { alice, bob, [Symbol.asyncDispose]: () => pair.disposeAsync() };
}

const counted = { received: COUNT, last: COUNT, result: { counted: COUNT } };

test('agents behind two routers talk directly once a STUN server told them their addresses', async () => {
  const options = { iceServers: [{ urls: turn.stunUrl }], allowsRelay: false };
  await using pair = await startPair(options);
  expect(await pair.alice.connect(pair.bob.did)).toBe('direct');
  expect(await pair.alice.count(COUNT, pair.bob.did)).toEqual({ ...counted, path: 'direct' });
});

test('they talk through TURN where nothing goes directly', async () => {
  await using _blocked = await lab.block('alice', 'bob');
  const { turnUrl: urls, username, credential } = turn;
  await using pair = await startPair({ iceServers: [{ urls, username, credential }], allowsRelay: false });
  expect(await pair.alice.connect(pair.bob.did)).toBe('direct');
  expect(await pair.alice.count(COUNT, pair.bob.did)).toEqual({ ...counted, path: 'direct' });
});

test('the gateway carries sealed packets where there is no other way', async () => {
  await using _blocked = await lab.block('alice', 'bob');
  await using pair = await startPair({});
  expect(await pair.alice.connect(pair.bob.did)).toBe('relayed');
  expect(await pair.bob.count(COUNT, pair.alice.did)).toEqual({ ...counted, path: 'relayed' });
});

test('what is asked when the direct way was just lost arrives through the gateway', async () => {
  const options = { iceServers: [{ urls: turn.stunUrl }] };
  await using pair = await startPair(options);
  expect(await pair.alice.connect(pair.bob.did)).toBe('direct');
  await using _blocked = await lab.block('alice', 'bob');
  expect(await pair.alice.count(COUNT, pair.bob.did)).toEqual({ ...counted, path: 'relayed' });
});
