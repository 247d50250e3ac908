import type { ControlEvidence } from '@bonafide/core/models';
import type { LogQueryName } from './log-queries.ts';

/** Answers that come from more than one entry of the log at a time, or from the state of the workspace. */
export type StateQueryName =
  | 'keysInUse'
  | 'oldKeys'
  | 'alertsRaised'
  | 'alertsWaiting'
  | 'seriousAlertsRaised'
  | 'seriousAlertsWaiting'
  | 'driftAlertsRaised'
  | 'driftAlertsWaiting'
  | 'unansweredMajority'
  | 'logVerified'
  | 'logUnverified'
  | 'retentionSet'
  | 'retainedTooLong';

export type EvidenceName = LogQueryName | StateQueryName;

/** The answers a report is judged by. */
export type EvidenceSet = Readonly<Record<EvidenceName, ControlEvidence>>;

/**
 * A statement that evidence can show and refute: it fails as soon as anything refutes it, passes when something shows it,
 * and with neither nothing is said.
 */
export interface Check {
  readonly criterion: string;
  readonly shownBy: readonly EvidenceName[];
  readonly refutedBy: readonly EvidenceName[];
}

/** Days after which a key must have been replaced. */
export const KEY_MAX_DAYS = 365;
/** Days within which somebody must have looked at an alert. */
export const ALERT_MAX_DAYS = 7;
/** Hours for an alert of high or critical severity: as long as Art. 33 leaves for a notice. */
export const SERIOUS_ALERT_MAX_HOURS = 72;

/** What the controls of all frameworks are put together from. */
export const checks = {
  ownKeys: {
    criterion: 'Every agent that acts is registered in the workspace, with a key of its own.',
    shownBy: ['agentEntries', 'registrations'],
    refutedBy: ['unregisteredActors'],
  },
  freshKeys: {
    criterion: `No active agent uses a key that is older than ${KEY_MAX_DAYS} days.`,
    shownBy: ['keysInUse', 'keyRotations'],
    refutedBy: ['oldKeys'],
  },
  endedAccess: {
    criterion: 'Whose access has ended does nothing any more.',
    shownBy: ['endings'],
    refutedBy: ['accessAfterEnd'],
  },
  approvedRisk: {
    criterion:
      'Nothing of critical risk runs without an approval, nothing of high risk without one or a rule.',
    shownBy: ['riskyRuns'],
    refutedBy: ['unapprovedRuns'],
  },
  peopleDecide: {
    criterion: 'Questions are answered by people, never by agents, and by as many as the workspace demands.',
    shownBy: ['answers'],
    refutedBy: ['answersByNobody', 'tooFewApprovers'],
  },
  namedPeople: {
    criterion: 'Each answer names the member who gave it.',
    shownBy: ['answers'],
    refutedBy: ['unnamedAnswers'],
  },
  inTime: {
    criterion: 'At least half of the questions to people are answered before they expire.',
    shownBy: ['answers', 'expiredQuestions'],
    refutedBy: ['unansweredMajority'],
  },
  leastPrivilege: {
    criterion: 'People grant capabilities, and none for every action.',
    shownBy: ['grants'],
    refutedBy: ['unlimitedGrants', 'grantsByNobody'],
  },
  noViolations: {
    criterion:
      'No agent tries to run what was denied, what another agent asked for, or other parameters than approved.',
    shownBy: ['decisions', 'runs'],
    refutedBy: ['violations'],
  },
  alertsSeen: {
    criterion: `Each alert is acknowledged or resolved within ${ALERT_MAX_DAYS} days.`,
    shownBy: ['alertsRaised'],
    refutedBy: ['alertsWaiting'],
  },
  seriousAlertsSeen: {
    criterion: `Each alert of high or critical severity is acknowledged or resolved within ${SERIOUS_ALERT_MAX_HOURS} hours.`,
    shownBy: ['seriousAlertsRaised'],
    refutedBy: ['seriousAlertsWaiting'],
  },
  driftSeen: {
    criterion: `Each alert about a changed MCP server is acknowledged or resolved within ${ALERT_MAX_DAYS} days.`,
    shownBy: ['driftAlertsRaised'],
    refutedBy: ['driftAlertsWaiting'],
  },
  policyChanges: {
    criterion: 'People change policies, and each change says why.',
    shownBy: ['policyChanges'],
    refutedBy: ['policyChangesByNobody', 'unexplainedPolicyChanges'],
  },
  completeRecords: {
    criterion: 'Each entry about an action names the agent, the risk and the digest of the parameters.',
    shownBy: ['actionRecords'],
    refutedBy: ['incompleteRecords'],
  },
  redaction: {
    criterion: 'The log holds no secret and no field that the workspace redacts.',
    shownBy: ['actionRecords'],
    refutedBy: ['unredacted'],
  },
  verifiedLog: {
    criterion: 'The entries give the root of the signed checkpoint.',
    shownBy: ['logVerified'],
    refutedBy: ['logUnverified'],
  },
  retention: {
    criterion: 'A retention is set, and no entry keeps its data a day longer than that.',
    shownBy: ['retentionSet'],
    refutedBy: ['retainedTooLong'],
  },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof checks;
