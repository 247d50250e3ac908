import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactParameters, redactText } from './redact.ts';

const redact = (parameters: Parameters<typeof redactParameters>[0], fields: string[] = []) =>
  redactParameters(parameters, fields);

describe('what the log keeps of parameters', () => {
  it.each([
    ...[
      'password',
      'Password',
      'db_password',
      'userPasswd',
      'secret',
      'clientSecret',
      'token',
      'access-token',
    ],
    ...[
      'apiKey',
      'API_KEY',
      'x-api-key',
      'authorization',
      'Authorization',
      'cookie',
      'set-cookie',
      'privateKey',
    ],
    ...[
      'private_key',
      'ssn',
      'user_ssn',
      'cardNumber',
      'card_number',
      'creditCard',
      'cvv',
      'pin',
      'otp',
      'mnemonic',
    ],
    ...['seedPhrase', 'credentials', 'jwt', 'sessionId', 'passphrase', 'aws.secretAccessKey', 'pwd'],
  ])('hides %s wherever it stands', (name) => {
    expect(redact({ [name]: 'x' })).toEqual({ [name]: '[redacted]' });
    expect(redact({ [name]: { deep: [1] } })).toEqual({ [name]: '[redacted]' });
    expect(redact({ list: [{ [name]: 42, city: 'Lisbon' }] })).toEqual({
      list: [{ [name]: '[redacted]', city: 'Lisbon' }],
    });
  });

  it.each([
    'maxTokens',
    'tokens',
    'tokenId',
    'city',
    'passenger',
    'spinner',
    'author',
    'shipping',
    'keyboard',
  ])('keeps %s', (name) => {
    expect(redact({ [name]: 5 })).toEqual({ [name]: 5 });
  });

  it.each([
    ...[
      'bft_0123456789abcdef',
      'bfi_0123456789abcdef',
      'sk-proj-0123456789',
      'ghp_0123456789abcdef',
      'github_pat_0123456789',
    ],
    ...['xoxb-0123456789', 'AKIAIOSFODNN7EXAMPLE', 'Bearer abcdefghijk', 'whsec_0123456789'],
    ...['lin_api_01234567', 'ntn_01234567', 'ya29.01234567', 'xapp-01234567'],
    ...['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
    ...['session-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', ['ASIA', 'IOSFODNN7EXAMPLE'].join('')],
    ...[['postgres://me', 'hunter2@db.example/x'].join(':'), 'call it with sk-proj-0123456789 please'],
  ])('hides the value %s under any name, in lists and as a name', (value) => {
    expect(redact({ note: value, list: [value] })).toEqual({ note: '[redacted]', list: ['[redacted]'] });
    expect(JSON.stringify(redact({ [value]: 1 }))).not.toContain(value);
  });

  it.each(['skill', 'ask-me-anything', 'https://example.com/a@b', 'eyJ', 'a basic idea'])(
    'keeps the value %s',
    (value) => {
      expect(redact({ note: value })).toEqual({ note: value });
    },
  );

  it('hides the fields that the workspace names, in any spelling', () => {
    const parameters = { patientName: 'Ada', visit: { patient_name: 'Ada', day: 1 } };
    expect(redact(parameters, ['Patient-Name'])).toEqual({
      patientName: '[redacted]',
      visit: { patient_name: '[redacted]', day: 1 },
    });
  });

  it('is bounded, with a mark where something is left out', () => {
    const long = redact({ text: 'x'.repeat(100_000) });
    expect(long.text).toBe(`${'x'.repeat(512)}[cut: 99488 more]`);
    const many = redact({ list: Array.from({ length: 100_000 }, () => 'abcdefgh') });
    expect(JSON.stringify(many)).toMatch(/\[cut: \d+ more\]"\]\}$/);
    const wide = redact(
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`field${index}`, 1])),
    );
    expect(wide['[cut]']).toMatch(/^\d+ more$/);
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`);
    expect(JSON.stringify(redact(deep))).toContain('[cut: nested too deeply]');
    for (const each of [long, many, wide]) expect(JSON.stringify(each).length).toBeLessThan(16_384);
  });

  it.each([
    '-eyJaaaaaaaa',
    'eyJaaaaaaaa.',
    'eyJaaaaaaaa.aaaaaaaa-',
    '-----BEGIN ',
    '://a:b',
    ':',
    'Bearer ',
    '-',
  ])('reads a megabyte of %j in one pass', (part) => {
    // What looks at a part again for each that follows takes minutes here, in which nobody is answered.
    const value = part.repeat(Math.ceil(1_000_000 / part.length));
    expect(JSON.stringify(redact({ value })).length).toBeLessThan(1000);
  });

  it('hides a text as a whole', () => {
    expect(redactText('could not reach api.example.com')).toBe('could not reach api.example.com');
    const address = ['postgres://me', 'hunter2@db.example/x'].join(':');
    expect(redactText(`could not reach ${address}`)).toBe('[redacted]');
  });

  it('never throws, never grows, and leaves a short harmless value as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 12 })), (values) => {
        // As parameters arrive, which JSON has been through: it knows no negative zero.
        const copy = redact(JSON.parse(JSON.stringify(values)));
        expect(JSON.stringify(copy).length).toBeLessThan(32_768);
        expect(JSON.parse(JSON.stringify(copy))).toEqual(copy);
      }),
    );
    const harmless = { city: 'Lisbon', days: 7, nested: { list: [1, null, true, { a: 'b' }] }, none: null };
    expect(redact(harmless)).toEqual(harmless);
  });
});
