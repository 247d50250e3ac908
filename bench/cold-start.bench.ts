// Spawn to tools/list answered: the published bin (bundled, compile cache warm) against the smallest server of the SDK
// from node_modules. Ours offers its whole default toolset, the peer one tool. Wall time.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compareCosts, type Side } from './rounds.ts';

const ROUNDS = 21;

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};
const afterwards = [
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} },
];

/** Milliseconds from spawn until the tools are listed. */
async function timeToTools(script: string, home: string): Promise<number> {
  const start = performance.now();
  const server = spawn(process.execPath, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: home },
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const send = (message: object): boolean => server.stdin.write(`${JSON.stringify(message)}\n`);
  send(initialize);
  for await (const line of createInterface({ input: server.stdout })) {
    const { id, result } = JSON.parse(line);
    if (id === 1) afterwards.forEach(send);
    if (id !== 2) continue;
    const elapsed = performance.now() - start;
    if (!(result.tools.length > 0)) throw new Error(`${script} lists no tools`);
    server.stdin.end();
    await exited;
    return elapsed;
  }
  throw new Error(`${script} ended without listing its tools`);
}

const folder = await mkdtemp(join(tmpdir(), 'bonafide-bench-'));
const side = (name: string, script: string): Side => ({ name, measure: () => timeToTools(script, folder) });
try {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('../packages/mcp/scripts/bundle.ts', import.meta.url)),
    folder,
  ]);
  await compareCosts('cold-start', {
    ours: side('bonafide-mcp, bundled', join(folder, 'bonafide-mcp.mjs')),
    peer: side('bare SDK from node_modules', fileURLToPath(new URL('servers/bare-mcp.mjs', import.meta.url))),
    rounds: ROUNDS,
    unit: 'ms',
  });
} finally {
  await rm(folder, { recursive: true });
}
