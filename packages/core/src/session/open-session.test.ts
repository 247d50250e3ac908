import { afterEach, describe, expect, it } from 'vitest';
import {
  type FarSession,
  type SessionScript,
  type SessionServer,
  startSessionServer,
} from '../../test-support/session-server.ts';
import { BonafideError } from '../errors.ts';
import { createKeyPair, signerFromSeed, verifyEnvelope } from '../identity/index.ts';
import {
  connectOrchestrator,
  connectTask,
  connectUser,
  openSession,
  type Session,
  type SessionOptions,
} from './index.ts';

const signer = signerFromSeed(createKeyPair().seed);
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function far(script: SessionScript = {}): Promise<SessionServer> {
  const server = await startSessionServer(script);
  opened.push(server);
  return server;
}

async function session(server: SessionServer, options: Partial<SessionOptions> = {}): Promise<Session> {
  const live = await openSession({
    ...{ url: server.url, signer, carrier: 'websocket', initialBackoffMs: 1, maxBackoffMs: 5 },
    principal: { type: 'agent', implementation: 'worker', specifier: '01' },
    ...options,
  });
  opened.push(live);
  return live;
}

function sessionAt(server: SessionServer, index: number): FarSession {
  const found = server.sessions[index];
  if (!found) throw new Error(`There is no session ${index}.`);
  return found;
}

describe('openSession', () => {
  it('resolves on the signed welcome, with what it says', async () => {
    const server = await far();
    const live = await session(server, { gatewayDid: server.did });
    expect(live).toMatchObject({
      address: 'ag::default::worker::01',
      workspace: 'default',
      epoch: 1,
      isConnected: true,
      gatewayDid: server.did,
      config: { tenant: 'default' },
    });
    const { hello, helloEnvelope } = sessionAt(server, 0);
    expect(hello).toMatchObject({ gateway: server.did, takeOver: false, credit: 256 });
    await expect(verifyEnvelope(helloEnvelope, { type: 'session.hello' })).resolves.toMatchObject({
      iss: signer.did,
    });
  });

  it('shows a token instead of a signature, with the same payload', async () => {
    const server = await far();
    const live = await connectUser({ url: server.url, token: 'bft_1', window: 'left' });
    opened.push(live);
    const { token, helloEnvelope, hello } = sessionAt(server, 0);
    expect({ token, helloEnvelope }).toEqual({ token: 'bft_1', helloEnvelope: undefined });
    expect(hello.principal).toEqual({ type: 'user', window: 'left' });
    expect(live.address).toBe('us::ada::left');
  });

  it('connects each principal as what it is', async () => {
    const server = await far();
    const given = { url: server.url, signer };
    opened.push(await connectTask({ ...given, implementation: 'pool' }));
    opened.push(await connectTask({ ...given, implementation: 'unique', specifier: '7' }));
    opened.push(await connectOrchestrator({ ...given, implementation: 'docker', profiles: ['docker'] }));
    expect(server.sessions.map(({ hello }) => hello.principal)).toEqual([
      { type: 'pooled-task', implementation: 'pool' },
      { type: 'task', implementation: 'unique', specifier: '7' },
      { type: 'orchestrator', implementation: 'docker', specifier: 'default' },
    ]);
    expect(sessionAt(server, 2).hello.profiles).toEqual(['docker']);
  });

  it.each([
    ['is signed by another than the gateway', { impostor: true }],
    ['answers another challenge', { welcome: { nonce: 'x'.repeat(20) } }],
    ['is not a welcome', { welcome: { epoch: -1 } }],
  ])('refuses a welcome that %s', async (_, script) => {
    const server = await far(script);
    await expect(session(server)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it('says nothing to a gateway with another key than the pinned one', async () => {
    const server = await far({ refuse: () => new BonafideError('INTERNAL', 'A hello came.') });
    const pinned = { gatewayDid: signer.did };
    await expect(session(server, pinned)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each(['UNAUTHENTICATED', 'REVOKED', 'FORBIDDEN', 'CONFLICT'] as const)(
    'rejects at once with what cannot heal: %s',
    async (code) => {
      const attempts: number[] = [];
      const server = await far({
        refuse: (_, attempt) => {
          attempts.push(attempt);
          return new BonafideError(code, 'No.');
        },
      });
      await expect(session(server)).rejects.toMatchObject({ code });
      expect(attempts).toEqual([1]);
    },
  );

  it('tries again after what may pass, and gives up after maxRetries', async () => {
    const attempts: number[] = [];
    const refuse = (_: unknown, attempt: number) => {
      attempts.push(attempt);
      return new BonafideError('UNAVAILABLE', 'Not now.');
    };
    const server = await far({ refuse });
    await expect(session(server, { maxRetries: 3 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  it('rejects with a typed error where nobody listens', async () => {
    const server = await startSessionServer();
    await server[Symbol.asyncDispose]();
    await expect(session(server, { reconnect: false })).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('gives up when a handshake takes too long', async () => {
    const asked = Promise.withResolvers<void>();
    const sign = () => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    };
    const server = await far();
    const slow = { connectTimeoutMs: 2000, reconnect: false, signer: { did: signer.did, sign } };
    const live = session(server, slow);
    await Promise.race([asked.promise, live]);
    await expect(live).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('needs a credential, and a principal that can be one', async () => {
    const principal = { type: 'agent' as const };
    await expect(openSession({ principal })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const bad = { type: 'agent' as const, implementation: 'a::b' };
    await expect(openSession({ signer, principal: bad })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });
});

describe('a lost connection', () => {
  it('is found again with the resume token', async () => {
    const server = await far();
    const live = await session(server);
    const events: unknown[] = [];
    live.on('disconnected', ({ willReconnect }) => void events.push({ willReconnect }));
    const again = Promise.withResolvers<void>();
    live.on('connected', (event) => {
      events.push(event);
      again.resolve();
    });
    sessionAt(server, 0).cut();
    await again.promise;
    expect(events).toEqual([{ willReconnect: true }, { isResumed: true, epoch: 2 }]);
    expect(sessionAt(server, 1).hello.resumeToken).toBe('resume-1');
    expect(live.epoch).toBe(2);
  });

  it('pushes nobody out when it comes back', async () => {
    const server = await far();
    await session(server, { takeOver: true });
    const again = server.opened();
    sessionAt(server, 0).cut();
    await again;
    expect(server.sessions.map(({ hello }) => hello.takeOver)).toEqual([true, false]);
  });

  it('waits out a CONFLICT, because the holder is itself', async () => {
    const server = await far({
      refuse: (hello, attempt) =>
        hello.resumeToken && attempt < 4 ? new BonafideError('CONFLICT', 'Still there.') : undefined,
    });
    const live = await session(server);
    const again = server.opened();
    sessionAt(server, 0).cut();
    await again;
    expect(live.epoch).toBe(1);
  });

  it.each(['CONFLICT', 'REVOKED', 'FORBIDDEN'] as const)(
    'is the end when the gateway says %s',
    async (code) => {
      const server = await far();
      const live = await session(server);
      sessionAt(server, 0).bye(new BonafideError(code, 'Somebody else has it.'));
      await expect(live.untilDisconnected()).resolves.toMatchObject({ code });
      expect(live.isConnected).toBe(false);
      await expect(live.send('ag::default::a::b', 1)).rejects.toMatchObject({ code });
      expect(server.sessions).toHaveLength(1);
    },
  );

  it('is the end without reconnect', async () => {
    const server = await far();
    const live = await session(server, { reconnect: false });
    sessionAt(server, 0).cut();
    await expect(live.untilDisconnected()).resolves.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('is noticed when the gateway falls silent', async () => {
    const server = await far({
      welcome: { limits: { heartbeatMs: 20, maxFrameBytes: 1000, maxMessageBytes: 1000, maxCredit: 1 } },
      onOpen: (one) => Object.assign(one, { send: () => undefined }),
    });
    const live = await session(server);
    const lost = Promise.withResolvers<unknown>();
    live.on('disconnected', lost.resolve);
    await expect(lost.promise).resolves.toMatchObject({ error: { code: 'CONNECTION_FAILED' } });
  });

  it('is dropped when the gateway sends what is no frame', async () => {
    const server = await far();
    const live = await session(server, { reconnect: false });
    sessionAt(server, 0).sendText('nonsense');
    await expect(live.untilDisconnected()).resolves.toMatchObject({ code: 'CONNECTION_FAILED' });
  });
});

describe('close', () => {
  it('says goodbye, waits for the answer, and ends everything', async () => {
    const server = await far();
    const live = await session(server);
    const call = live.agents.list({});
    const ended: unknown[] = [];
    live.on('disconnected', (event) => void ended.push(event));
    const refused = expect(call).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await live.close();
    await refused;
    await expect(live.untilDisconnected()).resolves.toBeUndefined();
    expect(sessionAt(server, 0).received.at(-1)?.frame.t).toBe('bye');
    expect(ended).toEqual([{ error: undefined, willReconnect: false }]);
    await live.close();
  });

  it('also ends a session that looks for its gateway', async () => {
    const server = await far({
      refuse: (hello) => (hello.resumeToken ? new BonafideError('UNAVAILABLE', 'Later.') : undefined),
    });
    const live = await session(server, { maxRetries: 0 });
    const lost = Promise.withResolvers<void>();
    live.on('disconnected', () => lost.resolve());
    sessionAt(server, 0).cut();
    await lost.promise;
    await live.close();
    await expect(live.untilDisconnected()).resolves.toBeUndefined();
  });

  it('happens when the signal of the session is aborted', async () => {
    const server = await far();
    const controller = new AbortController();
    const live = await session(server, { signal: controller.signal });
    controller.abort(new BonafideError('UNAVAILABLE', 'Enough.'));
    await expect(live.untilDisconnected()).resolves.toMatchObject({ message: 'Enough.' });
  });
});
