import { BonafideError } from '@bonafide/core';
import { type ExecutionProgress, executionProgress } from '@bonafide/core/models';
import { toValidationError } from './problems.ts';

const PAUSE_MS = 50;

/** Sends what is reported, at most twenty times a second; in between only the latest counts. */
export interface ProgressSender {
  report(progress: ExecutionProgress): void;
  /** Sends what still waits, and nothing after it. */
  end(): void;
}

export function createProgressSender(send: (progress: ExecutionProgress) => void): ProgressSender {
  let latest: ExecutionProgress | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;
  const flush = (): void => {
    timer = undefined;
    if (!latest) return;
    const progress = latest;
    latest = undefined;
    trySend(send, progress);
    if (!isEnded) timer = setTimeout(flush, PAUSE_MS);
  };
  return {
    report(progress) {
      const { data, error } = executionProgress.safeParse(progress);
      if (!data) throw toValidationError('This is no progress.', error.issues);
      if (isEnded) return;
      latest = data;
      if (timer === undefined) flush();
    },
    end() {
      isEnded = true;
      clearTimeout(timer);
      flush();
    },
  };
}

function trySend(send: (progress: ExecutionProgress) => void, progress: ExecutionProgress): void {
  try {
    send(progress);
  } catch (error) {
    // Where nothing fits any more the result is what matters.
    if (!BonafideError.is(error)) throw error;
  }
}
