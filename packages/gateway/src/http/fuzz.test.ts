import { DatabaseSync } from 'node:sqlite';
import { BonafideError, type ErrorCode, errorCodes } from '@bonafide/core/errors';
import { operationList } from '@bonafide/core/operations';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { createInputReader } from './input.ts';

// The same cases every time; `FUZZ_RUNS=100000 vitest run fuzz` looks further, from a new seed.
const { FUZZ_RUNS } = process.env;
const options = FUZZ_RUNS === undefined ? { numRuns: 500, seed: 20261121 } : { numRuns: Number(FUZZ_RUNS) };

// A deadline for a busy machine, no measure; a long search sets its own.
if (FUZZ_RUNS === undefined) vi.setConfig({ testTimeout: 30_000 });

const routes = operationList.flatMap((operation) => (operation.kind === 'remote' ? [operation] : []));
type Route = (typeof routes)[number];

const names = fc.constantFrom('__proto__', 'constructor', 'toString', 'prototype', '', '\0', 'a.b', '\ud800');
/** Values that trip up parsers, number types, databases and stacks. */
const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, -0, 2 ** 53, 1e308, -1e-320, '', '\0', '\ud800', '__proto__', '1e999'),
  fc.constantFrom<unknown>(
    '../../etc/passwd',
    "' OR 1=1 --",
    '%00',
    '🏴‍☠️',
    'x'.repeat(5000),
    '2026-02-30T25:00:00Z',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double(),
  fc.uuid(),
);
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(fc.oneof(names, fc.string({ maxLength: 5 })), scalar, { maxKeys: 4 }),
  fc.integer({ min: 1, max: 100 }).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
);

/** JSON as nobody writes it: fields of the operation with wrong values, names twice, numbers without end, other bytes. */
function bodyOf(route: Route): fc.Arbitrary<Uint8Array> {
  const field = fc.oneof(fc.constantFrom(...Object.keys(route.input.shape), 'action'), names);
  const member = fc
    .tuple(field, value)
    .map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`);
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.array(member, { maxLength: 6 }).map((members) => `{${members.join()}}`) },
    fc.json(),
    fc.constantFrom(
      '',
      '{',
      '{"a":1e99999}',
      '{"a":1,"a":2}',
      '\ufeff{}',
      '[[[[',
      '"',
      'NaN',
      '{"\\u005f_proto__":{}}',
    ),
    fc.integer({ min: 60, max: 3000 }).map((depth) => '{"parameters":'.repeat(depth)),
  );
  const bytes = text.map((each) => new Uint8Array(Buffer.from(each)));
  const broken = fc.tuple(bytes, fc.nat(), fc.nat({ max: 255 })).map(([good, at, byte]) => {
    const copy = Uint8Array.from(good);
    if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  });
  return fc.oneof({ weight: 3, arbitrary: bytes }, broken, fc.uint8Array({ maxLength: 50 }));
}

const queryOf = (route: Route) =>
  fc.oneof(
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...Object.keys(route.input.shape), 'x'), names), scalar), {
        maxLength: 5,
      })
      .map((pairs) =>
        pairs.map(([name, each]) => `${escapeText(String(name))}=${escapeText(String(each))}`).join('&'),
      ),
    fc.constantFrom(
      '',
      '&&&',
      '=',
      '%',
      '%E0%A4',
      'limit=1e1',
      'limit=0x10',
      '__proto__=1',
      '__proto__[a]=1',
      'a[]=1',
    ),
    fc.string({ maxLength: 30 }).map((text) => escapeText(text)),
  );

const escapeText = (text: string) => encodeURIComponent(text.toWellFormed());
const segment = fc.oneof(
  scalar.map((each) => escapeText(String(each)).slice(0, 200) || '%20'),
  fc.constantFrom('%', '%E0%A4', '%2e%2e', '%2F', '%00'),
);
const mediaType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'text/plain',
    '',
    ';',
    'application/jsonp',
    'multipart/form-data',
  ),
);
const headerText = fc.string({
  unit: fc.constantFrom(...'abcXYZ019 \t"\'=:;,()\\/+-_.~é\u00ff'.split('')),
  maxLength: 40,
});
const headers = fc.dictionary(
  fc.constantFrom(
    'idempotency-key',
    'last-event-id',
    'accept',
    'x-forwarded-for',
    'content-encoding',
    'host',
    'content-digest',
  ),
  headerText,
  { maxKeys: 3, noNullPrototype: true },
);
const proofs = fc.dictionary(
  fc.constantFrom('authorization', 'signature', 'signature-input', 'content-digest'),
  fc.oneof(
    headerText,
    headerText.map((text) => `Bearer ${text}`),
    fc.constantFrom('sig1=()', 'sig1=::', 'sig1=();created=1'),
  ),
  { maxKeys: 4, noNullPrototype: true },
);

/** Made once for each route: to build such a generator costs more than to run it. */
const callOf = (route: Route) =>
  fc.record({
    id: fc.constant(route.id),
    body: bodyOf(route),
    query: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, queryOf(route)),
    segments: fc.array(segment, { minLength: 4, maxLength: 4 }),
    type: mediaType,
    headers,
  });
const call = fc.oneof(...routes.map(callOf));
const guardedCall = fc.oneof(...routes.filter(({ access }) => access !== 'public').map(callOf));
/** By id, so that a failure prints what it is about and no definition. */
const routeOf = ({ id }: Pick<Call, 'id'>): Route => routes.find((route) => route.id === id) ?? never(id);
const never = (id: string): never => {
  throw new Error(`no route ${id}`);
};
type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

it('the input of any operation is read or refused with VALIDATION_FAILED, and taints no prototype', () => {
  const readers = new Map(routes.map((route) => [route, createInputReader(route, route.http.method)]));
  fc.assert(
    fc.property(call, ({ id, body, query, type, segments }) => {
      const route = routeOf({ id });
      const read = readers.get(route);
      const path = Object.fromEntries(
        [...route.http.path.matchAll(/\{(\w+)\}/g)].map(([, name = ''], index) => [
          name,
          segments[index] ?? '',
        ]),
      );
      try {
        const input = read?.({ path, query, body: Buffer.from(body), contentType: type }) ?? {};
        expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
        expect(Object.keys(input).filter((name) => !(name in route.input.shape))).toEqual([]);
      } catch (error) {
        if (!BonafideError.is(error)) throw error;
        expect(error.code).toBe('VALIDATION_FAILED');
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { ...options, numRuns: options.numRuns * 3 },
  );
});

let gateway: TestGateway;
let watcher: DatabaseSync;
beforeAll(async () => {
  // No sweep may write in between: every change that is seen is one of a request.
  gateway = await startGateway({ sweepIntervalMs: 2_000_000_000 });
  watcher = new DatabaseSync(gateway.database, { readOnly: true });
});
afterAll(async () => {
  watcher.close();
  await gateway[Symbol.asyncDispose]();
});

/** How many rows each table has. */
function rows(): Record<string, unknown> {
  const tables = watcher.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const counts = tables.map(({ name }) => `(SELECT count(*) FROM ${name}) AS ${name}`);
  return { ...watcher.prepare(`SELECT ${counts.join(', ')}`).get() };
}

function toRequest(each: Call): Request {
  const { body, query, segments, type, headers: given } = each;
  const route = routeOf(each);
  let index = 0;
  const path = route.http.path.replace(/\{\w+\}/g, () => segments[index++] ?? 'x');
  const { method } = route.http;
  const isQuery = method === 'GET';
  return new Request(`http://gateway.example${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: { ...given, ...(type === '' ? {} : { 'content-type': type }) },
    ...(isQuery ? {} : { body: Buffer.from(body) }),
  });
}

async function expectProblem(response: Response, before: unknown): Promise<void> {
  const text = await response.text();
  expect(response.headers.get('content-type'), text).toBe('application/problem+json');
  const problem = JSON.parse(text) as { code: ErrorCode; status: number; requestId: string };
  expect(Object.keys(errorCodes)).toContain(problem.code);
  expect(problem.code, text).not.toBe('INTERNAL');
  expect({ status: response.status, body: problem.status }).toEqual({
    status: errorCodes[problem.code].status,
    body: errorCodes[problem.code].status,
  });
  expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(rows()).toEqual(before);
}

it('any request of an owner is answered or refused with a problem, and what is refused writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(call, async (each) => {
      const request = toRequest(each);
      request.headers.set('authorization', `Bearer ${gateway.ownerToken}`);
      const before = rows();
      const response = await gateway.gateway.fetch(request);
      if (response.status === 200) await response.text();
      else await expectProblem(response, before);
    }),
    options,
  );
  expect(gateway.lines.filter((line) => line.includes('internal error'))).toEqual([]);
});

it('any proof that nobody gave out is refused with a problem, and writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(guardedCall, proofs, async (each, proof) => {
      const request = toRequest(each);
      for (const [name, text] of Object.entries(proof)) request.headers.set(name, text);
      const before = rows();
      const response = await gateway.gateway.fetch(request);
      expect([401, 403, 404]).toContain(response.status);
      await expectProblem(response, before);
    }),
    options,
  );
});
