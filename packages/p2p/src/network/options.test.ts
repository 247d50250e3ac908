import { describe, expect, it } from 'vitest';
import type { RtcProvider } from '../rtc/rtc-provider.ts';
import { readPeersOptions } from './options.ts';
import type { PeersOptions } from './types.ts';

describe('options of openPeers', () => {
  it('ask no server, trust the own workspace and allow the relay', () => {
    expect(readPeersOptions({})).toEqual({
      ...{ iceServers: [], accept: 'workspace', allowsRelay: true },
      ...{ connectTimeoutMs: 20_000, resumeTimeoutMs: 60_000 },
    });
  });

  it('are kept as they are', () => {
    const accept = () => true;
    class Provider implements RtcProvider {
      readonly name = 'mine';
      readonly canRestartIce = false;
      createConnection(): never {
        throw new Error('not here');
      }
    }
    const rtc = new Provider();
    const iceServers = [
      { urls: 'stun:stun.example:3478' },
      { urls: ['turn:turn.example:3478', 'turns:turn.example:5349'], username: 'me', credential: 'secret' },
    ];
    const settings = readPeersOptions({ accept, rtc, iceServers, bindAddress: '127.0.0.1' });
    expect(settings).toMatchObject({ iceServers, bindAddress: '127.0.0.1' });
    expect(settings.accept).toBe(accept);
    expect(settings.rtc).toBe(rtc);
  });

  it.each<[string, unknown, string]>([
    ['a URL that is none of ICE', { iceServers: [{ urls: 'https://stun.example' }] }, 'iceServers.0.urls'],
    ['TURN without a secret', { iceServers: [{ urls: 'turn:turn.example' }] }, 'iceServers.0'],
    ['a name as address', { bindAddress: 'localhost' }, 'bindAddress'],
    ['whom nobody knows', { accept: 'everyone' }, 'accept'],
    ['no time', { connectTimeoutMs: 0 }, 'connectTimeoutMs'],
    ['something that makes no connections', { rtc: {} }, 'rtc'],
    ['an option that there is not', { iceServer: [] }, ''],
  ])('refuse %s', (_what, options, path) => {
    const read = () => readPeersOptions(options as PeersOptions);
    const issues = [expect.objectContaining({ path })];
    expect(read).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', issues }));
  });
});
