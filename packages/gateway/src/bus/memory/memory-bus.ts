import type { Bus } from '../bus.ts';

/** The bus of a gateway that is one process, or of several in one. */
export function createMemoryBus(): Bus {
  const topics = createTopics<undefined>();
  const subjects = createTopics<string>();
  return {
    publish(published) {
      for (const topic of published) topics.tell(topic, undefined);
    },
    subscribe: (topic, listener) => topics.add(topic, () => listener()),
    post: subjects.tell,
    listen: subjects.add,
  };
}

function createTopics<Value>() {
  const listeners = new Map<string, Set<(value: Value) => void>>();
  return {
    tell(topic: string, value: Value) {
      for (const listener of listeners.get(topic) ?? []) listener(value);
    },
    add(topic: string, listener: (value: Value) => void) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic);
      };
    },
  };
}
