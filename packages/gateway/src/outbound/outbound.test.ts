import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { ValidationError } from '@bonafide/core/errors';
import { afterEach, describe, expect, it } from 'vitest';
import { createOutbound, type OutboundOptions } from './outbound.ts';

const strict = { allowHttp: false, allowPrivateAddresses: false };
const withHttp = { allowHttp: true, allowPrivateAddresses: false };
const laptop = { allowHttp: true, allowPrivateAddresses: true };
const post = { headers: { 'content-type': 'application/json' }, body: '{}' };

/** Answers each question with the next list, the last one for ever. */
function resolverOf(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = async (host: string) => {
    asked.push(host);
    return answers[Math.min(asked.length, answers.length) - 1] ?? [];
  };
  return { asked, resolve };
}

const outboundOf = (options: Partial<OutboundOptions>) => createOutbound({ ...strict, ...options });
const send = (url: string, options: Partial<OutboundOptions>) =>
  outboundOf(options).post(url, { ...post, signal: new AbortController().signal });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listen(
  answer: RequestListener,
): Promise<{ url: string; port: number; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port, requests };
}

describe('addresses', () => {
  const closed = [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
    ...[
      '172.16.0.1',
      '172.31.255.255',
      '192.0.0.1',
      '192.0.2.1',
      '192.168.1.1',
      '198.18.0.1',
      '198.51.100.1',
    ],
    ...['203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b:1::a9fe:a9fe', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::'],
    ...['3fff::1', '4000::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1', '5f00::1'],
  ];

  it.each(closed)('%s is refused, as literal and behind a name', async (address) => {
    const literal = address.includes(':') ? `[${address}]` : address;
    await expect(outboundOf({}).check(`https://${literal}/`)).rejects.toBeInstanceOf(ValidationError);
    const { resolve } = resolverOf([address]);
    await expect(outboundOf({ resolve }).check('https://name.example/')).rejects.toThrow('does not call');
    await expect(send('https://name.example/', { resolve })).rejects.toThrow('does not call');
  });

  it.each(['1.1.1.1', '8.8.8.8', '[2606:4700:4700::1111]', '[2a00:1450::1]'])('%s is not', async (host) => {
    await expect(outboundOf({}).check(`https://${host}/`)).resolves.toBeUndefined();
  });

  it.each(['169.254.169.254', '0.0.0.0', '224.0.0.1', '::', 'fe80::1', '::ffff:127.0.0.1'])(
    '%s stays refused where private addresses are allowed',
    async (address) => {
      const { resolve } = resolverOf([address]);
      await expect(outboundOf({ ...laptop, resolve }).check('http://a.example/')).rejects.toThrow(
        'does not call',
      );
    },
  );

  it.each(['10.0.0.1', '127.0.0.1', '192.168.0.9', '100.64.0.1', '[::1]', '[fd00::1]', 'localhost'])(
    '%s is open where private addresses are allowed',
    async (host) => {
      await expect(outboundOf(laptop).check(`http://${host}:3000/`)).resolves.toBeUndefined();
    },
  );
});

describe('hostile URLs', () => {
  it.each([
    ...['http://2130706433/', 'http://0x7f000001/', 'http://017700000001/', 'http://127.1/', 'http://0/'],
    ...['http://0177.0.0.1/', 'http://0x7f.0.0.1/', 'http://127.0.0.1./', 'http://①②⑦.⓪.⓪.①/'],
    ...['http://3232235777/', 'http://[::ffff:7f00:1]/', 'http://[0:0:0:0:0:0:0:1]/', 'http://[::]/'],
    ...['http://%6c%6f%63alhost/', 'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/'],
    ...['ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'data:,x', 'javascript:1'],
    ...[
      'http://user@1.1.1.1/',
      ['http://user', 'pass@1.1.1.1/'].join(':'),
      'http://1.1.1.1@127.0.0.1/',
      '//1.1.1.1/',
      '',
    ],
    ...['http://1.1.1.1:22/', 'http://1.1.1.1:25/', 'http://1.1.1.1:1/', 'http://1.1.1.1:99999/'],
    ...['http://[fe80::1%25eth0]/', 'http://[::1'],
  ])('%s is refused', async (url) => {
    const { resolve } = resolverOf(['127.0.0.1']);
    const outbound = outboundOf({ ...withHttp, resolve });
    await expect(outbound.check(url)).rejects.toBeInstanceOf(ValidationError);
    await expect(outbound.post(url, { ...post, signal: new AbortController().signal })).rejects.toThrow();
  });

  it.each(['http://localhost/', 'http://LOCALHOST./', 'http://a.localhost:8080/'])(
    '%s is this machine, whatever a name server says',
    async (url) => {
      await expect(outboundOf(withHttp).check(url)).rejects.toThrow('does not call');
    },
  );

  it('plain http is refused unless the operator allows it', async () => {
    await expect(outboundOf({}).check('http://1.1.1.1/')).rejects.toThrow('https');
    await expect(outboundOf(withHttp).check('http://1.1.1.1/')).resolves.toBeUndefined();
  });

  it('one private address among public ones refuses the name', async () => {
    const { resolve } = resolverOf(['1.1.1.1', '10.0.0.1', '8.8.8.8']);
    await expect(outboundOf({ resolve }).check('https://a.example/')).rejects.toThrow('does not call');
    await expect(send('https://a.example/', { resolve })).rejects.toThrow('does not call');
  });

  it('a refusal does not say where the name led', async () => {
    const { resolve } = resolverOf(['10.11.12.13']);
    await expect(outboundOf({ resolve }).check('https://a.example/')).rejects.not.toThrow(/10\.11/);
  });
});

describe('sending', () => {
  it('posts the body and returns the status', async () => {
    const { url, requests } = await listen((_, response) => response.writeHead(204).end());
    expect(await send(url, laptop)).toBe(204);
    expect(requests.map(({ method, headers }) => [method, headers['content-type']])).toEqual([
      ['POST', 'application/json'],
    ]);
  });

  it('resolves again for each call, and refuses a name that became private (rebinding)', async () => {
    const { port, requests } = await listen((_, response) => response.end());
    const { resolve, asked } = resolverOf(['1.1.1.1'], ['127.0.0.1']);
    const outbound = outboundOf({ ...withHttp, resolve });
    const url = `http://rebind.example:${port}/`;
    await expect(outbound.check(url)).resolves.toBeUndefined();
    await expect(outbound.post(url, { ...post, signal: new AbortController().signal })).rejects.toThrow(
      'does not call',
    );
    expect([asked.length, requests.length]).toEqual([2, 0]);
  });

  it('connects to what it checked, asking for the name once', async () => {
    const { port, requests } = await listen((_, response) => response.end());
    const { resolve, asked } = resolverOf(['127.0.0.1'], ['10.255.255.1']);
    expect(await send(`http://once.example:${port}/`, { ...laptop, resolve })).toBe(200);
    expect(asked).toEqual(['once.example']);
    expect(requests[0]?.headers.host).toBe(`once.example:${port}`);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    const target = await listen((_, response) => response.end());
    const { url } = await listen((_, response) => response.writeHead(status, { location: target.url }).end());
    expect(await send(url, laptop)).toBe(status);
    expect(target.requests).toEqual([]);
  });

  it('does not read a body without end', async () => {
    const closed = Promise.withResolvers<void>();
    const { url } = await listen((_, response) => {
      response.once('close', () => closed.resolve());
      const pump = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', pump);
      };
      pump();
    });
    expect(await send(url, laptop)).toBe(200);
    await closed.promise;
  });

  it('gives up on a receiver that never answers, and on one that sends no end of headers', async () => {
    const silent = await listen(() => undefined);
    await expect(send(silent.url, { ...laptop, timeoutMs: 20 })).rejects.toThrow(/timeout/i);
    const flood = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`);
    });
    await once(flood.listen(0, '127.0.0.1'), 'listening');
    const { port } = flood.address() as AddressInfo;
    await expect(send(`http://127.0.0.1:${port}/`, laptop)).rejects.toThrow(/overflow/i);
    flood.close();
  });

  it('gives up on a name server that never answers', async () => {
    const resolve = () => new Promise<string[]>(() => undefined);
    await expect(send('https://slow.example/', { resolve, timeoutMs: 20 })).rejects.toThrow(/timeout/i);
  });

  it('stops at once when it is told to', async () => {
    const controller = new AbortController();
    const { url } = await listen(() => controller.abort(new Error('stopping')));
    const sent = outboundOf(laptop).post(url, { ...post, signal: controller.signal });
    await expect(sent).rejects.toThrow('stopping');
  });
});
