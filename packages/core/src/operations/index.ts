export type {
  Access,
  HttpBinding,
  HttpMethod,
  LocalOperation,
  Operation,
  OperationRisk,
  RemoteOperation,
  Scope,
  StreamOperation,
  Toolset,
} from './define.ts';
export { defineLocalOperation, defineOperation, defineStream, isQuery } from './define.ts';
export { explainError } from './explain.ts';
export { namesOf, type SurfaceNames } from './names.ts';
export { isOffered, type Offer, type ToolSelection } from './offer.ts';
export {
  type AnyOperation,
  findOperation,
  type OperationId,
  type Operations,
  operationList,
  operations,
} from './registry.ts';
export { selectTools } from './select.ts';
export { argumentsSchemaOf, inputSchemaOf, outputSchemaOf, type ToolSchema } from './tool-schema.ts';
export { parseInput, parseOutput, toIssues } from './validate.ts';
