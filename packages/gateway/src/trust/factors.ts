import type { TrustFactor, TrustFactorName } from '@bonafide/core/models';
import { trustWeights } from '@bonafide/core/models';
import type { Tally } from '../stores/trust.ts';
import { DAY_MS } from '../time.ts';

/** What is known of an agent; of its window each, except what says otherwise. */
export interface TrustFacts {
  readonly registeredAt: string;
  readonly isRevoked: boolean;
  readonly tally: Tally;
  /** Alerts that count against it, by severity. */
  readonly alerts: Readonly<Record<'info' | 'warning' | 'high' | 'critical', number>>;
  /** Drifts of MCP servers it registered, and how many of them nobody has resolved, however old. */
  readonly drifts: { readonly all: number; readonly unresolved: number };
  readonly feedback: { readonly positive: number; readonly negative: number };
}

/** Of decisions, outcomes, alerts and drift; days of UTC, today included. */
export const WINDOW_DAYS = 30;
export const FEEDBACK_WINDOW_DAYS = 90;
/** With fewer to count, a share says nothing. */
const ENOUGH = 5;
/** What a factor is worth while nothing is known. */
export const NEUTRAL = 0.75;

const AGE_BANDS = [
  { below: 7, value: 0.3 },
  { below: 30, value: 0.5 },
  { below: 90, value: 0.75 },
] as const;
const OLD_ENOUGH_DAYS = 90;

type Measured = Omit<TrustFactor, 'weight'>;

interface Share {
  readonly numerator: number;
  readonly denominator: number;
  readonly explanation: string;
}

/** The eight factors, each with what it was counted from. */
export function factorsOf(facts: TrustFacts, nowMs: number): Record<TrustFactorName, TrustFactor> {
  const measured: Record<TrustFactorName, Measured> = {
    verification: verification(facts),
    uptime: uptime(facts),
    successRate: successRate(facts),
    securityAlerts: securityAlerts(facts),
    compliance: compliance(facts),
    age: age(facts, nowMs),
    drift: drift(facts),
    userFeedback: userFeedback(facts),
  };
  const names = Object.keys(measured) as TrustFactorName[];
  return Object.fromEntries(
    names.map((name) => [name, { ...measured[name], weight: trustWeights[name] }]),
  ) as Record<TrustFactorName, TrustFactor>;
}

function verification({ tally: { approved, denied } }: TrustFacts): Measured {
  const denominator = approved + denied;
  return shareOf({ numerator: approved, denominator, explanation: 'Actions approved, of those decided.' });
}

// Until presence of sessions measures it: an agent that is up reports how its actions ended.
function uptime({ tally: { approved, expired, unanswered } }: TrustFacts): Measured {
  // What was approved the day before the window may expire in it.
  const unreported = Math.min(approved, Math.max(0, expired - unanswered));
  return shareOf({
    numerator: approved - unreported,
    denominator: approved,
    explanation: 'Approved actions that were not left to expire without an outcome.',
  });
}

function successRate({ tally: { executed, failed } }: TrustFacts): Measured {
  return shareOf({
    numerator: executed,
    denominator: executed + failed,
    explanation: 'Actions reported as executed, of those reported.',
  });
}

function compliance({ tally: { supervised, violations } }: TrustFacts): Measured {
  const share: Share = {
    numerator: supervised,
    denominator: supervised + violations,
    explanation: 'Actions that needed a person and ran as approved, of those and the violations.',
  };
  if (violations === 0 || share.denominator >= ENOUGH) return shareOf(share);
  // A violation counts from the first one on: no lack of data excuses it.
  return measure(share, Math.min(NEUTRAL, ratio(share)));
}

function securityAlerts({ alerts }: TrustFacts): Measured {
  const { info, warning, high, critical } = alerts;
  const all = info + warning + high + critical;
  const explanation = 'Alerts of the worst severity, of all that were no false alarm.';
  const worst = (value: number, numerator: number) =>
    measure({ numerator, denominator: all, explanation }, value);
  if (critical > 0) return worst(0, critical);
  if (high > 0) return worst(0.5, high);
  if (warning > 0) return worst(0.75, warning);
  return worst(1, 0);
}

function age({ registeredAt }: TrustFacts, nowMs: number): Measured {
  const days = Math.max(0, Math.floor((nowMs - Date.parse(registeredAt)) / DAY_MS));
  const value = AGE_BANDS.find(({ below }) => days < below)?.value ?? 1;
  const explanation = 'Days since registration, of the 90 after which it counts in full.';
  return { value, numerator: days, denominator: OLD_ENOUGH_DAYS, hasEnoughData: true, explanation };
}

function drift({ drifts: { all, unresolved } }: TrustFacts): Measured {
  const explanation = 'Unresolved drifts of MCP servers it registered, of all drifts.';
  return measure({ numerator: unresolved, denominator: all, explanation }, unresolved > 0 ? 0 : 1);
}

function userFeedback({ feedback: { positive, negative } }: TrustFacts): Measured {
  const share = { numerator: positive, denominator: positive + negative };
  const explanation = 'Positive ratings by people, of all ratings.';
  const windowDays = FEEDBACK_WINDOW_DAYS;
  const rated = (value: number, hasEnoughData = true) => ({
    ...{ ...share, value, hasEnoughData, windowDays, explanation },
  });
  if (negative > 5) return rated(0);
  if (negative > 2) return rated(0.5);
  if (positive > 10) return rated(1);
  return rated(NEUTRAL, false);
}

function shareOf(share: Share): Measured {
  if (share.denominator >= ENOUGH) return measure(share, ratio(share));
  const explanation = `${share.explanation} Too few to tell: neutral below ${ENOUGH}.`;
  return { ...measure(share, NEUTRAL), hasEnoughData: false, explanation };
}

function measure(share: Share, value: number): Measured {
  return { ...share, value, hasEnoughData: true, windowDays: WINDOW_DAYS };
}

function ratio({ numerator, denominator }: Share): number {
  return numerator / denominator;
}
