import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectBare } from './bare-pair.ts';
import { ownNamespaces } from './namespaces.ts';
import { type NetworkLab, startNetworkLab } from './network-lab.ts';
import type { TurnServer } from './turn-server.ts';

const INSTALLING_MS = 600_000;

let lab: NetworkLab & AsyncDisposable;
let turn: TurnServer;

beforeAll(async () => {
  lab = await startNetworkLab();
  turn = await lab.startTurn();
}, INSTALLING_MS);

afterAll(() => lab?.[Symbol.asyncDispose]());

function relay(): RTCConfiguration {
  const { turnUrl: urls, username } = turn;
  // The library puts them into a URL as they are.
  return { iceServers: [{ urls, username, credential: encodeURIComponent(turn.credential) }] };
}

describe('what the network does to plain node-datachannel', () => {
  test('one behind a router reaches one with a public address, without any server', async () => {
    const hosts = { caller: 'alice', callee: 'server' } as const;
    const outcome = await connectBare(lab, { ...hosts, configuration: { iceServers: [] } });
    expect(outcome).toMatchObject({ answer: 'HELLO', remote: { address: lab.serverAddress, type: 'host' } });
  });

  test('two behind a router each reach each other once a STUN server told them their addresses', async () => {
    const configuration = { iceServers: [{ urls: turn.stunUrl }] };
    const outcome = await connectBare(lab, { caller: 'alice', callee: 'bob', configuration });
    expect(outcome).toMatchObject({ answer: 'HELLO', remote: { address: lab.addressOf('bob') } });
  });

  test('where nothing goes directly, a TURN server carries it', async () => {
    await using _blocked = await lab.block('alice', 'bob');
    const configurations = {
      configuration: relay(),
      calleeConfiguration: { iceServers: [{ urls: turn.stunUrl }] },
    };
    const pair = { caller: 'alice', callee: 'bob', ...configurations } as const;
    const { answer, local, remote } = await connectBare(lab, pair);
    expect(answer).toBe('HELLO');
    expect([local.type, remote.type]).toContain('relay');
  });
});

test('nothing is left of a lab', async () => {
  const before = await ownNamespaces();
  {
    await using second = await startNetworkLab();
    await second.startTurn();
    expect(await ownNamespaces()).toHaveLength(2 * before.length);
  }
  expect(await ownNamespaces()).toEqual(before);
});
