import type { StoredEvent } from '../stores/store.ts';
import type { DayOfAgent, Tally, TallyName } from '../stores/trust.ts';
import { dayOf } from '../time.ts';

/** How often an event of each type touched an agent. */
type Touches = ReadonlyMap<string, number>;

/** What a batch of events says: counts to add, and whose score to compute anew because of what. */
export interface Folded {
  readonly days: readonly { readonly day: DayOfAgent; readonly tally: Partial<Tally> }[];
  /** By workspace, then by agent. */
  readonly touched: ReadonlyMap<string, ReadonlyMap<string, Touches>>;
  /** Workspaces whose settings changed, and with them perhaps the threshold. */
  readonly resettled: ReadonlySet<string>;
}

const counted: Readonly<Record<string, readonly TallyName[]>> = {
  'action.approved': ['approved'],
  'action.denied': ['denied'],
  'action.expired': ['expired'],
  // Comes with the expiry of the action it asked about: that one the agent did not leave unreported.
  'approval.expired': ['unanswered'],
  'action.executed': ['executed'],
  'action.failed': ['failed'],
  'action.violation': ['violations'],
};

const ran: ReadonlySet<string> = new Set(['action.executed', 'action.failed']);

const touching: ReadonlySet<string> = new Set([
  ...Object.keys(counted),
  'agent.registered',
  'agent.revoked',
  'alert.raised',
  'alert.resolved',
  'trust.feedback-given',
]);

/** Counts events, by agent and day. Their order does not matter. */
export function foldEvents(events: readonly StoredEvent[]): Folded {
  const days = new Map<string, Counted>();
  const touched = new Map<string, Map<string, Map<string, number>>>();
  const resettled = new Set<string>();
  for (const event of events) {
    const { workspace, type, time, data } = event;
    const { agentId } = data;
    if (type === 'workspace.updated') resettled.add(workspace);
    if (!touching.has(type) || typeof agentId !== 'string') continue;
    touch(touched, { workspace, agentId, type });
    count(days, { day: { workspace, agentId, day: dayOf(time) }, names: namesOf(event) });
  }
  return { days: [...days.values()], touched, resettled };
}

interface Counted {
  readonly day: DayOfAgent;
  readonly tally: Partial<Record<TallyName, number>>;
}

function touch(
  touched: Map<string, Map<string, Map<string, number>>>,
  { workspace, agentId, type }: { workspace: string; agentId: string; type: string },
): void {
  const agents = getOrInsert(touched, workspace, () => new Map<string, Map<string, number>>());
  const touches = getOrInsert(agents, agentId, () => new Map<string, number>());
  touches.set(type, (touches.get(type) ?? 0) + 1);
}

function count(
  days: Map<string, Counted>,
  { day, names }: { day: DayOfAgent; names: readonly TallyName[] },
): void {
  if (names.length === 0) return;
  const { tally } = getOrInsert(
    days,
    `${day.agentId} ${day.day} ${day.workspace}`,
    (): Counted => ({ day, tally: {} }),
  );
  for (const name of names) tally[name] = (tally[name] ?? 0) + 1;
}

function namesOf({ type, data }: StoredEvent): readonly TallyName[] {
  const names = counted[type] ?? [];
  // An approval that was asked for: a person decided what then ran.
  return ran.has(type) && typeof data.approvalId === 'string' ? [...names, 'supervised'] : names;
}

function getOrInsert<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
