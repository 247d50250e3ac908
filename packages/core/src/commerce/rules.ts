import { type Issue, ValidationError } from '../errors.ts';
import { parseUsdc } from '../models/money.ts';
import type { DisputeRules, JobRules } from '../models/terms.ts';

const MAX_JUDGES = 7;
const MAX_WINDOW = 2_592_000;
const MIN_VALIDATION = 60;
const MIN_DISPUTE = 600;
const MIN_EVIDENCE = 600;
const MIN_RULING = 3_600;
const MIN_BOND_BPS = 100;
const MAX_BOND_BPS = 5_000;
const MAX_FEES = 2n ** 96n - 1n;
// As many as may miss their window before the default applies.
const ARBITRATORS = 3;
// Between the last window and the expiry, so that whoever closes a job is not late by a block.
const MARGIN = 600;
const DISPUTE_MARGIN = 3_600;

/** The accounts that may not judge a job, because it is theirs; a template has none yet. */
export interface Parties {
  readonly client: string;
  readonly provider: string;
}

type Problems = Generator<Issue>;

/** Throws ValidationError with everything about these rules that the court would refuse, and the bound it breaks. */
export function checkRules(rules: JobRules, parties?: Parties): void {
  const issues = [...problemsOf(rules, parties)];
  const [first] = issues;
  if (first === undefined) return;
  throw new ValidationError(`${first.path} ${first.message}.`, { issues });
}

/** Seconds that the court wants between the latest delivery and the expiry: every window, one after the other. */
export function tailSeconds({ validationSeconds, disputes }: JobRules): number {
  if (!disputes) return validationSeconds + MARGIN;
  const { revalidators, windowSeconds, evidenceSeconds, rulingSeconds } = disputes;
  const scoring = validationSeconds + windowSeconds;
  const tiers = revalidators.length === 0 ? 1 : 2;
  return tiers * scoring + evidenceSeconds + ARBITRATORS * rulingSeconds + DISPUTE_MARGIN;
}

function* problemsOf(rules: JobRules, parties: Parties | undefined): Problems {
  const { validators, requiredPasses, threshold, validationSeconds, silencePercent, disputes } = rules;
  yield* panel({ path: 'rules.validators', judges: validators, strangers: parties });
  yield* required('rules.requiredPasses', { required: requiredPasses, of: validators.length });
  yield* range('rules.threshold', { value: threshold, max: 100 });
  if (parseUsdc(rules.validatorFeeUsdc) * BigInt(validators.length) > MAX_FEES) {
    yield { path: 'rules.validatorFeeUsdc', message: 'is more than the contracts can hold' };
  }
  yield* window('rules.validationSeconds', { value: validationSeconds, min: MIN_VALIDATION });
  yield* range('rules.silencePercent', { value: silencePercent, max: 100 });
  if (disputes) yield* problemsOfDisputes(disputes, { validators, parties });
}

function* problemsOfDisputes(
  disputes: DisputeRules,
  { validators, parties }: { readonly validators: readonly string[]; readonly parties: Parties | undefined },
): Problems {
  const { revalidators, requiredRepasses, bondBps, defaultPercent } = disputes;
  yield* window('rules.disputes.windowSeconds', { value: disputes.windowSeconds, min: MIN_DISPUTE });
  if (revalidators.length > 0) {
    yield* panel({
      path: 'rules.disputes.revalidators',
      judges: revalidators,
      strangers: parties,
      validators,
    });
    const of = { required: requiredRepasses, of: revalidators.length };
    yield* required('rules.disputes.requiredRepasses', of);
  } else if (requiredRepasses !== 0) {
    yield { path: 'rules.disputes.requiredRepasses', message: 'must be 0 without re-validators' };
  }
  yield* range('rules.disputes.bondBps', { value: bondBps, min: MIN_BOND_BPS, max: MAX_BOND_BPS });
  yield* window('rules.disputes.evidenceSeconds', { value: disputes.evidenceSeconds, min: MIN_EVIDENCE });
  yield* window('rules.disputes.rulingSeconds', { value: disputes.rulingSeconds, min: MIN_RULING });
  yield* range('rules.disputes.defaultPercent', { value: defaultPercent, max: 100 });
}

interface Panel {
  readonly path: string;
  readonly judges: readonly string[];
  readonly strangers: Parties | undefined;
  readonly validators?: readonly string[];
}

function* panel({ path, judges, strangers, validators = [] }: Panel): Problems {
  if (judges.length < 1 || judges.length > MAX_JUDGES) {
    yield { path, message: `must be 1 to ${MAX_JUDGES} accounts` };
  }
  const accounts = judges.map((each) => each.toLowerCase());
  if (new Set(accounts).size < accounts.length) yield { path, message: 'must all be different' };
  const parties = strangers === undefined ? [] : [strangers.client, strangers.provider];
  if (includesAny(accounts, parties)) yield { path, message: 'must not be the client or the provider' };
  if (includesAny(accounts, validators)) yield { path, message: 'must not be validators of the job too' };
  if (accounts.some((each) => /^0x0{40}$/.test(each)))
    yield { path, message: 'must not be the zero address' };
}

const includesAny = (accounts: readonly string[], others: readonly string[]): boolean =>
  others.some((other) => accounts.includes(other.toLowerCase()));

function* required(path: string, { required, of }: { readonly required: number; readonly of: number }) {
  if (required >= 1 && required <= of) return;
  yield { path, message: `must be 1 to ${of}, the number of judges` };
}

function* window(path: string, { value, min }: { readonly value: number; readonly min: number }): Problems {
  if (value >= min && value <= MAX_WINDOW) return;
  yield { path, message: `must be ${min} to ${MAX_WINDOW} seconds` };
}

function* range(
  path: string,
  { value, min = 0, max }: { readonly value: number; readonly min?: number; readonly max: number },
): Problems {
  if (!(value >= min && value <= max)) yield { path, message: `must be ${min} to ${max}` };
}
