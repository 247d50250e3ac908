import type { Operation } from './define.ts';
import { isOffered, type ToolSelection } from './offer.ts';
import { operationList } from './registry.ts';

/** The operations to offer to a model; with no selection the default tools, at most 20. */
export function selectTools(selection: ToolSelection = {}): readonly Operation[] {
  return operationList.filter((operation) => isOffered(operation, selection));
}
