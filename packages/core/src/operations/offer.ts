import type { Operation, Toolset } from './define.ts';

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

/** What decides whether an operation is offered; plain data, so that a list made at build time can be filtered too. */
export type Offer = Pick<Operation, 'id' | 'kind' | 'risk' | 'toolset' | 'isDefaultTool'>;

/** Whether a selection offers an operation to a model; never a stream, never one without a toolset. */
export function isOffered(offer: Offer, selection: ToolSelection = {}): boolean {
  const { toolsets, operations, exclude = [], readOnly = false } = selection;
  if (offer.toolset === undefined || offer.kind === 'stream') return false;
  if (exclude.includes(offer.id) || (readOnly && offer.risk !== 'none')) return false;
  if (operations) return operations.includes(offer.id);
  if (toolsets) return toolsets.includes(offer.toolset);
  return offer.isDefaultTool === true;
}
