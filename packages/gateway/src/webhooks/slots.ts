/** Lets only so many run at once, the others in the order they came. */
export interface Slots {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async run(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // Handed over, so that nobody can take it in between.
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
