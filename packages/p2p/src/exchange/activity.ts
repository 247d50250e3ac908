import { BonafideError } from '@bonafide/core';

/** What is under way, so that an agent can leave when it is done. */
export interface Activity {
  /** Throws UNAVAILABLE once nothing new is taken. */
  assertOpen(): void;
  /** Something that never rejects. */
  track(work: Promise<void>): void;
  /** Takes nothing new; resolves when nothing is under way. */
  drain(): Promise<void>;
}

export function createActivity(): Activity {
  const underWay = new Set<Promise<void>>();
  let isDraining = false;
  return {
    assertOpen() {
      if (isDraining) throw new BonafideError('UNAVAILABLE', 'The peer is leaving and takes nothing new.');
    },
    track(work) {
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    async drain() {
      isDraining = true;
      await Promise.all(underWay);
    },
  };
}
