import type { RemoteOperation, StreamOperation } from '@bonafide/core/operations';
import { actorOf, type Context, type Principal, type Services } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import { assertHolder } from '../sessions/presence.ts';
import type { Session } from '../sessions/session.ts';
import type { Answer, Nonce } from '../stores/store.ts';
import { type Attempt, assertUnanswered, storableBody } from './answers.ts';
import { assertStillValid } from './authenticate.ts';
import { replayed } from './nonces.ts';

/** What the gateway knows of a call once its caller and key are. */
export interface CallFacts {
  readonly operation: RemoteOperation | StreamOperation;
  readonly requestId: string;
  readonly principal: Principal;
  readonly nonce?: Nonce | undefined;
  readonly attempt?: Attempt | undefined;
  readonly cursor?: string | undefined;
  readonly session?: Session | undefined;
  readonly signal: () => AbortSignal;
}

/** A call under way; remembers what its commit wrote. */
export interface Call {
  readonly context: Context;
  /** Whether the nonce went into the commit. */
  isNonceStored(): boolean;
  /** The JSON of the output; what was stored for the idempotency key when this is what was committed. */
  bodyOf(output: unknown): string;
}

export function createCall(facts: CallFacts, services: Services): Call {
  const { requestId, principal, cursor, session, signal } = facts;
  let committed: { readonly output: unknown; readonly body: string } | undefined;
  const workspace = workspaceOf(principal);
  const context: Context = {
    ...{ requestId, principal, workspace, services, cursor, session },
    read: services.store.read,
    chain: services.chain,
    get signal() {
      return signal();
    },
    now: () => new Date(services.now()).toISOString(),
    assertFirst() {
      if (facts.attempt) assertUnanswered(services.store.read, facts.attempt);
    },
    async commit(work, origin) {
      const where = { workspace, actor: actorOf(principal), requestId, ...origin };
      const result = await services.ledger.commit(where, (tx) => {
        // Again, under the write lock: a revocation may have been committed since the caller was authenticated.
        assertStillValid(tx.tables, { principal, access: facts.operation.access, nowMs: tx.nowMs });
        if (session) assertHolder(tx.tables, session);
        if (facts.nonce && !tx.tables.nonces.insert(facts.nonce)) throw replayed();
        if (facts.attempt) assertUnanswered(tx.tables, facts.attempt);
        const output = work(tx);
        const body = JSON.stringify(output);
        if (facts.attempt) tx.tables.answers.insert(answerOf(facts, { attempt: facts.attempt, body, tx }));
        return { output, body };
      });
      committed = result;
      return result.output;
    },
  };
  return {
    context,
    isNonceStored: () => committed !== undefined,
    bodyOf: (output) => (committed?.output === output && committed ? committed.body : JSON.stringify(output)),
  };
}

function answerOf(
  { operation }: CallFacts,
  { attempt, body, tx }: { attempt: Attempt; body: string; tx: Transaction },
): Answer {
  return { ...attempt, workspace: tx.workspace, body: storableBody(operation, body), createdAt: tx.now };
}

function workspaceOf(principal: Principal): string {
  if (principal.kind === 'agent') return principal.agent.workspace;
  return principal.kind === 'token' ? principal.token.workspace : '';
}
