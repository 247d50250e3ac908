import { type PrincipalAddress, parseAddress } from '@bonafide/core/models';
import { describe, expect, it } from 'vitest';
import type { Place } from '../sessions/place.ts';
import { depthOf, identityHeaders, toCallerHeaders, toServiceHeaders } from './headers.ts';
import { lengthOfChunk, parseRequestHead } from './heads.ts';

const callerAt = (name: string): Place => ({
  ...{ workspace: 'default', home: 'default', name, actor: 'agent:1' },
  address: parseAddress(name) as PrincipalAddress,
});

describe('headers of a request', () => {
  it("keep what is the caller's to say", () => {
    const kept: [string, string][] = [
      ...([
        ['Accept', '*/*'],
        ['Authorization', 'Bearer sk-of-the-service'],
        ['traceparent', '00-abc'],
        ['X-Custom', '1'],
        ['cookie', 'a=1'],
      ] as [string, string][]),
    ];
    expect(toServiceHeaders(kept)).toEqual(kept);
  });

  it.each([
    ...['Bonafide-Caller', 'bonafide-actor', 'BONAFIDE_CALLER', 'Bonafide_Workspace', 'bonafide-anything'],
    ...['X-Auth-User', 'x_auth_user', 'X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'x-bonafide-actor'],
    ...['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'TE', 'Proxy-Authorization'],
  ])('lose %s, however it is written', (name) => {
    expect(toServiceHeaders([[name, 'ag::default::admin::1']])).toEqual([]);
  });

  it('lose what their connection header names, and credentials of ours', () => {
    const given: [string, string][] = [
      ['connection', 'close, X-Hop'],
      ['x-hop', '1'],
      ['authorization', 'bearer bft_secret'],
      ['signature', 'sig1=:aa:'],
      ['signature-input', 'sig1=("@method");tag="bonafide"'],
    ];
    expect(toServiceHeaders(given)).toEqual([]);
    const foreign: [string, string][] = [
      ['signature', 's=:aa:'],
      ['signature-input', 's=();tag="other"'],
    ];
    expect(toServiceHeaders(foreign)).toEqual(foreign);
  });

  it('say who asks, in ASCII', () => {
    const headers = new Map(
      identityHeaders({ caller: callerAt('ag::default::büro::1'), requestId: 'r', depth: 2 }),
    );
    expect(Object.fromEntries(headers)).toEqual({
      'bonafide-caller': 'ag::default::b%C3%BCro::1',
      'bonafide-actor': 'agent:1',
      'bonafide-workspace': 'default',
      'bonafide-request-id': 'r',
      'bonafide-depth': '2',
    });
  });

  it('count how many services lie before', () => {
    const depths = [[], [['Bonafide-Depth', '3']], [['bonafide-depth', 'x']], [['bonafide-depth', '-5']]];
    expect(depths.map((headers) => depthOf(headers as [string, string][]))).toEqual([1, 4, 1, 1]);
  });
});

it('takes nothing from a service that only the gateway says', () => {
  expect(
    toCallerHeaders([
      ['Bonafide-Caller', 'x'],
      ['keep-alive', '1'],
      ['ETag', 'a'],
      ['content-length', '3'],
    ]),
  ).toEqual([
    ...[
      ['ETag', 'a'],
      ['content-length', '3'],
    ],
  ]);
});

describe('the head of a request', () => {
  const good = { to: 'sv::a::b', method: 'POST', path: '/x?y', headers: [], timeoutMs: 1, hasBody: true };

  it('may have a body where its method may', () => {
    expect(parseRequestHead(good)).toEqual(good);
  });

  it.each([
    { to: 'nobody' },
    { to: undefined },
    { method: 'post' },
    { method: 'CONNECT' },
    { method: 'TRACE' },
    { method: 'GET' },
    { path: 'x' },
    { path: '/a b' },
    { path: '/a\r\nx: y' },
    { path: '/#part' },
    { path: `/${'x'.repeat(9000)}` },
    { headers: [['a b', 'c']] },
    { headers: [['a', 'b\nc']] },
    { headers: [['a', '\u0000']] },
    { headers: [['a', 'ü€']] },
    { headers: [['a']] },
    { headers: { a: 'b' } },
    { headers: Array.from({ length: 129 }, () => ['a', 'b']) },
    { headers: Array.from({ length: 5 }, () => ['a', 'x'.repeat(8000)]) },
    { timeoutMs: 0 },
    { timeoutMs: 3_600_001 },
    { timeoutMs: Number.NaN },
    { hasBody: 'yes' },
    { grant: 'x' },
  ])('is refused with %j', (change) => {
    expect(() => parseRequestHead({ ...good, ...change })).toThrow('This is no');
  });
});

it('counts the bytes of a chunk without reading it', () => {
  for (let bytes = 1; bytes < 70; bytes++) {
    expect(lengthOfChunk(`"${Buffer.alloc(bytes).toString('base64')}"`)).toBe(bytes);
  }
});
