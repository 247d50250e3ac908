import { ValidationError } from '@bonafide/core/errors';
import { addressText, id } from '@bonafide/core/models';
import { z } from 'zod';

/** Longest time for one exchange, answer included. */
const MAX_TIMEOUT_MS = 3_600_000;
const MAX_HEADERS = 128;
const MAX_HEADERS_LENGTH = 32_768;
/** Of one chunk, before base64. */
const MAX_CHUNK_BYTES = 65_536;

const headers = z
  .array(
    z.tuple([
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'must be the name of a header'),
      z.string().regex(/^[\t\x20-\x7e\x80-\xff]{0,8192}$/, 'must be one line of Latin text'),
    ]),
  )
  .max(MAX_HEADERS)
  .refine(
    (list) =>
      list.reduce((length, [name, value]) => length + name.length + value.length, 0) <= MAX_HEADERS_LENGTH,
    `must have at most ${MAX_HEADERS_LENGTH} characters together`,
  );

const requestHead = z.object({
  to: addressText,
  method: z.string().regex(/^(?!CONNECT$|TRACE$|TRACK$)[A-Z]{1,20}$/, 'must be a method in capitals'),
  path: z.string().regex(/^\/[\x21\x22\x24-\x7e]{0,8191}$/, 'must be a path that begins with a slash'),
  headers,
  timeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS),
  hasBody: z.boolean(),
  grant: id.optional(),
});

const responseHead = z.object({ status: z.int().min(200).max(599), headers, hasBody: z.boolean() });

/** Head of a request to a service. */
export type RequestHead = z.infer<typeof requestHead>;
export type ResponseHead = z.infer<typeof responseHead>;
export type HeaderList = RequestHead['headers'];

/** VALIDATION_FAILED for what no service could be sent. */
export function parseRequestHead(frame: unknown): RequestHead {
  const head = parse(requestHead, frame);
  if (head.hasBody && isSafe(head.method)) throw malformed('hasBody', `${head.method} has no body`);
  return head;
}

export function parseResponseHead(frame: unknown): ResponseHead {
  return parse(responseHead, frame);
}

/** Whether the method only reads. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** How many bytes a chunk holds; VALIDATION_FAILED when it is not base64 in quotes or too long. */
export function lengthOfChunk(body: string): number {
  const characters = body.length - 2;
  const padding = body.endsWith('=="') ? 2 : Number(body.endsWith('="'));
  const bytes = (characters / 4) * 3 - padding;
  if (bytes > 0 && bytes <= MAX_CHUNK_BYTES && characters % 4 === 0 && CHUNK.test(body)) return bytes;
  throw malformed('body', `must be base64 of 1 to ${MAX_CHUNK_BYTES} bytes`);
}

const CHUNK = /^"[A-Za-z0-9+/]+={0,2}"$/;

function parse<Schema extends z.ZodType>(schema: Schema, frame: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(frame);
  if (success) return data;
  throw new ValidationError('This is no head of an HTTP message.', {
    issues: error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}

function malformed(path: string, message: string): ValidationError {
  return new ValidationError('This is no part of an HTTP message.', { issues: [{ path, message }] });
}
