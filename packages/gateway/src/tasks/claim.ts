import { BonafideError } from '@bonafide/core/errors';
import { accessLevels, type Task } from '@bonafide/core/models';
import type { Context } from '../context.ts';
import type { Place } from '../sessions/place.ts';
import type { Reads } from '../stores/store.ts';
import { SECOND_MS } from '../time.ts';
import { newLease } from './leases.ts';
import { presentTask } from './present.ts';
import { implementationOf, queuesOf } from './queues.ts';
import { sweepTasks } from './sweep.ts';
import { placeForTasks } from './visible.ts';
import { claimTask } from './work.ts';

export interface Claim {
  readonly taskTypes?: readonly string[] | undefined;
  readonly implementation?: string | undefined;
  readonly limit: number;
  readonly waitSeconds: number;
  readonly leaseSeconds: number;
}

/** Takes tasks that the caller may work on, in one commit; waits for one in the line when there is none. */
export async function claimTasks(context: Context, claim: Claim): Promise<{ tasks: Task[] }> {
  const { services, session, read, signal } = context;
  // What was claimed under this key before is held by the caller, who did not get the answer.
  context.assertFirst();
  const place = placeForTasks(context, accessLevels.readwrite);
  const { taskTypes, limit, waitSeconds, leaseSeconds } = claim;
  const implementation = poolOf(read, { context, place, wanted: claim.implementation });
  const typed = taskTypes ?? session?.hello.taskTypes ?? [];
  const queues = queuesOf(read, { place, implementation, taskTypes: typed });
  const deadlineMs = services.now() + waitSeconds * SECOND_MS;
  // Leases that are over and waits that are: nobody should have to wait for the next sweep.
  await sweepTasks(services);
  const want = { ...{ workspace: place.workspace, queues, taskTypes, limit, deadlineMs }, signal };
  const holder = { session, gatewayId: services.gatewayId, leaseSeconds };
  const taken = await services.line.wait(want, (taskIds) =>
    takeUnlessGone(() =>
      context.commit(
        (tx) => {
          const lease = newLease(tx, holder);
          const claimed = taskIds.flatMap((taskId) => claimTask(tx, { taskId, worker: place, lease }) ?? []);
          // Undone, so that neither nonce nor idempotency key is used up while the caller waits on.
          if (claimed.length === 0) throw new AllGone();
          return { tasks: claimed.map(presentTask) };
        },
        { workspace: place.workspace, actor: place.actor },
      ),
    ),
  );
  return taken ?? { tasks: [] };
}

/** Another gateway was faster. */
class AllGone extends BonafideError {
  constructor() {
    super('CONFLICT', 'These tasks were taken meanwhile.');
  }
}

async function takeUnlessGone<Taken>(take: () => Promise<Taken>): Promise<Taken | undefined> {
  try {
    return await take();
  } catch (cause) {
    if (cause instanceof AllGone) return undefined;
    throw cause;
  }
}

/** An instance works for its own pool alone; a name of a registered agent is that agent's. */
function poolOf(
  read: Reads,
  { context, place, wanted }: { context: Context; place: Place; wanted: string | undefined },
): string | undefined {
  const own = implementationOf(place.address);
  if (wanted === undefined || wanted === own) return own;
  const { principal } = context;
  const isBound = principal.kind === 'token' && principal.token.role === 'task';
  const owner = read.agents.getByName(place.workspace, wanted);
  const isOwner = principal.kind === 'agent' && principal.agent.agentId === owner?.agentId;
  if (!isBound && (owner === undefined || isOwner)) return wanted;
  throw new BonafideError('FORBIDDEN', `${place.name} does not work for the pool of ${wanted}.`);
}
