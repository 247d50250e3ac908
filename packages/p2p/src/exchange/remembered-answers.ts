import { BonafideError } from '@bonafide/core';
import type { PeerMessageOf } from '@bonafide/core/models';
import { dropFirst } from './answered-intents.ts';
import { toPeerProblem } from './problems.ts';
import { toResponse } from './serve-execution.ts';

type ExecAnswer = PeerMessageOf<'EXEC_RESPONSE'>;

/** What became of requests, by their ids, so that one that is sent twice runs once. */
export interface RememberedAnswers {
  /** `new`: it is under way from now on. `known`: it is under way. Else its answer once more. */
  begin(id: string): 'new' | 'known' | ExecAnswer;
  settle(id: string, answer: ExecAnswer): void;
}

const MAX_IDS = 10_000;
const MAX_ANSWERS = 64;
/** As JSON text. */
const MAX_ANSWER_LENGTH = 16_384;

/** For the life of one link. Large answers and old ones are not kept: then only that it ran is. */
export function createRememberedAnswers(): RememberedAnswers {
  const underWay = new Set<string>();
  const settled = new Map<string, true>();
  const answers = new Map<string, ExecAnswer>();
  return {
    begin(id) {
      if (underWay.has(id)) return 'known';
      if (settled.has(id)) return answers.get(id) ?? ranBefore(id);
      underWay.add(id);
      return 'new';
    },
    settle(id, answer) {
      underWay.delete(id);
      settled.set(id, true);
      dropFirst(settled, MAX_IDS);
      if (JSON.stringify(answer).length > MAX_ANSWER_LENGTH) return;
      answers.set(id, answer);
      dropFirst(answers, MAX_ANSWERS);
    },
  };
}

function ranBefore(id: string): ExecAnswer {
  const problem = toPeerProblem(new BonafideError('CONFLICT', 'This ran before; its answer is not kept.'));
  return toResponse(id, { status: 'error', problem });
}
