import { posix, win32 } from 'node:path';
import type { McpClientName } from '../../models/mcp-server.ts';
import type { Host } from './host.ts';

/** How the servers are written in a file. */
export type ConfigFormat = 'json' | 'toml';

/** A file in which a client keeps its MCP servers. */
export interface ConfigFile {
  readonly client: McpClientName;
  readonly path: string;
  readonly format: ConfigFormat;
  /** The folder it belongs to; absent: the user. */
  readonly project?: string | undefined;
}

/** Every file that is looked at, the user's before those of the project in the current folder. */
export function configFiles(host: Host): readonly ConfigFile[] {
  const { join } = host.platform === 'win32' ? win32 : posix;
  const { home, cwd, env } = host;
  const settings = settingsFolder(host, join);
  const claude = env.CLAUDE_CONFIG_DIR || home;
  const codex = env.CODEX_HOME || join(home, '.codex');
  const user = (client: McpClientName, path: string): ConfigFile => ({ client, path, format: 'json' });
  const project = (client: McpClientName, ...path: string[]): ConfigFile => ({
    ...user(client, join(cwd, ...path)),
    project: cwd,
  });
  return [
    user('claude-desktop', join(settings, 'Claude', 'claude_desktop_config.json')),
    user('claude-code', join(claude, '.claude.json')),
    user('cursor', join(home, '.cursor', 'mcp.json')),
    user('vscode', join(settings, 'Code', 'User', 'mcp.json')),
    user('vscode', join(settings, 'Code', 'User', 'settings.json')),
    user('windsurf', join(home, '.codeium', 'windsurf', 'mcp_config.json')),
    { client: 'codex', path: join(codex, 'config.toml'), format: 'toml' },
    project('claude-code', '.mcp.json'),
    project('cursor', '.cursor', 'mcp.json'),
    project('vscode', '.vscode', 'mcp.json'),
    project('vscode', '.vscode', 'settings.json'),
  ];
}

function settingsFolder({ platform, home, env }: Host, join: (...parts: string[]) => string): string {
  if (platform === 'win32') return env.APPDATA || join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || join(home, '.config');
}
