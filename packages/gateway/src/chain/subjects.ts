import type { ChainLog, EventName } from './contract-log.ts';

/** What read models are folded for. */
export type SubjectKind = 'job' | 'arbitrator' | 'template' | 'clock' | 'protocol';

/** A thing that logs are about, such as `job:12`. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

const clock: ReadonlySet<EventName> = new Set(['Paused', 'Unpaused']);
const protocol: ReadonlySet<EventName> = new Set([
  ...(['PlatformFeeSet', 'GuardianSet', 'OwnershipTransferStarted', 'OwnershipTransferred'] as const),
  ...(['Received', 'FundShareSet', 'ReserveWithdrawn', 'ArbitrationCovered', 'TokenRescued'] as const),
]);

/** Everything that a log is about; nothing for what no read model needs. */
export function subjectsOf(log: ChainLog): Subject[] {
  if (clock.has(log.eventName)) return [{ kind: 'clock', id: '' }];
  if (protocol.has(log.eventName)) return [{ kind: 'protocol', id: '' }];
  const args: object = log.args;
  const subjects: Subject[] = [];
  if ('jobId' in args) subjects.push({ kind: 'job', id: String(args.jobId) });
  const arbitrator = arbitratorOf(log);
  if (arbitrator) subjects.push({ kind: 'arbitrator', id: arbitrator.toLowerCase() });
  if ('templateId' in args && !('jobId' in args))
    subjects.push({ kind: 'template', id: String(args.templateId) });
  return subjects;
}

function arbitratorOf(log: ChainLog): string | undefined {
  if (log.eventName === 'JudgePaid') return log.args.judge;
  return 'arbitrator' in log.args ? log.args.arbitrator : undefined;
}

/** How a subject is stored. */
export function subjectKey({ kind, id }: Subject): string {
  return `${kind}:${id}`;
}

/** The subject of a stored key. */
export function parseSubject(key: string): Subject {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon) as SubjectKind, id: key.slice(colon + 1) };
}
