import { expect, it } from 'vitest';
import { startGateway } from '../testing/test-gateway.ts';

const PAGE = 'https://app.example';

async function ask(url: string, origin: string, method = 'GET'): Promise<Response> {
  const asked = method === 'OPTIONS' && {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  return fetch(`${url}/health`, { method, headers: { origin, ...asked } });
}

it('answers pages of origins that the operator names, and browsers that ask for them', async () => {
  await using gateway = await startGateway({ allowedOrigins: [PAGE] });
  const answer = await ask(gateway.url, PAGE);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
  expect(answer.headers.get('vary')).toBe('origin');
  const question = await ask(gateway.url, PAGE, 'OPTIONS');
  expect(question.status).toBe(204);
  expect(question.headers.get('access-control-allow-methods')).toBe('POST');
  expect(question.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
});

it.each(['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example'])(
  'lets pages of %s read nothing',
  async (origin) => {
    await using gateway = await startGateway({ allowedOrigins: [PAGE] });
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await ask(gateway.url, origin, method);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  },
);

it('never lets a page use what a browser would add by itself', async () => {
  await using gateway = await startGateway({ allowedOrigins: ['*'] });
  const { headers } = await ask(gateway.url, PAGE);
  expect(headers.get('access-control-allow-origin')).toBe(PAGE);
  expect(headers.has('access-control-allow-credentials')).toBe(false);
});
