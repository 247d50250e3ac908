import { operationList } from '@bonafide/core/operations';
import { type ToolEntry, toEntry } from './entry.ts';

/** Every operation that models may be offered; the bundle replaces this module by its value. */
export const catalog: readonly ToolEntry[] = operationList
  .filter(({ kind, toolset }) => kind !== 'stream' && toolset !== undefined)
  .map(toEntry);
