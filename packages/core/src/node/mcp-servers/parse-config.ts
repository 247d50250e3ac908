import type { ParseError } from 'jsonc-parser';
import { BonafideError } from '../../errors.ts';
import type { ConfigFormat } from './config-files.ts';

/** An entry as it stands in a file, not yet checked. */
export interface RawEntry {
  readonly name: string;
  readonly value: unknown;
  /** The folder that the file gives it to, as `~/.claude.json` does. */
  readonly project?: string | undefined;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * The servers in a configuration file. Errors name the place and never quote the text, which may hold secrets.
 * JSON may have comments and trailing commas, as the clients allow.
 */
export async function parseConfig(text: string, format: ConfigFormat): Promise<readonly RawEntry[]> {
  const content = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (content.trim() === '') return [];
  const root = format === 'toml' ? await parseToml(content) : await parseJson(content);
  if (!isTable(root)) throw malformed('It is no object.');
  return [
    ...sections(root).flatMap((section) => toEntries(section)),
    ...Object.entries(tableOf(fieldOf(root, 'projects'))).flatMap(([project, value]) =>
      toEntries(fieldOf(value, 'mcpServers')).map((entry) => ({ ...entry, project })),
    ),
  ];
}

/** By its name, else by how it begins. */
export function formatOf(path: string, text: string): ConfigFormat {
  if (/\.toml$/i.test(path)) return 'toml';
  if (/\.jsonc?$/i.test(path)) return 'json';
  return /^\ufeff?\s*(\{|\/[/*])/.test(text) ? 'json' : 'toml';
}

// Claude, Cursor and Windsurf; VS Code; VS Code before 1.102 in settings.json; Codex.
function sections(root: Table): readonly unknown[] {
  const inSettings = fieldOf(fieldOf(root, 'mcp'), 'servers');
  const named = ['mcpServers', 'servers', 'mcp.servers', 'mcp_servers'].map((name) => fieldOf(root, name));
  return [...named, inSettings];
}

// A file may hold `__proto__`, which is no way to give it fields.
function fieldOf(value: unknown, name: string): unknown {
  return isTable(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function toEntries(section: unknown): readonly RawEntry[] {
  return Object.entries(tableOf(section)).map(([name, value]) => ({ name, value }));
}

async function parseJson(text: string): Promise<unknown> {
  const { parse, printParseErrorCode } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (!first) return value;
  const line = text.slice(0, first.offset).split('\n').length;
  throw malformed(`It is not JSON: ${printParseErrorCode(first.error)} in line ${line}.`);
}

async function parseToml(text: string): Promise<unknown> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    // The parser's own message quotes the lines around the mistake.
    throw malformed(error instanceof TomlError ? `It is not TOML: line ${error.line}.` : 'It is not TOML.');
  }
}

function malformed(message: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', message);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tableOf(value: unknown): Table {
  return isTable(value) ? value : {};
}
