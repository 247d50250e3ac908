import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageSettings } from './page-settings.ts';

const LOOPBACK = '127.0.0.1';

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  /** From now on pages know where the gateway is, and how to enrol there. */
  open(settings: PageSettings): void;
}

/** Serves the page on a free loopback port. */
export async function startPageServer(): Promise<PageServer> {
  const files = await readFiles();
  let connectTo = '';
  const server = createServer(({ url = '' }, outgoing) => {
    const file = files.get(url);
    if (file) sendFile(outgoing, { ...file, connectTo });
    else outgoing.writeHead(404).end();
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    open(settings) {
      connectTo = `${settings.gatewayUrl} ${settings.gatewayUrl.replace(/^http/, 'ws')}`;
      files.set('/settings.json', { type: 'application/json', body: JSON.stringify(settings) });
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

interface File {
  readonly type: string;
  readonly body: string | Uint8Array;
}

async function readFiles(): Promise<Map<string, File>> {
  const pathTo = (name: string) => fileURLToPath(new URL(`./page/${name}`, import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [pathTo('page.ts')], bundle: true, write: false },
    ...{ format: 'esm', platform: 'browser', minify: true },
  });
  return new Map<string, File>([
    ['/', { type: 'text/html; charset=utf-8', body: await readFile(pathTo('index.html')) }],
    ['/style.css', { type: 'text/css', body: await readFile(pathTo('style.css')) }],
    ['/page.js', { type: 'text/javascript', body: outputFiles[0]?.contents ?? '' }],
  ]);
}

/** The page runs what is served here, and talks to its gateway and to peers; should anything smuggle markup into it, no more. */
function sendFile(outgoing: ServerResponse, { type, body, connectTo }: File & { connectTo: string }): void {
  const policy = `default-src 'self'; connect-src 'self' ${connectTo}; img-src 'self' data:; base-uri 'none'`;
  outgoing.writeHead(200, {
    ...{ 'content-type': type, 'cache-control': 'no-store' },
    'content-security-policy': `${policy}; frame-ancestors 'none'`,
  });
  outgoing.end(body);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
