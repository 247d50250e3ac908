import { BonafideError } from '../errors.ts';
import type { LocalOperation, OperationRisk } from '../operations/define.ts';
import { parseInput, parseOutput } from '../operations/validate.ts';
import type { Governance } from './governance.ts';
import type { LocalContext } from './local-handlers.ts';
import { runGranted } from './run-granted.ts';
import type { CallOptions, Grant } from './types.ts';

/** What every local call of one client shares. */
export interface LocalRuntime {
  readonly governance: Governance;
  readonly load: (noun: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly context: Omit<LocalContext, 'did' | 'signal' | 'timeoutMs' | 'idempotencyKey' | 'grant'>;
  /** Absent for a client without a key. */
  readonly did: string | undefined;
  readonly warn: (error: BonafideError) => void;
}

type Run = (grant: Grant | undefined) => Promise<unknown>;

const governedRisks: readonly OperationRisk[] = ['medium', 'high', 'critical'];

/** Runs a local operation, from medium risk on only with the gateway's permission; its handler runs at most once. */
export async function callLocal(
  runtime: LocalRuntime,
  call: { readonly operation: LocalOperation; readonly input: unknown; readonly options: CallOptions },
): Promise<unknown> {
  const { operation, options } = call;
  const { did } = runtime;
  if (did === undefined && !operation.isKeyless) {
    throw new BonafideError(
      'UNSUPPORTED',
      `${operation.id} runs as an agent: call it on what secure() returns.`,
      { details: { reason: 'no-agent' } },
    );
  }
  const input = parseInput(operation, call.input);
  const handler = await loadHandler(runtime, operation);
  const { signal, timeoutMs, idempotencyKey } = options;
  const run: Run = async (grant) =>
    handler({ ...runtime.context, did, signal, timeoutMs, idempotencyKey, grant }, input);
  if (!governedRisks.includes(operation.risk)) return parseOutput(operation, await run(undefined));
  return parseOutput(operation, await runGoverned(runtime, { operation, input, options, run }));
}

interface GovernedCall {
  readonly operation: LocalOperation;
  readonly input: Readonly<Record<string, unknown>>;
  readonly options: CallOptions;
  readonly run: Run;
}

async function runGoverned(runtime: LocalRuntime, call: GovernedCall): Promise<unknown> {
  const { operation, input, options, run } = call;
  const risk = operation.risk === 'none' ? 'low' : operation.risk;
  const request = { action: operation.id, parameters: withoutAbsent(input), risk };
  const grant = await runtime.governance.authorize(request, options);
  return runGranted(grant, { run: () => run(grant), warn: runtime.warn });
}

/** JSON has no `undefined`: a field that was given as such was not given. */
function withoutAbsent(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(input));
}

type AnyHandler = (context: LocalContext, input: unknown) => Promise<unknown>;

async function loadHandler(runtime: LocalRuntime, { id }: LocalOperation): Promise<AnyHandler> {
  const table = await runtime.load(id.slice(0, id.indexOf('.')));
  const handler = Object.hasOwn(table, id) ? table[id] : undefined;
  if (typeof handler === 'function') return handler as AnyHandler;
  throw new BonafideError('UNSUPPORTED', `${id} is not an operation of this version.`);
}
