import type { Bus } from '../bus.ts';

/** The bus of a gateway that is one process. */
export function createMemoryBus(): Bus {
  const listeners = new Map<string, Set<() => void>>();
  return {
    publish(topics) {
      for (const topic of topics) for (const listener of listeners.get(topic) ?? []) listener();
    },
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic);
      };
    },
  };
}
