import { agenticCommerceAbi, type Deployment, testUsdcAbi, treasuryAbi } from '@bonafide/contracts';
import { parseUsdc } from '@bonafide/core/models';
import type { FollowLog } from '../chain/follow.ts';
import { createPulse } from '../chain/pulse.ts';
import type { DueCall, StoredDueCall } from '../stores/keeper.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import { CHAIN_WORKSPACE } from '../workspaces/names.ts';
import { encodeCall } from './calls.ts';
import {
  type HoldReason,
  type KeeperWalletOptions,
  type Refusal,
  type Sent,
  send,
  simulate,
} from './wallet.ts';

/** Longer than a call and its receipt take: who holds it that long is gone. */
const LEASE_MS = MINUTE_MS;
const MAX_PAUSE_MS = MINUTE_MS;
const SYNC_INTERVAL_MS = 6 * HOUR_MS;
/** Less in the treasury than this is not worth the fee. */
const LEAST_SYNC = parseUsdc('1');
const SYNC: DueCall = { jobId: '0', kind: 'sync', dueAt: 0 };

export interface KeeperOptions extends KeeperWalletOptions {
  readonly deployment: Deployment;
  readonly log: FollowLog;
  readonly intervalMs: number;
  /** Up to how long a keeper waits before it sends, so that several do not send the same. */
  readonly spreadMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Told when something of ours is in a block. */
  readonly onIncluded: () => void;
  readonly signal: AbortSignal;
}

/** `held`: it may not spend more now. `failing`: the chain node does not answer. */
export type KeeperHealth = 'ok' | 'held' | 'failing';

/** Calls what anybody may call once time has made it due, so that no job waits for its parties. */
export interface Keeper {
  /** Ends when the signal aborts. */
  run(): Promise<void>;
  getHealth(): KeeperHealth;
}

/** What passes remember of each other. */
interface State {
  failures: number;
  hold: HoldReason | undefined;
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { signal, intervalMs, log } = options;
  const state: State = { failures: 0, hold: undefined };
  const pulse = createPulse(signal);
  return {
    async run() {
      await ensureSync(options);
      while (!signal.aborted) {
        try {
          await pass(options, { state, wait: (ms) => pulse.next(ms) });
          state.failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          state.failures += 1;
          // Never the message: it holds the address of the node, and that may hold a key.
          const reason = error instanceof Error ? error.name : 'unknown';
          log.warn({ failures: state.failures, reason }, 'the keeper could not work');
        }
        await pulse.next(Math.min(intervalMs * 2 ** Math.min(state.failures, 8), MAX_PAUSE_MS));
      }
    },
    getHealth() {
      if (state.failures > 0) return 'failing';
      return state.hold ? 'held' : 'ok';
    },
  };
}

interface Pass {
  readonly state: State;
  readonly wait: (ms: number) => Promise<void>;
}

/** Everything that is due now, one call after another. */
async function pass(options: KeeperOptions, { state, wait }: Pass): Promise<void> {
  const { read, now, signal, random, spreadMs } = options;
  const clock = await readClock(options);
  // Others see the same due: whoever finds that one of them was faster lets them go ahead again.
  let spread = () => wait(random() * spreadMs);
  while (!signal.aborted) {
    const [call] = read.dueCalls.listDue({ clock, nowMs: now() }, 1);
    if (!call) break;
    if (!(await claim(options, call))) continue;
    const sent = await keep(options, { call, spread });
    tell(options, { call, sent, state });
    await putOff(options, call, delayAfter(options, { call, sent }));
    if (sent.result === 'held') return;
    if (sent.result !== 'refused') spread = noWait;
    else if (sent.isLost) spread = () => wait(random() * spreadMs);
  }
  state.hold = undefined;
}

const noWait = async () => undefined;

interface Keeping {
  readonly call: StoredDueCall;
  readonly spread: () => Promise<void>;
}

/** `isLost`: it could be done, and somebody else was faster. */
type Kept = Exclude<Sent, Refusal> | (Refusal & { readonly isLost?: boolean });

async function keep(options: KeeperOptions, { call, spread }: Keeping): Promise<Kept> {
  if (call.kind === 'sync' && !(await isWorthSyncing(options)))
    return { result: 'refused', revert: 'NothingToSync' };
  const job = options.read.jobs.get(call.jobId)?.job;
  const encoded = encodeCall(options.deployment, { ...call, job });
  if (!encoded) return { result: 'refused', revert: 'TermsUnknown' };
  const gas = await simulate(options, encoded);
  if (typeof gas !== 'bigint') return gas;
  await spread();
  if (options.signal.aborted) return { result: 'refused', revert: 'Stopped' };
  const sent = await send(options, encoded);
  return sent.result === 'refused' ? { ...sent, isLost: true } : sent;
}

interface Attempt {
  readonly call: StoredDueCall;
  readonly sent: Kept;
}

function tell(options: KeeperOptions, { call, sent, state }: Attempt & { readonly state: State }): void {
  const { log, onIncluded } = options;
  const { jobId, kind, attempts } = call;
  if (sent.result === 'refused') {
    if (kind !== 'sync') log.info({ jobId, kind, attempts, revert: sent.revert }, 'not for the keeper to do');
    return;
  }
  if (sent.result === 'held') {
    if (state.hold !== sent.reason) log.warn({ reason: sent.reason }, 'the keeper spends no more for now');
    state.hold = sent.reason;
    return;
  }
  const { transactionHash, feeWei, result } = sent;
  log.info({ jobId, kind, transactionHash, feeWei: String(feeWei), result }, 'the keeper has called');
  onIncluded();
}

/** When to look at a call again, if the index then still has it. */
function delayAfter(
  { now }: KeeperOptions,
  { call, sent }: Attempt,
): { readonly untilMs: number; readonly attempts?: number } {
  if (call.kind === 'sync') return { untilMs: now() + SYNC_INTERVAL_MS };
  if (sent.result === 'held') return { untilMs: now() + 10 * SECOND_MS };
  if (sent.result === 'unknown') return { untilMs: now() + LEASE_MS };
  if (sent.result === 'done') return { untilMs: now() + 10 * MINUTE_MS };
  const attempts = call.attempts + 1;
  // Entropy is soon forgotten, so it is not left alone for long.
  const most = call.kind === 'captureEntropy' ? 5 * SECOND_MS : 10 * MINUTE_MS;
  return { untilMs: now() + Math.min(SECOND_MS * 2 ** Math.min(attempts, 12), most), attempts };
}

function claim({ ledger, now }: KeeperOptions, call: DueCall): Promise<boolean> {
  const nowMs = now();
  return ledger.commit({ workspace: CHAIN_WORKSPACE, actor: 'system' }, ({ tables }) =>
    tables.dueCalls.claim(call, { nowMs, untilMs: nowMs + LEASE_MS }),
  );
}

function putOff(
  { ledger }: KeeperOptions,
  call: StoredDueCall,
  { untilMs, attempts = call.attempts }: { readonly untilMs: number; readonly attempts?: number },
): Promise<void> {
  return ledger.commit({ workspace: CHAIN_WORKSPACE, actor: 'system' }, ({ tables }) =>
    tables.dueCalls.putOff(call, { untilMs, attempts }),
  );
}

async function ensureSync({ ledger }: KeeperOptions): Promise<void> {
  await ledger.commit({ workspace: CHAIN_WORKSPACE, actor: 'system' }, ({ tables }) =>
    tables.dueCalls.replaceOfJob(SYNC.jobId, [SYNC]),
  );
}

/** The kernel's clock as the next block will see it. */
async function readClock({ client, deployment }: KeeperOptions): Promise<number> {
  const question = { address: deployment.agenticCommerce, abi: agenticCommerceAbi } as const;
  return client.readContract({ ...question, functionName: 'clock', blockTag: 'pending' });
}

async function isWorthSyncing({ client, deployment }: KeeperOptions): Promise<boolean> {
  const { usdc, treasury: address } = deployment;
  const [held, reserve, fund] = await Promise.all([
    client.readContract({ address: usdc, abi: testUsdcAbi, functionName: 'balanceOf', args: [address] }),
    client.readContract({ address, abi: treasuryAbi, functionName: 'reserve' }),
    client.readContract({ address, abi: treasuryAbi, functionName: 'arbitrationFund' }),
  ]);
  return held - reserve - fund >= LEAST_SYNC;
}
