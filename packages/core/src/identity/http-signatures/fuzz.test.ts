import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AuthenticationError } from '../../errors.ts';
import { createNodeBackend } from '../backends/node.ts';
import { createKeyPair, signerFromSeed } from '../keys.ts';
import { createComponentReader } from './components.ts';
import { createHeaderReader } from './headers.ts';
import { type SignedRequestHeaders, signRequest } from './sign-request.ts';
import { signatureBase } from './signature-base.ts';
import { formatSignatureParameters } from './signature-input.ts';
import { type IncomingRequest, verifyRequestSync } from './verify-request.ts';

// The same cases every time; `FUZZ_RUNS=100000 vitest run fuzz` looks further, from a new seed.
const { FUZZ_RUNS } = process.env;
const options = FUZZ_RUNS === undefined ? { numRuns: 1000, seed: 20261121 } : { numRuns: Number(FUZZ_RUNS) };

const authority = 'gateway.example';
const nowMs = 1_790_000_000_000;
const signer = signerFromSeed(createKeyPair().seed);
const other = signerFromSeed(createKeyPair().seed);
const backend = createNodeBackend();
if (!backend) throw new Error('Node has node:crypto.');

const verify = (request: IncomingRequest) => verifyRequestSync(request, { authority, nowMs, backend });

/** Only a refusal, whatever comes. */
function refusedOrRead(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(AuthenticationError);
  }
}

/** What breaks parsers: separators of structured fields, line ends, other alphabets, and pieces of real headers. */
const piece = fc.oneof(
  fc.constantFrom(...'"\'\\(),;:=?@#%&*\t\r\n\0 /'.split('')),
  fc.constantFrom('"@path"', '"@method": ', '"content-digest"', '@signature-params', '\n"@path": /x', ', '),
  fc.constantFrom(
    'sig1',
    '=:',
    ':',
    ';created=1',
    ';nonce="',
    '__proto__',
    'sha-256=:',
    '\u0085',
    '\u2028',
    '\u00a0',
  ),
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const hostile = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path: fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
  query: fc.option(fc.webQueryParameters(), { nil: undefined }),
  body: fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }),
  key: fc.option(fc.stringMatching(/^[!-~]{1,20}$/), { nil: undefined }),
});

type Signed = IncomingRequest & {
  readonly url: string;
  readonly headers: SignedRequestHeaders & Record<string, string>;
};

async function signed({
  method,
  path,
  query,
  body,
  key,
}: typeof request extends fc.Arbitrary<infer Value> ? Value : never): Promise<Signed> {
  const absolute = new URL(`https://${authority}${query === undefined ? path : `${path}?${query}`}`);
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const added = await signRequest({ method, url: absolute, headers, body }, signer, { nowMs });
  return { method, url: absolute.pathname + absolute.search, headers: { ...headers, ...added }, body };
}

test('any headers, target and body are refused or read, and never throw anything else', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'signature-input',
      'signature',
      'content-digest',
      'idempotency-key',
      '__proto__',
      'Signature',
    ),
    hostile,
  );
  const value = fc.oneof(hostile, fc.array(hostile, { maxLength: 3 }));
  const any = fc.record({
    method: fc.oneof(fc.constant('POST'), hostile),
    url: fc.oneof(fc.webUrl(), hostile),
    headers: fc.array(fc.tuple(name, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    body: fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(any, (anything) => refusedOrRead(() => verify(anything))),
    options,
  );
});

test('a good request with any one header replaced is refused or means the same', async () => {
  const names = fc.constantFrom('signature-input', 'signature', 'content-digest', 'idempotency-key');
  await fc.assert(
    fc.asyncProperty(request, names, hostile, async (sample, name, value) => {
      const good = await signed(sample);
      // White space around a value is no part of it.
      fc.pre(good.headers[name] !== value.replace(/^[\t ]+|[\t ]+$/g, ''));
      const headers = { ...good.headers, [name]: value };
      // Without a body a digest that nobody signed says nothing.
      fc.pre(!(name === 'content-digest' && good.headers['content-digest'] === undefined));
      expect(() => verify({ ...good, headers })).toThrow(AuthenticationError);
    }),
    { ...options, numRuns: options.numRuns / 2 },
  );
});

test('a signed request verifies, and with any one thing changed it does not', async () => {
  const flip = (good: Signed, at: number): Signed => {
    const match = /^(sig1=:)(.*)(:)$/.exec(good.headers.signature);
    const bytes = Buffer.from(match?.[2] ?? '', 'base64');
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << (at % 8));
    return withHeader(good, { signature: `sig1=:${bytes.toString('base64')}:` });
  };
  const withHeader = (good: Signed, change: Record<string, string>): Signed => ({
    ...good,
    headers: { ...good.headers, ...change },
  });
  const withInput = (good: Signed, edit: (text: string) => string): Signed =>
    withHeader(good, { 'signature-input': edit(good.headers['signature-input']) });
  const later = (text: string, name: string, by: number) =>
    text.replace(new RegExp(`;${name}=(\\d+)`), (_, value) => `;${name}=${Number(value) + by}`);
  const changes: Record<string, (good: Signed, at: number) => Signed> = {
    method: (good) => ({ ...good, method: good.method === 'GET' ? 'POST' : 'GET' }),
    'method in lower case': (good) => ({ ...good, method: good.method.toLowerCase() }),
    path: (good) => ({ ...good, url: `/x${good.url}` }),
    'path by a slash': (good) => ({ ...good, url: good.url.replace(/^[^?]*/, '$&/') }),
    query: (good) => ({ ...good, url: `${good.url}${good.url.includes('?') ? '&' : '?'}a` }),
    body: (good, at) => ({ ...good, body: Uint8Array.of(...((good.body as Uint8Array) ?? []), at % 256) }),
    created: (good, at) => withInput(good, (text) => later(text, 'created', -1 - (at % 100))),
    expires: (good, at) => withInput(good, (text) => later(text, 'expires', 1 + (at % 100))),
    nonce: (good) => withInput(good, (text) => text.replace('nonce="', 'nonce="A')),
    keyid: (good) => withInput(good, (text) => text.replace(signer.did, other.did)),
    'signature bytes': flip,
    'covered list': (good) => withInput(good, (text) => text.replace('"@method" ', '')),
    'order of the list': (good) =>
      withInput(good, (text) => text.replace('"@method" "@authority"', '"@authority" "@method"')),
    'order of parameters': (good) =>
      withInput(good, (text) => text.replace(/(;created=\d+)(;expires=\d+)/, '$2$1')),
    'a number written otherwise': (good) => withInput(good, (text) => text.replace('created=', 'created=0')),
    'a key that nobody signed': (good) =>
      withHeader(good, { 'idempotency-key': `${good.headers['idempotency-key']}x` }),
  };
  await fc.assert(
    fc.asyncProperty(
      request,
      fc.constantFrom(...Object.keys(changes)),
      fc.nat(),
      async (sample, name, at) => {
        const good = await signed(sample);
        expect(verify(good).did).toBe(signer.did);
        const changed = changes[name]?.(good, at) ?? good;
        expect(() => verify(changed), name).toThrow(AuthenticationError);
      },
    ),
    { ...options, numRuns: options.numRuns / 2 },
  );
});

test('another authority, and a time outside the window, are refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      request,
      fc.domain(),
      fc.integer({ min: 1, max: 1_000_000 }),
      async (sample, host, seconds) => {
        const good = await signed(sample);
        fc.pre(host !== authority);
        const at = (offset: number) => ({ authority, nowMs: nowMs + offset * 1000, backend });
        expect(() => verifyRequestSync(good, { ...at(0), authority: host })).toThrow(AuthenticationError);
        expect(() => verifyRequestSync(good, at(119 + seconds))).toThrow(AuthenticationError);
        expect(() => verifyRequestSync(good, at(-30 - seconds))).toThrow(AuthenticationError);
      },
    ),
    { ...options, numRuns: options.numRuns / 5 },
  );
});

test('no two requests have the same signature base: nothing in a value can pose as another line', () => {
  const names = ['@method', '@authority', '@path', '@query', 'a', 'content-digest'];
  const line = fc.oneof(hostile, fc.constantFrom('a', 'b', 'a\n"a": b', 'a"', '": b', 'GET\n"@path": /'));
  const message = fc.record({
    components: fc.subarray(names, { minLength: 1 }),
    method: line,
    host: line,
    path: line.map((text) => `/${text.replaceAll('?', '')}`),
    query: line.map((text) => `?${text}`),
    headers: fc.record({ a: line, 'content-digest': line }),
    nonce: fc.stringMatching(/^[ !#-[\]-~]{0,12}$/),
  });
  type Message = typeof message extends fc.Arbitrary<infer Value> ? Value : never;
  const baseOf = ({ components, method, host, path, query, headers, nonce }: Message) => {
    const read = createComponentReader(
      { method, authority: host, url: path + query },
      createHeaderReader(headers),
    );
    const text = formatSignatureParameters(components, { nonce });
    return Buffer.from(signatureBase({ components, text }, read)).toString('latin1');
  };
  /** What the signer meant; white space around a header is no part of it. */
  const meaningOf = ({ components, method, host, path, query, headers, nonce }: Message) => {
    const strip = (text: string) => text.replace(/^[\t ]+|[\t ]+$/g, '');
    const values: Record<string, string> = {
      ...{ '@method': method, '@authority': host, '@path': path, '@query': query },
      ...{ a: strip(headers.a), 'content-digest': strip(headers['content-digest']) },
    };
    return JSON.stringify([components, nonce, components.map((name) => values[name])]);
  };
  const place = fc.constantFrom(
    'method',
    'host',
    'path',
    'query',
    'a',
    'content-digest',
    'nonce',
    'components',
  );
  const change = fc.record({ place, before: fc.oneof(fc.constant(''), piece), after: piece });
  const changed = (
    each: Message,
    { place: name, before, after }: typeof change extends fc.Arbitrary<infer Value> ? Value : never,
  ): Message => {
    const wrap = (text: string) => before + text + after;
    if (name === 'components') return { ...each, components: each.components.slice(1) };
    if (name === 'a' || name === 'content-digest') {
      return { ...each, headers: { ...each.headers, [name]: wrap(each.headers[name]) } };
    }
    if (name === 'path') return { ...each, path: `/${wrap(each.path.slice(1)).replaceAll('?', '')}` };
    if (name === 'query') return { ...each, query: `?${wrap(each.query.slice(1))}` };
    return { ...each, [name]: wrap(each[name]) };
  };
  fc.assert(
    fc.property(message, change, (each, step) => {
      refusedOrRead(() => {
        const twin = changed(each, step);
        const [base, twinBase] = [baseOf(each), baseOf(twin)];
        expect(base === twinBase).toBe(meaningOf(each) === meaningOf(twin));
        expect(base.split('\n')).toHaveLength(each.components.length + 1);
      });
    }),
    { ...options, numRuns: options.numRuns * 4 },
  );
});
