import type { Invoker } from '@bonafide/core';
import { selectTools, type ToolSelection } from '@bonafide/core/operations';
import { BaseToolkit, type StructuredToolInterface } from '@langchain/core/tools';
import { OperationTool } from './tool.ts';

/** The operations of an agent as LangChain tools; the default tools unless a selection says otherwise. */
export class BonafideToolkit extends BaseToolkit {
  readonly tools: StructuredToolInterface[];

  constructor(agent: Invoker, selection: ToolSelection = {}) {
    super();
    this.tools = selectTools(selection).map((operation) => new OperationTool(agent, operation));
  }
}
