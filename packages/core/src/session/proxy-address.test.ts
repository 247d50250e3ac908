import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BonafideError } from '../errors.ts';
import { parseServiceUrl, pathOf, toServiceUrl } from './proxy-address.ts';

describe('the URL of a service', () => {
  it.each([
    ['sv://memory/default/v1/items?a=1', 'sv::memory::default', '/v1/items?a=1'],
    ['sv://memory/default', 'sv::memory::default', '/'],
    ['sv://memory/default?a=1#part', 'sv::memory::default', '/?a=1'],
    ['sv://memory/*/v1', 'sv::memory', '/v1'],
    ['sv://acme%2Fmemory/eu.1/x', 'sv::acme/memory::eu.1', '/x'],
    ['sv://memory/default//evil.example/x', 'sv::memory::default', '//evil.example/x'],
    ['sv://memory/default/a b/ü', 'sv::memory::default', '/a%20b/%C3%BC'],
    ['http://sv::memory::default/v1', 'sv::memory::default', '/v1'],
    ['https://sv::memory/v1?x', 'sv::memory', '/v1?x'],
  ])('%s is read', (url, to, path) => {
    expect(parseServiceUrl(url)).toEqual({ to, path });
  });

  it.each([
    ...['http://example.com/', 'sv://memory', 'sv:///default/x', 'sv://a%3Ab/default/', 'sv://a/%/'],
    ...['sv://a/b%2/', 'ag://memory/default/', '/v1', '', 'http://sv::a::b::c/', 'sv://a/b%00/'],
  ])('%s is refused', (url) => {
    expect(() => parseServiceUrl(url)).toThrow(BonafideError);
  });

  it('is read as what it was made of, also by way of a Request', () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => /^[^\s\p{C}:*>]+$/u.test(text) && text.isWellFormed() && !/^\.{1,2}$/.test(text));
    fc.assert(
      fc.property(part, fc.option(part), (implementation, specifier) => {
        const to = ['sv', implementation, ...(specifier === null ? [] : [specifier])].join('::');
        const url = toServiceUrl(to, '/v1?q=1');
        expect(parseServiceUrl(url)).toEqual({ to, path: '/v1?q=1' });
        expect(parseServiceUrl(new Request(url).url)).toEqual({ to, path: '/v1?q=1' });
      }),
    );
  });

  it('has a path whatever the base', () => {
    expect(['http://ignored/v1/x?y', '/v1/x?y', 'sv://a/v1/x?y'].map(pathOf)).toEqual([
      ...['/v1/x?y', '/v1/x?y', '/v1/x?y'],
    ]);
  });
});
