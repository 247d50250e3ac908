import { BonafideError, VerificationError } from '../errors.ts';
import { digestOf } from '../identity/canonical.ts';
import type { Risk } from '../models/common.ts';
import { type Governance, insist } from './governance.ts';
import { type JsonObject, redact, redactResult, toJsonParameters } from './json-parameters.ts';
import { type OutcomeReport, toOutcomeReport } from './outcome.ts';
import { runGranted } from './run-granted.ts';
import type { Tracking } from './tracking-types.ts';
import type { ActionRequest, Client, Grant } from './types.ts';

export interface TrackingSettings {
  readonly client: Pick<Client, 'actions'> & Governance;
  readonly autoVerify: boolean;
  readonly warn: (error: BonafideError) => void;
}

type AnyRun = (this: unknown, ...args: unknown[]) => unknown;

interface Options {
  readonly action?: string;
  readonly risk?: Risk;
  readonly parameters?: (...args: unknown[]) => Readonly<Record<string, unknown>>;
  readonly redact?: readonly string[];
  readonly resource?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onUnavailable?: 'refuse' | 'run';
}

interface Plan extends Options {
  readonly action: string;
  readonly risk: Risk;
  readonly run: AnyRun;
}

interface Kind {
  readonly name: string;
  readonly risks: readonly Risk[];
}

/** The decorators and wrappers of one agent. */
export function createTracking(settings: TrackingSettings): Tracking {
  const track = createTracker(settings, {
    name: 'trackAction',
    risks: ['low', 'medium', 'high', 'critical'],
  });
  const approve = createTracker(settings, { name: 'requireApproval', risks: ['high', 'critical'] });
  // The overloads say which of the four forms each call has.
  return { trackAction: track, requireApproval: approve } as unknown as Tracking;
}

function createTracker(settings: TrackingSettings, kind: Kind) {
  const wrap = (run: AnyRun, options: Options) =>
    toTracked(settings, toPlan(settings, { kind, run, options }));
  const decorate = (method: unknown, context: unknown, options: Options) =>
    wrap(toMethod(kind, method, context), { action: nameOf(context), ...withoutAbsent(options) });
  return (first: unknown, second: unknown) => {
    if (typeof first === 'function') {
      return second === undefined ? wrap(first as AnyRun, {}) : decorate(first, second, {});
    }
    const options = (first ?? {}) as Options;
    if (typeof second === 'function') return wrap(second as AnyRun, options);
    return (method: unknown, context: unknown) => decorate(method, context, options);
  };
}

function toMethod({ name }: Kind, method: unknown, context: unknown): AnyRun {
  const kind =
    typeof context === 'object' && context !== null && 'kind' in context ? context.kind : undefined;
  if (kind === 'method' && typeof method === 'function') return method as AnyRun;
  const found =
    kind === undefined ? 'a legacy decorator call (turn experimentalDecorators off)' : `a ${kind}`;
  throw misuse(`@${name} decorates methods, not ${found}.`);
}

/** `#erase` and `erase` are one action; a symbol names none. */
function nameOf(context: unknown): string {
  const { name } = context as ClassMethodDecoratorContext;
  return typeof name === 'string' ? name.replace(/^#/, '') : '';
}

function withoutAbsent(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function toPlan(
  { autoVerify }: TrackingSettings,
  { kind, run, options }: { readonly kind: Kind; readonly run: AnyRun; readonly options: Options },
): Plan {
  const { action = run.name, risk = kind.risks[0] ?? 'critical', onUnavailable } = options;
  if (/Generator/.test(Object.prototype.toString.call(run))) {
    throw misuse(
      `${kind.name} cannot track the generator '${action}': wrap what it does at each step instead.`,
    );
  }
  if (action === '') throw misuse(`${kind.name} needs the option action where the function has no name.`);
  if (!kind.risks.includes(risk)) throw misuse(`${kind.name} takes the risks ${kind.risks.join(', ')}.`);
  if (onUnavailable === 'run' && risk !== 'low') {
    throw misuse(`'${action}' is ${risk} risk: only low risk may run while the gateway is away.`);
  }
  if (!autoVerify && (risk === 'high' || risk === 'critical')) {
    throw misuse(`'${action}' is ${risk} risk and cannot go unverified: leave autoVerify on.`);
  }
  return { ...options, action, risk, run };
}

function misuse(message: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', message);
}

function toTracked(settings: TrackingSettings, plan: Plan): AnyRun {
  const tracked: AnyRun = async function tracked(...args) {
    const parameters = readParameters(plan, args);
    const call: Call = {
      plan,
      parameters,
      run: () => plan.run.apply(this, args),
      reread: () => readParameters(plan, args),
    };
    return settings.autoVerify ? runPermitted(settings, call) : runLogged(settings, call);
  };
  return Object.defineProperty(tracked, 'name', { value: plan.run.name, configurable: true });
}

interface Call {
  readonly plan: Plan;
  /** Everything; what is hidden must not change either. */
  readonly parameters: JsonObject;
  readonly run: () => unknown;
  readonly reread: () => JsonObject;
}

function readParameters({ parameters }: Plan, args: readonly unknown[]): JsonObject {
  const named = parameters
    ? parameters(...args)
    : Object.fromEntries(args.map((value, index) => [`arg${index}`, value]));
  return toJsonParameters(named);
}

async function runPermitted(settings: TrackingSettings, call: Call): Promise<unknown> {
  const { plan, parameters } = call;
  const { client, warn } = settings;
  const hidden = plan.redact ?? [];
  let grant: Grant;
  try {
    const { timeoutMs, signal } = plan;
    grant = await client.authorize(toRequest(call), { timeoutMs, signal });
  } catch (error) {
    if (plan.onUnavailable !== 'run' || !isAway(error)) throw error;
    return runUnasked(settings, call, error);
  }
  const asked = digestOf(parameters);
  const run = () => {
    if (digestOf(call.reread()) !== asked) throw changed(plan, grant);
    return call.run();
  };
  return runGranted(grant, { run, toLogged: (result) => redactResult(result, hidden), warn });
}

function toRequest({ plan, parameters }: Call): ActionRequest {
  const { action, risk, resource } = plan;
  const shown = redact(parameters, plan.redact ?? []);
  return { action, parameters: shown, risk, ...(resource === undefined ? {} : { resource }) };
}

/** Whoever waits may find that the caller has meanwhile changed what it handed over. */
function changed({ action }: Plan, { actionId }: Grant): VerificationError {
  const reason = 'Its arguments were changed after it was asked for.';
  return new VerificationError(`'${action}' did not run: ${reason}`, { details: { actionId, reason } });
}

/** Nobody could be asked; once the question is stored, its answer counts. */
function isAway(error: unknown): error is BonafideError {
  if (!BonafideError.is(error) || 'actionId' in error.details) return false;
  return ['CONNECTION_FAILED', 'UNAVAILABLE', 'TIMEOUT'].includes(error.code);
}

async function runUnasked(settings: TrackingSettings, call: Call, cause: BonafideError): Promise<unknown> {
  const message = `'${call.plan.action}' runs without permission, because the gateway is away; it is logged when the gateway is back.`;
  settings.warn(new BonafideError('UNAVAILABLE', message, { cause }));
  return runAndTell(call, (report) => void log(settings, call, report));
}

function runLogged(settings: TrackingSettings, call: Call): Promise<unknown> {
  return runAndTell(call, (report) => log(settings, call, report));
}

async function runAndTell(
  { run, plan }: Call,
  tell: (report: OutcomeReport) => void | Promise<void>,
): Promise<unknown> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    await tell(toOutcomeReport({ error }));
    throw error;
  }
  await tell(toOutcomeReport({ result: redactResult(result, plan.redact ?? []) }));
  return result;
}

/** It has run: a log that cannot be written is a warning. */
async function log({ client, warn }: TrackingSettings, call: Call, report: OutcomeReport): Promise<void> {
  const input = { ...toRequest(call), ...report } as Parameters<Client['actions']['log']>[0];
  try {
    await insist((idempotencyKey) => client.actions.log(input, { idempotencyKey }));
  } catch (cause) {
    warn(
      new BonafideError('UNAVAILABLE', `'${call.plan.action}' has ended, but could not be logged.`, {
        cause,
      }),
    );
  }
}
