import type { OperationId } from '@bonafide/core/operations';
import type { Body, Sender, TestGateway } from './test-gateway.ts';

type Call = (input: Body) => Promise<Body>;

/** Calls of the owner, or of another sender; each answers with the body, whether it is an output or a problem. */
export function kvCallsOf(
  gateway: TestGateway,
  sender: Sender = { token: gateway.ownerToken },
): Record<'get' | 'put' | 'list' | 'remove' | 'increment', Call> {
  const call =
    (id: OperationId): Call =>
    async (input) =>
      (await gateway.call(sender, id, input)).body;
  return {
    get: call('kv.get'),
    put: call('kv.put'),
    list: call('kv.list'),
    remove: call('kv.delete'),
    increment: call('kv.increment'),
  };
}
