import {
  type Operation,
  operationList,
  type RemoteOperation,
  type StreamOperation,
} from '@bonafide/core/operations';
import { createInputReader, type InputReader } from './input.ts';

/** An operation that runs here, and how its input is read. */
export interface Route {
  readonly operation: RemoteOperation | StreamOperation;
  readonly method: string;
  /** As routers want it: `/v1/agents/:agentId`. */
  readonly path: string;
  readonly readInput: InputReader;
}

/** Every remote and stream operation, fixed paths before those with a parameter in the same place. */
export function createRoutes(): readonly Route[] {
  return operationList
    .filter(isRemote)
    .map((operation) => {
      const { method, path } = operation.http;
      const pattern = path.replace(/\{(\w+)\}/g, ':$1');
      return { operation, method, path: pattern, readInput: createInputReader(operation, method) };
    })
    .sort((a, b) => parameters(a) - parameters(b));
}

function isRemote(operation: Operation): operation is RemoteOperation | StreamOperation {
  return operation.kind !== 'local';
}

function parameters({ path }: Route): number {
  return path.split('/').filter((segment) => segment.startsWith(':')).length;
}
