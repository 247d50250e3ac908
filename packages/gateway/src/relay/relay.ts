import { BonafideError } from '@bonafide/core/errors';
import type { AgentRecord, RelayedTransaction } from '@bonafide/core/models';
import { askNode } from '../chain/failures.ts';
import type { StoredTransaction } from '../stores/chain.ts';
import { broadcast } from './broadcast.ts';
import { type ConcludeDeps, conclude, factsOf, look, resume, waitForOutcome } from './conclude.ts';
import { type ParsedTransaction, parseSignedTransaction } from './parse.ts';
import { readNonces, simulate } from './preflight.ts';
import { checkTransaction, type RelayPolicy } from './rules.ts';
import { createTurns, type Turns } from './turns.ts';

const RECONCILE_PAGE = 100;

export interface RelayDeps extends ConcludeDeps {
  readonly policy: RelayPolicy;
  /** Throws when a wallet sends too many. */
  readonly limitSender: (sender: string) => void;
}

/** Who asks the relay, and for whom it keeps the transaction. */
export interface Submission {
  readonly signedTransaction: string;
  readonly agent: AgentRecord;
  readonly requestId?: string | undefined;
}

/** Carries signed transactions of agents to the chain: the same bytes any number of times, never another transaction. */
export interface Relay extends AsyncDisposable {
  submit(submission: Submission): Promise<RelayedTransaction>;
  get(key: { readonly workspace: string; readonly transactionHash: string }): Promise<RelayedTransaction>;
  /** Looks at every transaction whose end is unknown; sends again what the node has lost. */
  reconcile(): Promise<void>;
}

/** Makes the relay of one chain. */
export function createRelay(options: RelayDeps): Relay {
  const turns = createTurns({ ...options, ask: (sender) => readNonces(options.client, sender) });
  const deps: Carrier = { ...options, turns };
  const inFlight = new Map<string, Promise<StoredTransaction>>();

  /** One submission of the same bytes at a time; the others wait for its result. */
  function once(hash: string, work: () => Promise<StoredTransaction>): Promise<StoredTransaction> {
    const running = inFlight.get(hash);
    if (running) return running;
    const started = work().finally(() => inFlight.delete(hash));
    inFlight.set(hash, started);
    return started;
  }

  return {
    async submit({ signedTransaction, agent, requestId }) {
      const transaction = await parseSignedTransaction(signedTransaction);
      checkTransaction(transaction, { policy: deps.policy, wallet: agent.wallet });
      const stored = await once(transaction.hash, () => carry(deps, { transaction, agent, requestId }));
      if (stored.workspace === agent.workspace) return toModel(stored);
      throw new BonafideError('CONFLICT', 'This transaction was submitted from another workspace.');
    },
    async get({ workspace, transactionHash }) {
      const stored = deps.read.relayed.getAnywhere(transactionHash);
      if (stored?.workspace !== workspace)
        throw new BonafideError('NOT_FOUND', 'No such transaction was relayed.');
      return toModel(stored.status === 'unknown' ? await askNode(() => look(deps, stored)) : stored);
    },
    async reconcile() {
      let after: StoredTransaction | undefined;
      do {
        const page = deps.read.relayed.listUnknown({ after, limit: RECONCILE_PAGE });
        for (const stored of page) {
          if (deps.signal.aborted) return;
          if (!inFlight.has(stored.transactionHash))
            await once(stored.transactionHash, () => look(deps, stored));
        }
        after = page.at(-1);
      } while (after !== undefined);
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(inFlight.values());
    },
  };
}

interface Carrier extends RelayDeps {
  readonly turns: Turns;
}

interface Carried {
  readonly transaction: ParsedTransaction;
  readonly agent: AgentRecord;
  readonly requestId?: string | undefined;
}

async function carry(deps: Carrier, carried: Carried): Promise<StoredTransaction> {
  const { transaction } = carried;
  const known = deps.read.relayed.getAnywhere(transaction.hash);
  if (known) return known.status === 'unknown' ? resume(deps, known) : known;
  deps.limitSender(transaction.from);
  const turn = { sender: transaction.from, nonce: transaction.nonce };
  await askNode(() => deps.turns.wait(turn));
  await askNode(() => simulate(deps, transaction));
  const stored = await store(deps, carried);
  // Stored first: whatever happens from here on, a restart finds these bytes and what became of them.
  const sent = await broadcast(deps.client, transaction.serialized);
  if (sent.result === 'refused') return takeBack(deps, { stored, reason: sent.reason });
  deps.turns.pass(turn);
  return sent.result === 'unknown' ? resume(deps, stored) : waitForOutcome(deps, stored);
}

async function store(
  deps: RelayDeps,
  { transaction, agent, requestId }: Carried,
): Promise<StoredTransaction> {
  const { workspace, agentId } = agent;
  return deps.ledger.commit({ workspace, actor: `agent:${agentId}`, requestId }, (tx) => {
    // The chain was asked since the agent was authenticated, which takes long enough to be revoked.
    if (tx.tables.agents.getStatusOfKey(agent.did) === 'revoked')
      throw new BonafideError('REVOKED', 'This agent is revoked.');
    const stored: StoredTransaction = {
      transactionHash: transaction.hash,
      workspace,
      agentId,
      status: 'unknown',
      from: transaction.from,
      to: transaction.to ?? '',
      selector: transaction.data.slice(0, 10),
      nonce: transaction.nonce,
      signedTransaction: transaction.serialized,
      createdAt: tx.now,
      updatedAt: tx.now,
    };
    // Another gateway on this store may have been faster; its row then counts.
    if (!tx.tables.relayed.insert(stored)) return tx.tables.relayed.getAnywhere(transaction.hash) ?? stored;
    tx.audit({ event: 'relay.submitted', subject: stored.transactionHash, data: factsOf(stored) });
    return stored;
  });
}

/**
 * The node refused the bytes before it took them, so nothing was sent and the row goes; unless somebody else has sent
 * these very bytes before and a block holds them.
 */
async function takeBack(
  deps: RelayDeps,
  { stored, reason }: { readonly stored: StoredTransaction; readonly reason: string },
): Promise<StoredTransaction> {
  const seen = await askNode(() => conclude(deps, stored));
  if (seen.blockNumber !== undefined) return seen;
  const { workspace, transactionHash } = stored;
  await deps.ledger.commit({ workspace, actor: 'system' }, (tx) => {
    tx.tables.relayed.remove(transactionHash);
    tx.audit({ event: 'relay.refused', subject: transactionHash, data: { ...factsOf(stored), reason } });
  });
  throw new BonafideError('CONFLICT', `The chain node refused the transaction: ${reason}`, {
    details: { reason: 'NODE_REFUSED' },
  });
}

function toModel(stored: StoredTransaction): RelayedTransaction {
  const { workspace, agentId, nonce, signedTransaction, ...transaction } = stored;
  return transaction;
}
