import { expect, test } from 'vitest';
import { parseIceAddresses } from './ice-settings.ts';
import type { IceSettings } from './rtc-provider.ts';

const login = { username: 'user', credential: 'secret' };

test('knows STUN and TURN servers, over UDP and otherwise', () => {
  const iceServers = [
    { urls: ['stun:stun.example:3478', 'stun:[2001:db8::1]'] },
    { urls: ['turn:turn.example', 'turn:192.0.2.1:80?transport=tcp', 'turns:turn.example:443'], ...login },
  ];
  const addresses = parseIceAddresses({ iceServers });
  expect(addresses.map(({ isTurn, isUdp }) => [isTurn, isUdp])).toEqual([
    [false, true],
    [false, true],
    [true, true],
    [true, false],
    [true, false],
  ]);
  expect(addresses[2]).toMatchObject({ url: 'turn:turn.example', ...login });
});

test('without settings nobody is asked', () => {
  expect(parseIceAddresses({})).toEqual([]);
});

const refused: [string, IceSettings][] = [
  ['iceServers.0.urls', { iceServers: [{ urls: [] }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: '' }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: 'stun.example:3478' }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: 'https://stun.example' }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: 'stun:stun.example:0' }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: 'stun:stun.example:65536' }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: 'turn:user:secret@turn.example', ...login }] }],
  ['iceServers.0.urls', { iceServers: [{ urls: 'turn:turn.example?transport=sctp', ...login }] }],
  ['iceServers.1.username', { iceServers: [{ urls: 'stun:a' }, { urls: 'turn:turn.example' }] }],
  ['iceServers.0.credential', { iceServers: [{ urls: 'turn:turn.example', username: 'user' }] }],
  ['iceTransportPolicy', { iceServers: [{ urls: 'stun:a' }], iceTransportPolicy: 'relay' }],
];

test.each(refused)('refuses wrong %s', (path, settings) => {
  expect(() => parseIceAddresses(settings)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', details: { path } }),
  );
});

test('a refusal never shows a credential', () => {
  const iceServers = [{ urls: 'turn:user:hunter2@turn.example', username: 'user', credential: 'hunter2' }];
  expect(() => parseIceAddresses({ iceServers })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
});
