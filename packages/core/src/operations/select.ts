import { isQuery, type Operation, type Toolset } from './define.ts';
import { operationList } from './registry.ts';

export interface ToolSelection {
  /** Offer these toolsets whole instead of the default tools. */
  readonly toolsets?: readonly Toolset[] | undefined;
  /** Offer exactly these operation ids. */
  readonly operations?: readonly string[] | undefined;
  /** Leave these operation ids out. */
  readonly exclude?: readonly string[] | undefined;
  /** Offer nothing that changes anything, whatever else is asked for. */
  readonly readOnly?: boolean | undefined;
}

/** The operations to offer to a model; with no selection the default tools, at most 20. */
export function selectTools(selection: ToolSelection = {}): readonly Operation[] {
  const { toolsets, operations, exclude = [], readOnly = false } = selection;
  const isChosen = (operation: Operation): boolean => {
    if (operations) return operations.includes(operation.id);
    if (toolsets) return toolsets.some((toolset) => toolset === operation.toolset);
    return operation.isDefaultTool === true;
  };
  return operationList.filter(
    (operation) =>
      operation.toolset !== undefined &&
      operation.kind !== 'stream' &&
      isChosen(operation) &&
      !exclude.includes(operation.id) &&
      !(readOnly && !isQuery(operation)),
  );
}
