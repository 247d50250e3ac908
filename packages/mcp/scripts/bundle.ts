// Makes the bin: one file per way of use, so that a start reads only what it needs. `node scripts/bundle.ts [OUT]`.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const source = (name: string): string => fileURLToPath(new URL(`../src/${name}`, import.meta.url));

/** Modules whose value is known at build time: read here once instead of computed at every start. */
const readyMade: Plugin = {
  name: 'ready-made',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]mcp[/\\]src[/\\](catalog|version)\.ts$/ }, async ({ path }) => {
      const values: Record<string, unknown> = await import(path);
      const lines = Object.entries(values).map(
        ([name, value]) => `export const ${name} = ${JSON.stringify(value)};`,
      );
      return { contents: lines.join('\n'), loader: 'js' };
    });
  },
};

// What is never used here and would be read at every start: the SDK's default JSON Schema validator (see
// tool-server.ts) and zod's messages in fifty languages.
const leftOut: Plugin = {
  name: 'left-out',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({ contents: 'export {};' }));
    onLoad({ filter: /[/\\]@modelcontextprotocol[/\\]server[/\\]dist[/\\]shimsNode\.mjs$/ }, () => ({
      contents:
        "export { default as process } from 'node:process'; export class DefaultJsonSchemaValidator {}",
    }));
  },
};

// Compiled code is cached in a folder of this user, because whoever can write there can run code as the user; without
// one a start is only slower. zod builds a parser in source text for each schema at its first use, which costs a server
// that uses most of them once more than it saves.
const starter = `#!/usr/bin/env node
import { homedir } from 'node:os';
import { join } from 'node:path';
import { enableCompileCache } from 'node:module';
try {
  enableCompileCache(join(homedir(), '.cache', 'bonafide-mcp'));
} catch {}
globalThis.__zod_globalConfig = { jitless: true };
await import('./server/bin.mjs');
`;

const shared: BuildOptions = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // Some dependencies are CommonJS and ask for Node's own modules with require.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
};

/** Bundled on its own: built together, esbuild would put the operations it needs into what every start reads. */
const agentApart: Plugin = {
  name: 'agent-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/agent-caller\.ts$/ }, () => ({
      path: '../agent/agent-caller.mjs',
      external: true,
    }));
  },
};

/** Makes `bonafide-mcp.mjs` and the folders it loads from in `out`. */
export async function bundle(out: string): Promise<void> {
  const [server, agent] = [join(out, 'server'), join(out, 'agent')];
  for (const folder of [server, agent]) await rm(folder, { recursive: true, force: true });
  const plugins = [readyMade, leftOut];
  await build({
    ...shared,
    entryPoints: [source('bin.ts')],
    outdir: server,
    plugins: [...plugins, agentApart],
  });
  await build({
    ...shared,
    entryPoints: [source('agent-caller.ts')],
    outdir: agent,
    plugins,
    // Not part of it: found where it was installed beside this package.
    external: ['@bonafide/p2p'],
  });
  await writeFile(join(out, 'bonafide-mcp.mjs'), starter, { mode: 0o755 });
}

if (import.meta.main) await bundle(process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url)));
