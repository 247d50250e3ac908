import { afterEach, expect, it, vi } from 'vitest';
import { PeerEmitter } from './peer-emitter.ts';
import type { PeerEvents } from './types.ts';

afterEach(() => vi.restoreAllMocks());

it('calls handlers in their order, each as often as it was added, until it is removed', () => {
  const emitter = new PeerEmitter();
  const seen: string[] = [];
  const first = () => seen.push('first');
  const remove = emitter.on('error', first);
  emitter.on('error', first);
  emitter.on('error', ({ message }) => seen.push(message));
  expect(emitter.emit('error', new Error('it'))).toBe(true);
  remove();
  emitter.emit('error', new Error('again'));
  expect(seen).toEqual(['first', 'first', 'it', 'first', 'again']);
});

it('makes what a handler throws, now or later, an error event', async () => {
  const emitter = new PeerEmitter();
  const errors: Error[] = [];
  emitter.on('error', (error) => errors.push(error));
  emitter.on('violation', () => {
    throw new Error('now');
  });
  emitter.on('violation', async () => Promise.reject(new Error('later')));
  emitter.emit('violation', {} as PeerEvents['violation']);
  await vi.waitFor(() => expect(errors.map(({ message }) => message)).toEqual(['now', 'later']));
});

it('warns of what nobody listens to, also of errors in error handlers', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const emitter = new PeerEmitter();
  emitter.fail(new Error('unheard'));
  expect(warned).toHaveBeenCalledWith(expect.objectContaining({ message: 'unheard' }));
  emitter.on('error', () => {
    throw new Error('worse');
  });
  emitter.fail(new Error('heard'));
  await vi.waitFor(() =>
    expect(warned).toHaveBeenLastCalledWith(expect.objectContaining({ message: 'worse' })),
  );
});

it('refuses a name that is no event', () => {
  const on = () => new PeerEmitter().on('message' as 'error', () => {});
  expect(on).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
});
