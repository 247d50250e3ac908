import { type AuditEntry, REDACTED } from '@bonafide/core/models';
import { z } from 'zod';
import { redactParameters } from '../audit/redact.ts';
import type { JsonObject } from '../json.ts';
import { statusOf } from './collect-actions.ts';
import { fact, isOneOf } from './evidence.ts';

/** What is known of the workspace before the period is read. */
export interface Background {
  /** Actors, as in entries, whose access had ended when the period began. */
  readonly endedActors: readonly string[];
  isRegistered(agentId: string): boolean;
  /** Names of parameters that the workspace keeps out of the log. */
  readonly redactedFields: readonly string[];
  /** Whether a rule of the workspace decided about the action, so that nobody had to be asked. */
  isDecidedByRule(actionId: string): boolean;
}

type Matcher = (entry: AuditEntry) => boolean;

/** A question to the log: in words, and as a test of one entry after the other. */
export interface LogQuery {
  readonly words: string;
  /** Why an entry it finds speaks against a control; absent when it does not. */
  readonly exception?: string;
  createMatcher(background: Background): Matcher;
}

const RISKY = new Set(['high', 'critical']);
const isAnswer = isOneOf(['approval.approved', 'approval.denied']);
const isRun = isOneOf(['action.running', 'action.executed', 'action.failed']);
const isRiskyRun: Matcher = (entry) => isRun(entry) && RISKY.has(fact(entry, 'risk'));
const isByAgent: Matcher = ({ actor }) => actor.startsWith('agent:');
const isByPerson: Matcher = ({ actor }) => actor.startsWith('member:') || actor.startsWith('token:');
const isPolicyChange = isOneOf(['policy.put']);
const isGrant = isOneOf(['capability.granted']);

function simple(words: string, matches: Matcher): LogQuery {
  return { words, createMatcher: () => matches };
}

function exception(words: string, matches: Matcher): LogQuery {
  return { words, exception: words, createMatcher: () => matches };
}

/** Every question that a report asks the log, all answered in one reading. */
export const logQueries = {
  registrations: simple('Agents registered, each with a key of its own', isOneOf(['agent.registered'])),
  keyRotations: simple('Keys of agents replaced', isOneOf(['agent.key-rotated'])),
  endings: simple(
    'Access ended: agents and tokens revoked, members removed',
    isOneOf(['agent.revoked', 'token.revoked', 'member.removed']),
  ),
  accessAfterEnd: {
    words: 'Entries by an agent, token or member after its access had ended',
    exception: 'Acted after its access had ended.',
    createMatcher: matchAccessAfterEnd,
  },
  agentEntries: simple('Entries by agents', isByAgent),
  unregisteredActors: {
    words: 'Entries by an agent that is not registered in this workspace',
    exception: 'Made by an agent that is not registered in this workspace.',
    createMatcher:
      ({ isRegistered }) =>
      (entry) =>
        isByAgent(entry) && !isRegistered(entry.actor.slice('agent:'.length)),
  },
  grants: simple('Capabilities granted', isGrant),
  unlimitedGrants: exception(
    'Capabilities granted for every action (a pattern of nothing but *)',
    (entry) => isGrant(entry) && /^\*+$/.test(fact(entry, 'capability')),
  ),
  grantsByNobody: exception(
    'Capabilities granted by anything but a person',
    (entry) => isGrant(entry) && !isByPerson(entry),
  ),
  decisions: simple(
    'Requests decided: approved, denied, or put to a person',
    isOneOf(['action.approved', 'action.denied', 'action.pending']),
  ),
  runs: simple('Actions run and reported', isRun),
  riskyRuns: simple('Actions of high or critical risk that were run', isRiskyRun),
  unapprovedRuns: {
    words: 'Actions of critical risk run without an approval, or of high risk without one and without a rule',
    exception: 'Ran without the approval its risk demands.',
    createMatcher:
      ({ isDecidedByRule }) =>
      (entry) =>
        isRiskyRun(entry) &&
        fact(entry, 'approvalId') === '' &&
        (fact(entry, 'risk') === 'critical' || !isDecidedByRule(entry.subject)),
  },
  violations: exception(
    'Attempts, all refused, to run what was denied, or of another agent, or with other parameters than approved',
    // To come too late happens to the honest as well.
    (entry) => entry.event === 'action.violation' && fact(entry, 'reason') !== 'expired',
  ),
  answers: simple('Questions to people answered', isAnswer),
  answersByNobody: exception(
    'Questions answered by anything but a person',
    (entry) => isAnswer(entry) && !isByPerson(entry),
  ),
  unnamedAnswers: exception(
    'Questions answered with a token that belongs to no member',
    (entry) => isAnswer(entry) && entry.actor.startsWith('token:'),
  ),
  tooFewApprovers: exception(
    'Questions approved by fewer different people than the workspace demands',
    (entry) => entry.event === 'approval.approved' && countApprovers(entry) < demandedApprovers(entry),
  ),
  expiredQuestions: simple('Questions that nobody answered in time', isOneOf(['approval.expired'])),
  policyChanges: simple('Policies changed', isPolicyChange),
  policyChangesByNobody: exception(
    'Policies changed by anything but a person',
    (entry) => isPolicyChange(entry) && !isByPerson(entry),
  ),
  unexplainedPolicyChanges: exception(
    'Policies changed without a note that says why',
    (entry) => isPolicyChange(entry) && entry.data !== undefined && fact(entry, 'note') === '',
  ),
  incompleteRecords: exception(
    'Entries about actions that lack the agent, the risk or the digest of the parameters',
    isIncomplete,
  ),
  unredacted: {
    words: 'Entries about actions that hold what looks like a secret, or a field that the workspace redacts',
    exception: 'Holds what looks like a secret, or a field that the workspace redacts.',
    createMatcher:
      ({ redactedFields }) =>
      (entry) =>
        isAboutAction(entry) && holdsUnredacted(entry, redactedFields),
  },
  actionRecords: simple('Entries about actions', (entry) => isAboutAction(entry)),
} as const satisfies Record<string, LogQuery>;

export type LogQueryName = keyof typeof logQueries;

function isAboutAction(entry: AuditEntry): boolean {
  return statusOf(entry) !== undefined;
}

/** Whether redacting it again would find something that was not redacted. */
function holdsUnredacted({ data }: AuditEntry, redactedFields: readonly string[]): boolean {
  const logged = data?.parameters;
  if (typeof logged !== 'object' || logged === null || Array.isArray(logged)) return false;
  return countRedacted(redactParameters(logged, redactedFields)) > countRedacted(logged);
}

function countRedacted(parameters: JsonObject): number {
  return JSON.stringify(parameters).split(REDACTED).length;
}

function demandedApprovers({ data }: AuditEntry): number {
  return typeof data?.approvalsNeeded === 'number' ? data.approvalsNeeded : 0;
}

const voteList = z.array(z.object({ decision: z.string(), decidedBy: z.string() }));

function countApprovers({ data }: AuditEntry): number {
  const votes = voteList.safeParse(data?.votes);
  const approvals = (votes.data ?? []).filter(({ decision }) => decision === 'approve');
  return new Set(approvals.map(({ decidedBy }) => decidedBy)).size;
}

function isIncomplete(entry: AuditEntry): boolean {
  if (!isAboutAction(entry) || entry.data === undefined) return false;
  return ['agentId', 'risk', 'parametersDigest'].some((name) => fact(entry, name) === '');
}

const ENDINGS: Readonly<Record<string, string>> = {
  'agent.revoked': 'agent',
  'token.revoked': 'token',
  'member.removed': 'member',
};

function matchAccessAfterEnd({ endedActors }: Background): Matcher {
  const ended = new Map<string, string | undefined>(endedActors.map((actor) => [actor, undefined]));
  return (entry) => {
    const request = ended.get(entry.actor);
    // Who ends its own access still finishes that one request.
    const isFinishing = request !== undefined && request === entry.requestId;
    const kind = ENDINGS[entry.event];
    if (kind !== undefined) {
      const actor = `${kind}:${entry.subject}`;
      if (!ended.has(actor)) ended.set(actor, entry.requestId);
    }
    return ended.has(entry.actor) && !isFinishing && !isOwnEnding(entry);
  };
}

function isOwnEnding({ actor, event, subject }: AuditEntry): boolean {
  const kind = ENDINGS[event];
  return kind !== undefined && actor === `${kind}:${subject}`;
}
