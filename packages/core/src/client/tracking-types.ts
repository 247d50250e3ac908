import type { Risk } from '../models/common.ts';

/** A function or method, with what it is called on. */
export type Run<This, Args extends readonly unknown[], Result> = (this: This, ...args: Args) => Result;

/** The same function, but always asynchronous: it asks first. */
export type TrackedRun<This, Args extends readonly unknown[], Result> = Run<
  This,
  Args,
  Promise<Awaited<Result>>
>;

interface CommonOptions<Args extends readonly unknown[]> {
  /** Default: the name of the function or method. */
  readonly action?: string | undefined;
  /**
   * What of the arguments is asked for, shown to the approver and logged; must be JSON. Default `{ arg0, arg1, … }`. Called
   * again right before the run: arguments that changed meanwhile do not run.
   */
  readonly parameters?: ((...args: Args) => Readonly<Record<string, unknown>>) | undefined;
  /** Keys whose values leave this process neither in parameters nor in results, at any depth. */
  readonly redact?: readonly string[] | undefined;
  readonly resource?: string | undefined;
  /** Longest wait for a person; default `approvalTimeoutMs` of the agent. */
  readonly timeoutMs?: number | undefined;
  /** Stops the asking and waiting, not what already runs. */
  readonly signal?: AbortSignal | undefined;
}

interface LowRisk {
  /** Default `low`. The gateway may raise it, never lower it. */
  readonly risk?: 'low' | undefined;
  /** `run`: without a gateway run anyway and log it afterwards as well as possible. Default `refuse`. */
  readonly onUnavailable?: 'refuse' | 'run' | undefined;
}

interface HigherRisk {
  readonly risk: Exclude<Risk, 'low'>;
  readonly onUnavailable?: 'refuse' | undefined;
}

/** What `trackAction` takes; running without a gateway can be chosen for low risk only. */
export type TrackOptions<Args extends readonly unknown[] = never> = CommonOptions<Args> &
  (LowRisk | HigherRisk);

/** What `requireApproval` takes. */
export interface ApprovalOptions<Args extends readonly unknown[] = never> extends CommonOptions<Args> {
  /** Default `high`. */
  readonly risk?: 'high' | 'critical' | undefined;
}

/** A standard (TC39) method decorator for methods that return a promise, since the decorated one does. */
export type ActionDecorator = <This, Args extends readonly unknown[], Result>(
  method: Run<This, Args, Promise<Result>>,
  context: ClassMethodDecoratorContext<This, Run<This, Args, Promise<Result>>>,
) => Run<This, Args, Promise<Result>>;

/** `@track(options)`, `@track`, `track(options, run)` and `track(run)`; the last is what compilers speak of when none fits. */
export interface Tracker<Common, Options> {
  <This, Args extends readonly unknown[], Result>(
    run: Run<This, Args, Result>,
  ): TrackedRun<This, Args, Result>;
  <This, Args extends readonly unknown[], Result>(
    method: Run<This, Args, Promise<Result>>,
    context: ClassMethodDecoratorContext<This, Run<This, Args, Promise<Result>>>,
  ): Run<This, Args, Promise<Result>>;
  (options?: Options): ActionDecorator;
  <This, Args extends readonly unknown[], Result>(
    // Around the whole function: around `Args` alone, optional arguments would count as required.
    options: Common & { readonly parameters?: NoInfer<(...args: Args) => Readonly<Record<string, unknown>>> },
    run: Run<This, Args, Result>,
  ): TrackedRun<This, Args, Result>;
}

/** Functions and methods that ask, run once, and report how it ended. */
export interface Tracking {
  /** Asks before each call, waiting for a person where the gateway wants one, runs it, and logs how it ended. */
  readonly trackAction: Tracker<WithoutParameters<TrackOptions>, TrackOptions>;
  /** As `trackAction`, at high or critical risk: a person must approve, unless a policy of the workspace allows it (never critical). */
  readonly requireApproval: Tracker<WithoutParameters<ApprovalOptions>, ApprovalOptions>;
}

// Distributes, so that the options of each risk stay together.
type WithoutParameters<Options> = Options extends unknown ? Omit<Options, 'parameters'> : never;
