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

  it.each<[string, unknown, RegExp]>([
    ['a URL that is none of ICE', { iceServers: [{ urls: 'https://stun.example' }] }, /iceServers\.0\.urls/],
    ['TURN without a secret', { iceServers: [{ urls: 'turn:turn.example' }] }, /iceServers\.0\.username/],
    ['only TURN without any', { iceTransportPolicy: 'relay' }, /iceTransportPolicy/],
    ['a name as address', { bindAddress: 'localhost' }, /bindAddress: must be an IP address/],
    ['whom nobody knows', { accept: 'everyone' }, /accept: must be 'workspace'/],
    ['no time', { connectTimeoutMs: 0 }, /connectTimeoutMs/],
    ['something that makes no connections', { rtc: {} }, /rtc: must have createConnection/],
    ['an option that there is not', { iceServer: [] }, /options: .*iceServer/],
  ])('refuse %s', (_what, options, message) => {
    const read = () => readPeersOptions(options as PeersOptions);
    const error = { code: 'VALIDATION_FAILED', message: expect.stringMatching(message) };
    expect(read).toThrow(expect.objectContaining(error));
  });
});
