// A verified action over HTTP (RFC 9421 signature, replay check, decision, durable action, audit entry, event and
// idempotency answer) against a bare node:http server that only verifies an Ed25519 signature over the body.
// Both in their own processes, in one run, by CPU time of the server: the load generator does not count.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeyPair, fromDid, type Signer, signerFromSeed, signRequest } from '@bonafide/core/identity';
import { v7 } from 'uuid';
import { sendAll } from './load.ts';
import { measureSides, ratioOf, type Side } from './rounds.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const ROUNDS = 9;
const REQUESTS = 4000;
const CONNECTIONS = 50;
const AGENTS = 50;

const gatewayBin = fileURLToPath(import.meta.resolve('@bonafide/gateway/package.json')).replace(
  'package.json',
  'bin/bonafide-gateway.js',
);
const bareServer = fileURLToPath(new URL('servers/bare-verify.mjs', import.meta.url));

function bodyOf(): string {
  return JSON.stringify({
    action: 'weather.lookup',
    risk: 'low',
    parameters: { city: 'Lisbon', days: 7, units: 'metric', note: 'x'.repeat(120), trace: randomUUID() },
    resource: 'weather.example',
  });
}

function toHttp(url: string, headers: Record<string, string>, body: string): string {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `POST ${new URL(url).pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function signedRequest(
  url: string,
  { signer, body }: { signer: Signer; body: string },
): Promise<string> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': v7() };
  const signature = await signRequest({ method: 'POST', url, headers, body }, signer, {
    expiresInSeconds: 300,
  });
  return toHttp(url, { ...headers, ...signature }, body);
}

async function bareRequest(url: string, { signer, body }: { signer: Signer; body: string }): Promise<string> {
  const signature = await signer.sign(Buffer.from(body));
  const key = Buffer.from(fromDid(signer.did)).toString('base64url');
  const headers = {
    'content-type': 'application/json',
    'x-key': key,
    'x-signature': Buffer.from(signature).toString('base64url'),
  };
  return toHttp(url, headers, body);
}

async function registeredAgents(url: string): Promise<Signer[]> {
  return Promise.all(
    Array.from({ length: AGENTS }, async (_, index) => {
      const signer = signerFromSeed(createKeyPair().seed);
      const body = JSON.stringify({ name: `agent-${index}` });
      const request = await signedRequest(`${url}/v1/agents`, { signer, body });
      await sendAll({ url, requests: [request], connections: 1 });
      return signer;
    }),
  );
}

/** Microseconds of server CPU for each request; requests are signed before the clock starts. */
function side(name: string, server: ServerProcess, make: (index: number) => Promise<string>): Side {
  return {
    name,
    async measure() {
      const requests = await Promise.all(Array.from({ length: REQUESTS }, (_, index) => make(index)));
      const before = server.cpuSeconds();
      await sendAll({ url: server.url, requests, connections: CONNECTIONS });
      return ((server.cpuSeconds() - before) * 1e6) / REQUESTS;
    },
  };
}

const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
try {
  await using gateway = await startServer([gatewayBin], {
    BONAFIDE_PORT: '0',
    BONAFIDE_DATABASE: join(folder, 'bench.db'),
    BONAFIDE_RATE_LIMIT_PER_SECOND: '1000000',
    BONAFIDE_RATE_LIMIT_BURST: '1000000',
  });
  await using nodeServer = await startServer([bareServer, 'node']);
  await using sodiumServer = await startServer([bareServer, 'sodium']);
  const signers = await registeredAgents(gateway.url);
  const pick = (index: number): Signer => signers[index % signers.length] ?? signerFromSeed(randomBytes(32));
  const bare = (name: string, server: ServerProcess) =>
    side(name, server, (index) =>
      bareRequest(`${server.url}/v1/actions`, { signer: pick(index), body: bodyOf() }),
    );
  const [ours, node, sodium] = await measureSides(
    [
      side('gateway, actions.verify', gateway, (index) =>
        signedRequest(`${gateway.url}/v1/actions`, { signer: pick(index), body: bodyOf() }),
      ),
      bare('bare node:http, node:crypto', nodeServer),
      bare('bare node:http, sodium-native', sodiumServer),
    ],
    { rounds: ROUNDS, unit: 'us of server CPU' },
  );
  if (ours === undefined || node === undefined || sodium === undefined) throw new Error('a side is missing');
  const throughput = (cost: number): string => `${Math.round(1e6 / cost)}/cpu-s`;
  console.log(
    `verified-action ratio=${ratioOf([node, ours])} ours=${throughput(ours)} peer=${throughput(node)} against-sodium=${ratioOf([sodium, ours])}`,
  );
} finally {
  await rm(folder, { recursive: true });
}
