import { BonafideError, type ErrorCode, type ErrorOptions } from '@bonafide/core/errors';
import { actorOf, type Context } from '../context.ts';
import type { Transaction } from '../ledger.ts';

/** A refusal that leaves something behind: what its commit wrote is undone, and `aftermath` is committed instead. */
export class Refused extends BonafideError {
  readonly aftermath: (tx: Transaction) => void;

  constructor(
    code: ErrorCode,
    message: string,
    { aftermath, ...options }: ErrorOptions & { readonly aftermath: (tx: Transaction) => void },
  ) {
    super(code, message, options);
    this.aftermath = aftermath;
  }
}

/** As `context.commit`; a refusal is answered only once its aftermath is durable. */
export async function commitOrRefuse<Output>(
  context: Context,
  work: (tx: Transaction) => Output,
): Promise<Output> {
  try {
    return await context.commit(work);
  } catch (cause) {
    if (cause instanceof Refused) {
      const { workspace, requestId, principal, services } = context;
      await services.ledger.commit({ workspace, requestId, actor: actorOf(principal) }, cause.aftermath);
    }
    throw cause;
  }
}
