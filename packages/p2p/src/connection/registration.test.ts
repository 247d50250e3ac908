import { BonafideError } from '@bonafide/core';
import type { PeerMessage } from '@bonafide/core/models';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Registration } from './registration.ts';
import type { OutgoingSignal } from './signals.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(answer: (message: OutgoingSignal) => void = () => undefined) {
  const told: OutgoingSignal[] = [];
  const lost: BonafideError[] = [];
  let reconnect = (): void => undefined;
  const registration = new Registration({
    signals: {
      sendToGateway: async (message) => {
        told.push(message);
        answer(message);
      },
    },
    allowsRelay: true,
    onReconnect: (listener) => {
      reconnect = listener;
      return () => {
        reconnect = () => undefined;
      };
    },
    onLost: (error) => void lost.push(error),
  });
  const types = (): string[] => told.map(({ type }) => type);
  return { registration, told, lost, types, reconnect: () => reconnect() };
}

const problem = (code: string, correlationId?: string): PeerMessage => ({
  type: 'ERROR',
  id: 'e',
  ...(correlationId === undefined ? {} : { correlationId }),
  problem: { code, detail: 'why' },
});

describe('a registration', () => {
  it('is made at once, after each reconnect, and taken back', async () => {
    const { registration, told, types, reconnect } = start();
    await registration.registered;
    expect(told).toMatchObject([{ type: 'REGISTER', allowsRelay: true }]);
    reconnect();
    await registration.registered;
    await registration.close();
    await registration.close();
    reconnect();
    expect(types()).toEqual(['REGISTER', 'REGISTER', 'UNREGISTER']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is made again when the gateway does not answer for it', async () => {
    const { registration, types } = start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(types()).toEqual(['REGISTER', 'PING']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(types()).toEqual(['REGISTER', 'PING', 'REGISTER']);
    await registration.close();
  });

  it('stays while it does', async () => {
    const { registration, types } = start((message) => {
      if (message.type !== 'PING') return;
      const { id: correlationId = '', sequence } = message;
      registration.receive({ type: 'PONG', id: 'pong', correlationId, sequence });
    });
    await vi.advanceTimersByTimeAsync(95_000);
    expect(types()).toEqual(['REGISTER', 'PING', 'PING', 'PING']);
    await registration.close();
  });

  it('is made again when the gateway says that it knows of none', async () => {
    const { registration, types } = start((message) => {
      if (message.type === 'PING') registration.receive(problem('NOT_FOUND', message.id));
    });
    await vi.advanceTimersByTimeAsync(30_001);
    expect(types()).toEqual(['REGISTER', 'PING', 'REGISTER']);
    await registration.close();
  });

  it('is made again when the gateway refused it for now, and so knows of none', async () => {
    let isBusy = true;
    let isRegistered = false;
    const { registration, types } = start((message) => {
      if (message.type === 'REGISTER') isRegistered = !isBusy;
      if (!isRegistered) throw new BonafideError('UNAVAILABLE', 'Too busy to register, or unregistered.');
      if (message.type !== 'PING') return;
      const { id: correlationId = '', sequence } = message;
      registration.receive({ type: 'PONG', id: 'pong', correlationId, sequence });
    });
    await expect(registration.registered).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    isBusy = false;
    await vi.advanceTimersByTimeAsync(61_000);
    expect(types()).toEqual(['REGISTER', 'PING', 'REGISTER', 'PING']);
    await expect(registration.registered).resolves.toBeUndefined();
    await registration.close();
  });

  it('is lost to another session, and when the gateway refuses it', async () => {
    const taken = start();
    taken.registration.receive(problem('CONFLICT'));
    expect(taken.lost).toMatchObject([{ code: 'CONFLICT' }]);
    await taken.registration.close();
    expect(taken.types()).toEqual(['REGISTER']);

    const refused = start();
    refused.registration.receive(problem('FORBIDDEN', 'of something else'));
    expect(refused.lost).toEqual([]);
    refused.registration.receive(problem('FORBIDDEN', refused.told[0]?.id));
    expect(refused.lost).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(refused.lost[0]).toBeInstanceOf(BonafideError);
    expect(vi.getTimerCount()).toBe(0);
  });
});
