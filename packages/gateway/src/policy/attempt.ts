import { BonafideError } from '@bonafide/core/errors';
import type { Policy } from '@bonafide/core/models';
import type { ActivePolicy } from '../stores/decisions.ts';
import type { Reader } from '../stores/store.ts';
import type { HealingEngine } from './engine.ts';
import { evaluate } from './evaluate.ts';
import type { Ask, Judgement } from './judge.ts';
import { ratedRisk } from './minimum-risk.ts';
import type { Situation } from './situation.ts';

/** What the people who run a gateway, or the owners of a workspace, should know about. */
export type Trouble =
  | { readonly kind: 'engine.ended'; readonly error: unknown }
  | { readonly kind: 'sandbox.replaced'; readonly error: unknown; readonly workspace: string | undefined }
  | ({ readonly kind: 'policy.failing'; readonly error: unknown } & FailingPolicy);

/** Policies of a workspace that cannot be asked; while they are enforced everything is denied. */
export interface FailingPolicy {
  readonly workspace: string;
  readonly version: number;
  readonly mode: Policy['mode'];
}

/** How long policies that ended the engine twice are left alone: a new instance takes time from everybody. */
const REST_MS = 10_000;

interface Asked {
  readonly reader: Reader;
  /** Without it the policies that hold everywhere are asked. */
  readonly head: ActivePolicy | undefined;
  readonly situation: Situation;
}

/** Works with the policies of a workspace; undefined when they cannot be asked, which never counts as a yes. */
export type Attempt = <Output>(asked: Asked, work: (ask: Ask) => Output) => Output | undefined;

interface AttemptOptions {
  readonly engine: HealingEngine;
  readonly now: () => number;
  readonly onTrouble: (trouble: Trouble) => void;
}

export function createAttempt({ engine, now, onTrouble }: AttemptOptions): Attempt {
  /** Until when, by revision. */
  const resting = new Map<string, number>();
  return ({ reader, head, situation }, work) => {
    const revision = head?.revision ?? '';
    const until = resting.get(revision);
    if (until !== undefined && until > now()) return undefined;
    try {
      return engine.ask(({ cedar, sets }) => {
        const { set } = sets.of(reader, head);
        return work((rating) => evaluate(cedar, { set, asked: { ...situation, ...rating } }));
      });
    } catch (error) {
      if (!BonafideError.is(error)) throw error;
      const { version = 0, mode = 'enforce' } = head ?? {};
      for (const [other, end] of resting) if (end <= now()) resting.delete(other);
      resting.set(revision, now() + REST_MS);
      onTrouble({ kind: 'policy.failing', error, workspace: reader.workspace, version, mode });
      return undefined;
    }
  };
}

/** What is decided when the policies cannot be asked: a person could not know what they forbid either. */
export function refusal(
  { minimum, requestedRisk }: Situation,
  head: Pick<ActivePolicy, 'version'> | undefined,
): Judgement {
  const reason = `The policies in force (version ${head?.version ?? 0}) could not be asked, so nothing is permitted.`;
  return { status: 'denied', risk: ratedRisk(minimum, requestedRisk), reason, rule: 'policy.failing' };
}
