import { BonafideError } from '../../errors.ts';
import type { DiscoveredServer, DiscoveryProblem } from '../../models/mcp-server.ts';
import { type ConfigFile, configFiles } from './config-files.ts';
import { readEntry, type ServerDefinition, toTransport } from './definition.ts';
import type { Host } from './host.ts';
import { formatOf, parseConfig, type RawEntry } from './parse-config.ts';

/** A server as its file defines it: `shown` is for everybody, `definition` for starting it. */
export interface FoundServer {
  readonly shown: DiscoveredServer;
  readonly definition: ServerDefinition;
}

export interface Discovery {
  readonly found: readonly FoundServer[];
  readonly problems: readonly DiscoveryProblem[];
}

/** Reads the configuration of every known client, or one file; starts nothing. What cannot be read is a problem. */
export async function discover(
  host: Host,
  { configPath }: { readonly configPath?: string | undefined } = {},
): Promise<Discovery> {
  const files: readonly (ConfigFile | NamedFile)[] =
    configPath === undefined ? configFiles(host) : [{ client: 'file', path: configPath }];
  const each = await Promise.all(files.map((file) => readConfig(host, file)));
  return { found: each.flatMap(({ found }) => found), problems: each.flatMap(({ problems }) => problems) };
}

/** A file that the caller named; its format shows. */
type NamedFile = Omit<ConfigFile, 'format'> & { readonly client: 'file' };

async function readConfig(host: Host, file: ConfigFile | NamedFile): Promise<Discovery> {
  const { client, path: configPath } = file;
  try {
    const text = await host.readFile(configPath);
    const entries = await parseConfig(text, 'format' in file ? file.format : formatOf(configPath, text));
    return collect(entries.map((entry) => readServer(entry, file)));
  } catch (error) {
    if (isAbsent(error)) {
      if (client !== 'file') return { found: [], problems: [] };
      throw new BonafideError('NOT_FOUND', `There is no file ${configPath}.`);
    }
    return { found: [], problems: [{ configPath, message: reasonOf(error) }] };
  }
}

function readServer(
  entry: RawEntry,
  { client, path: configPath, project }: ConfigFile | NamedFile,
): FoundServer | DiscoveryProblem {
  const { name, project: folder = project } = entry;
  try {
    const { definition, isEnabled } = readEntry(entry.value);
    const shown = {
      name,
      client,
      configPath,
      project: folder,
      isEnabled,
      transport: toTransport(definition),
    };
    return { shown, definition };
  } catch (error) {
    return { configPath, message: `The server '${name}' is ${reasonOf(error)}` };
  }
}

function collect(results: readonly (FoundServer | DiscoveryProblem)[]): Discovery {
  return {
    found: results.filter((result) => 'shown' in result),
    problems: results.filter((result) => 'message' in result),
  };
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

// Messages of strangers may quote what they read.
function reasonOf(error: unknown): string {
  if (BonafideError.is(error)) return error.message;
  if (error instanceof RangeError) return 'It is nested too deeply.';
  return `It cannot be read: ${codeOf(error) || 'unknown error'}.`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
