/** What waits, in turns: one of each workspace, however much another has. */
export interface FairQueue<Item> {
  /** False when the workspace has as many waiting as it may. */
  add(workspace: string, item: Item): boolean;
  take(): Item | undefined;
}

export function createFairQueue<Item>(limit: number): FairQueue<Item> {
  const waiting = new Map<string, Item[]>();
  return {
    add(workspace, item) {
      const items = waiting.get(workspace) ?? [];
      if (items.length >= limit) return false;
      items.push(item);
      waiting.set(workspace, items);
      return true;
    },
    take() {
      for (const [workspace, items] of waiting) {
        const item = items.shift();
        // Back to the end of the line.
        waiting.delete(workspace);
        if (items.length > 0) waiting.set(workspace, items);
        return item;
      }
      return undefined;
    },
  };
}
