import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { ParameterTree } from './mentions.ts';

type CedarRecord = Record<string, CedarValueJson>;

/**
 * The parameters that policies speak of, as Cedar values. What Cedar cannot hold (a fraction where no decimal is
 * expected, a number beyond 2^53) comes as text: a comparison with it fails, and a forbid that fails counts.
 */
export function pickParameters(
  tree: ParameterTree,
  parameters: Readonly<Record<string, unknown>>,
): CedarRecord {
  const picked: CedarRecord = {};
  for (const [name, type] of tree) {
    if (!Object.hasOwn(parameters, name)) continue;
    const value = parameters[name];
    if (value === null || value === undefined) continue;
    picked[name] =
      typeof type !== 'string' && isRecord(value) ? pickParameters(type, value) : toCedar(value, type);
  }
  return picked;
}

function toCedar(value: unknown, type?: ParameterTree | string): CedarValueJson {
  if (type === 'decimal') return toDecimal(value) ?? toPlain(value);
  return toPlain(value);
}

/** Beyond this a value counts as one that cannot be compared: the engine's stack and time are not the caller's. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 1000;

function toPlain(value: unknown, depth = 0): CedarValueJson {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : String(value);
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return {};
  if (Object.keys(value).length > MAX_ITEMS) return {};
  if (Array.isArray(value)) return value.map((each) => toPlain(each, depth + 1));
  // `__extn` and `__entity` are Cedar's own: an agent must not pass off an object as a decimal or as another agent.
  const entries = Object.entries(value).filter(([name]) => !name.startsWith('__'));
  return Object.fromEntries(entries.map(([name, each]) => [name, toPlain(each, depth + 1)]));
}

// Four places and 64 bits, as Cedar has it. Amounts travel as decimal strings too.
function toDecimal(value: unknown): CedarValueJson | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = /^(-?\d{1,14})(?:\.(\d+?)0*)?$/.exec(String(value));
  if (!match) return undefined;
  const [, whole = '0', fraction = '0'] = match;
  return fraction.length > 4 ? undefined : { __extn: { fn: 'decimal', arg: `${whole}.${fraction}` } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
