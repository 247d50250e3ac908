/** What the words of a task say about how it can be judged. */
export interface TaskSignals {
  /** A machine can check the result. */
  readonly isCheckable: boolean;
  /** The result is a matter of taste. */
  readonly isJudged: boolean;
  /** It is done in parts, one after the other. */
  readonly isStaged: boolean;
}

const checkable =
  /^(tests?|schemas?|checksums?|compiles?|compiled|builds?|benchmarks?|hash(es)?|reproduc\w+)$/;
const judged =
  /^(designs?|logos?|illustrat\w+|essays?|articles?|blog|copywriting|translat\w+|reviews?|opinions?|slogans?|creative|stor(y|ies))$/;
const staged = /^(phases?|stages?|milestones?|deliverables|iterations?|sprints?|monthly|weekly)$/;

/** Looks at whole words only: "latest" is no test and "designate" no design. */
export function signalsOf(task: string): TaskSignals {
  const words = task.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const hasWord = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  return { isCheckable: hasWord(checkable), isJudged: hasWord(judged), isStaged: hasWord(staged) };
}
