import type { SessionPrincipal } from '../protocol/handshake.ts';
import { openSession } from './open-session.ts';
import type { Session, SessionOptions } from './types.ts';

type Rest = Omit<SessionOptions, 'principal'>;
type Instance = Rest & {
  readonly implementation: string;
  /** Which of its instances; default `default`. */
  readonly specifier?: string | undefined;
};

/** A session as `ag::workspace::implementation::specifier`; of a registered agent by default its name and `default`. */
export function connectAgent(
  options: Rest & Partial<Pick<Instance, 'implementation' | 'specifier'>>,
): Promise<Session> {
  return open('agent', options);
}

/** A session as a task: the one that `specifier` names, or one of a pool, whose id comes with the welcome. */
export function connectTask(
  options: Rest & { readonly implementation: string; readonly specifier?: string | undefined },
): Promise<Session> {
  return open(options.specifier === undefined ? 'pooled-task' : 'task', options);
}

/** A session as one window of the person whose token this is. */
export function connectUser({
  window,
  ...options
}: Rest & { readonly window?: string | undefined }): Promise<Session> {
  return openSession({ ...options, principal: { type: 'user', ...(window !== undefined && { window }) } });
}

/** A session as an orchestrator, which starts instances of the `profiles` that it supports. */
export function connectOrchestrator(
  options: Instance & { readonly profiles: readonly string[] },
): Promise<Session> {
  return open('orchestrator', withSpecifier(options));
}

/** A session as a workflow engine: it gets every event of its workspace. */
export function connectWorkflowEngine(options: Instance): Promise<Session> {
  return open('workflow-engine', withSpecifier(options));
}

/** A session as a metrics bridge: it gets every report of its workspace. */
export function connectMetricsBridge(options: Instance): Promise<Session> {
  return open('metrics-bridge', withSpecifier(options));
}

/** A session as a service, which `serve` lets answer HTTP requests. */
export function connectService(options: Instance): Promise<Session> {
  return open('service', withSpecifier(options));
}

/** A session as a bridge to another system. */
export function connectBridge(options: Instance): Promise<Session> {
  return open('bridge', withSpecifier(options));
}

function withSpecifier(options: Instance): Instance {
  return { ...options, specifier: options.specifier ?? 'default' };
}

function open(
  type: SessionPrincipal['type'],
  { implementation, specifier, ...options }: Rest & Partial<Pick<Instance, 'implementation' | 'specifier'>>,
): Promise<Session> {
  const principal: SessionPrincipal = {
    type,
    ...(implementation !== undefined && { implementation }),
    ...(specifier !== undefined && { specifier }),
  };
  return openSession({ ...options, principal });
}
