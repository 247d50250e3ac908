/** Values for one reader; of those that it has not read only the latest are kept. */
export interface RecentValues<Value> extends AsyncIterable<Value> {
  push(value: Value): void;
  end(): void;
}

export function createRecentValues<Value>(limit: number): RecentValues<Value> {
  const values: Value[] = [];
  let isEnded = false;
  let changed = Promise.withResolvers<void>();
  const wake = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  return {
    push(value) {
      if (isEnded) return;
      values.push(value);
      if (values.length > limit) values.shift();
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let value = values.shift(); value !== undefined; value = values.shift()) yield value;
        if (isEnded) return;
        await changed.promise;
      }
    },
  };
}
