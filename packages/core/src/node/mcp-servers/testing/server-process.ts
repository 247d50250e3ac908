import { fileURLToPath } from 'node:url';
import type { StdioDefinition } from '../definition.ts';

const script = fileURLToPath(new URL('server.ts', import.meta.url));

/** How to start the test server, which behaves as `mode` says. */
export function serverProcess(
  mode = 'good',
  { args = [], env = {} }: Partial<StdioDefinition> = {},
): StdioDefinition {
  return { type: 'stdio', command: process.execPath, args: [script, mode, ...args], env };
}
