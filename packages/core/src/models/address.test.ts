import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BonafideError } from '../errors.ts';
import {
  type Address,
  addressPart,
  addressText,
  canonicalAddress,
  formatAddress,
  formatDottedAddress,
  isPrincipalAddress,
  parseAddress,
  workspaceOfAddress,
} from './address.ts';

const FIELDS = {
  agent: ['workspace', 'implementation', 'specifier'],
  task: ['workspace', 'implementation', 'specifier'],
  'pooled-task': ['workspace', 'implementation', 'specifier'],
  user: ['user', 'window'],
  orchestrator: ['workspace', 'implementation', 'specifier'],
  'workflow-engine': ['workspace', 'implementation', 'specifier'],
  'metrics-bridge': ['workspace', 'implementation', 'specifier'],
  service: ['implementation', 'specifier'],
  bridge: ['implementation', 'specifier'],
  pool: ['workspace', 'implementation'],
  'any-service': ['implementation'],
  'user-windows': ['user'],
  'user-workspace': ['user', 'workspace'],
  'all-agents': ['workspace'],
  'all-users': ['workspace'],
  events: ['workspace'],
  metrics: ['workspace'],
  progress: ['workspace'],
} as const satisfies Record<Address['type'], readonly string[]>;

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** What may stand in an address; `isPart` is the other statement of it. */
const part = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,30}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isPart),
);
const plainPart = fc.stringMatching(/^[a-zA-Z0-9_é漢-]{1,20}$/u);

const addressOf = (parts: fc.Arbitrary<string>): fc.Arbitrary<Address> =>
  fc.oneof(
    ...Object.entries(FIELDS).map(([type, fields]) =>
      fc
        .tuple(...fields.map(() => parts))
        .map(
          (values) =>
            ({ type, ...Object.fromEntries(fields.map((name, i) => [name, values[i]])) }) as Address,
        ),
    ),
  );

function isPart(text: string): boolean {
  const size = new TextEncoder().encode(text).length;
  return addressPart.safeParse(text).success && size <= 128 && text.isWellFormed();
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (BonafideError.is(error)) return error.code;
    throw error;
  }
  return 'taken';
}

describe('an address', () => {
  it('is the same after a round trip in the canonical form', () => {
    fc.assert(
      fc.property(addressOf(part), (address) => {
        const text = formatAddress(address);
        expect(parseAddress(text)).toEqual(address);
        expect(canonicalAddress(text)).toBe(text);
        expect(addressText.safeParse(text).success).toBe(true);
      }),
    );
  });

  it('is the same after a round trip in the form with dots, where no part has one', () => {
    fc.assert(
      fc.property(addressOf(plainPart), (address) => {
        const dotted = formatDottedAddress(address);
        expect(parseAddress(dotted)).toEqual(address);
        expect(canonicalAddress(dotted)).toBe(formatAddress(address));
      }),
    );
  });

  it('has one text for each address, and one address for each text', () => {
    fc.assert(
      fc.property(addressOf(part), addressOf(part), (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(formatAddress(a) === formatAddress(b)).toBe(isSame);
      }),
    );
  });

  it('is refused or read exactly, whatever text comes', () => {
    const pieces = fc.constantFrom(
      'ag',
      'tu',
      'sv',
      'uu',
      'gu',
      '::',
      ':',
      '.',
      ':::',
      '*',
      '>',
      ' ',
      '\n',
      '\0',
      'ä',
      '\ud800',
      'x',
    );
    const hostile = fc.oneof(
      anyText,
      fc.array(pieces, { maxLength: 14 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const code = codeOf(() => parseAddress(text));
        expect(['taken', 'VALIDATION_FAILED']).toContain(code);
        if (code !== 'taken') return;
        const canonical = canonicalAddress(text);
        expect(text.includes('::') ? text : canonicalAddress(canonical)).toBe(canonical);
        expect(canonical).not.toMatch(/[\s*>]/);
      }),
      { numRuns: 1000 },
    );
  });

  it('has no part that would be read as two', () => {
    fc.assert(
      fc.property(anyText, anyText, (implementation, specifier) => {
        const address = { type: 'agent', workspace: 'default', implementation, specifier } as const;
        const isFine = isPart(implementation) && isPart(specifier);
        expect(codeOf(() => formatAddress(address))).toBe(isFine ? 'taken' : 'VALIDATION_FAILED');
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '',
    'ag',
    'ag::default',
    'ag::default::worker',
    'ag::default::worker::01::more',
    'xx::default::worker::01',
    'AG::default::worker::01',
    'ag::::worker::01',
    'ag::default::worker::',
    'ag::default::wor ker::01',
    'ag::default::*::01',
    'ag::default::>::01',
    'ag::default::a:b::01',
    'ag.default.worker::01',
    'ag::default::worker::01\n',
    'ag::default::\u202eworker::01',
    `ag::default::${'x'.repeat(129)}::01`,
    `ag::default::${'€'.repeat(43)}::01`,
    `ag::${'x'.repeat(1_000_000)}`,
    '__proto__::x',
    'constructor::x::y::z',
  ])('is not %j', (text) => {
    expect(codeOf(() => parseAddress(text))).toBe('VALIDATION_FAILED');
    expect(addressText.safeParse(text).success).toBe(false);
  });

  it('with a dot in a part has no form with dots', () => {
    const address = { type: 'service', implementation: 'web.v2', specifier: '1' } as const;
    expect(codeOf(() => formatDottedAddress(address))).toBe('VALIDATION_FAILED');
    expect(parseAddress(formatAddress(address))).toEqual(address);
  });

  it('names a principal or a group, in a workspace or in that of whoever asks', () => {
    expect(isPrincipalAddress(parseAddress('ta::w::i::1'))).toBe(true);
    expect(isPrincipalAddress(parseAddress('tb::w::i'))).toBe(false);
    expect(isPrincipalAddress(parseAddress('sv::i'))).toBe(false);
    expect(workspaceOfAddress(parseAddress('ga::w'))).toBe('w');
    expect(workspaceOfAddress(parseAddress('us::ada::1'))).toBeUndefined();
    expect(workspaceOfAddress(parseAddress('uw::ada::w'))).toBeUndefined();
  });
});
