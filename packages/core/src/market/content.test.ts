import { describe, expect, it, vi } from 'vitest';
import { toBase64, toUtf8 } from '../identity/bytes.ts';
import { fetchByDigest, fetchContent } from './content.ts';
import { createFakeMarket } from './testing/fake-market.ts';

/** An artifact with these bytes, as a stranger may have stored it. */
async function fetched(bytes: Uint8Array) {
  const { client, put } = createFakeMarket();
  const { cid, digest } = put('');
  vi.spyOn(client.artifacts, 'get').mockResolvedValue({
    ...{ cid, digest, content: toBase64(bytes), mediaType: 'text/plain', sizeBytes: bytes.length },
    ...{ visibility: 'public', createdAt: '2026-01-01T00:00:00Z' },
  });
  return fetchContent(client, cid);
}

describe('content of strangers', () => {
  it('reads as text and JSON what is', async () => {
    const content = await fetched(toUtf8('{"sum":3}'));
    expect(content.text()).toBe('{"sum":3}');
    expect(content.json()).toEqual({ sum: 3 });
  });

  it('refuses what is not, as wrong input', async () => {
    const broken = await fetched(new Uint8Array([0xff, 0xfe]));
    const wrong = expect.objectContaining({ code: 'VALIDATION_FAILED' });
    expect(() => broken.text()).toThrow(wrong);
    expect(() => broken.json()).toThrow(wrong);
    const text = await fetched(toUtf8('no json'));
    expect(() => text.json()).toThrow(wrong);
  });

  it('is not there where the job names none', () => {
    const { client } = createFakeMarket();
    expect(() => fetchByDigest(client, undefined)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
