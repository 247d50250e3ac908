import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ValidationError } from '../errors.ts';
import { defineOperation } from '../operations/index.ts';
import { toRequest } from './request.ts';

const getFile = defineOperation({
  id: 'files.get',
  summary: 'Get a file',
  description: 'For this test only.',
  risk: 'none',
  access: 'public',
  http: { method: 'GET', path: '/v1/files/{name}/lines' },
  input: z.strictObject({ name: z.string(), from: z.int().optional(), all: z.boolean().optional() }),
  output: z.object({}),
  errors: [],
  idempotent: true,
});
const baseUrl = new URL('https://gateway.example/base/');

describe('a path field', () => {
  it.each(['a/b', '../../admin', 'a?b=c', 'a#b', 'ü %2F', '{name}', '\\..\\', 'a;b', '\r\nx'])(
    'stays one segment: %j',
    (name) => {
      const { url } = toRequest(getFile, { baseUrl, input: { name } });
      const segments = url.pathname.split('/');
      expect(segments.slice(0, 4)).toEqual(['', 'base', 'v1', 'files']);
      expect(segments[4] && decodeURIComponent(segments[4])).toBe(name);
      expect(segments.slice(5)).toEqual(['lines']);
      expect(url.search + url.hash).toBe('');
    },
  );

  it.each(['', '.', '..', undefined])('cannot be %j, which names another resource', (name) => {
    expect(() => toRequest(getFile, { baseUrl, input: { name } })).toThrow(ValidationError);
  });
});

it('writes numbers and booleans as text, and leaves out what is absent', () => {
  const input = { name: 'a', from: 0, all: false, none: undefined };
  expect(toRequest(getFile, { baseUrl, input }).url.search).toBe('?from=0&all=false');
});
