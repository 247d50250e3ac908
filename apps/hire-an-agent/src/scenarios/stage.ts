import type { RoleProcess } from '@bonafide/app-kit';
import { tell } from '@bonafide/app-kit';
import { BonafideError, connect } from '@bonafide/core';
import type { Dispute, Job } from '@bonafide/core/models';
import type { Network, Party } from '../network.ts';

export type Scoring = 'honest' | 'harsh' | 'silent';

/** Who plays, and how. */
export interface Cast {
  /** `good` or `careless` for each delivery in turn, or `never`. */
  readonly deliveries: string;
  readonly validators: readonly Scoring[];
  readonly revalidators?: readonly Scoring[];
  readonly arbitrators?: number;
  /** What arbitrators give the provider. */
  readonly percent?: number;
  /** What a side says in a dispute; without it that side neither opens nor answers one. */
  readonly providerEvidence?: string;
  readonly clientEvidence?: string;
}

/** Seconds, long enough for people on a real chain to see it and short enough to wait for. */
export interface Windows {
  readonly submit: number;
  readonly validation: number;
  readonly dispute: number;
  readonly evidence: number;
  readonly ruling: number;
}

interface Actor {
  readonly role: string;
  readonly party: Party;
  readonly process: RoleProcess;
}

/** Where a scenario is played: what the audience sees, and the few things that no agent does. */
export interface Stage {
  /** Looks now and then: what is asked for has to stay as it is until this was seen. */
  until(what: string, isThere: (job: Job) => boolean): Promise<Job>;
  untilDispute(what: string, isThere: (dispute: Dispute) => boolean): Promise<void>;
  /** Lets the actors of a role begin who waited for it. */
  start(role: string): void;
  kill(role: string): Promise<void>;
  /** Both sides ask for the same division. */
  cancel(providerAmountUsdc: string): Promise<void>;
  passValidationWindow(): Promise<void>;
  passDisputeWindow(): Promise<void>;
  passEvidenceWindow(): Promise<void>;
  passDelivery(): Promise<void>;
}

export interface StageSettings {
  readonly network: Network;
  readonly actors: readonly Actor[];
  readonly windows: Windows;
  readonly ownerToken: string;
}

const LOOK_MS = 250;
const PATIENCE_MS = 120_000;

/** A stage for the newest job of the network. */
export function createStage({ network, actors, windows, ownerToken }: StageSettings): Stage {
  const reader = connect({ url: network.gateway.url, token: ownerToken });
  const newest = async (): Promise<Job | undefined> => (await reader.jobs.list({ limit: 1 })).items[0];
  const inRole = (role: string): readonly Actor[] => actors.filter((actor) => actor.role === role);

  async function until<Seen>(what: string, look: () => Promise<Seen | undefined>): Promise<Seen> {
    const deadline = Date.now() + PATIENCE_MS * network.pace;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) {
        tell('check', what);
        return seen;
      }
      if (Date.now() > deadline) throw new Error(`It never came to this: ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  return {
    until: (what, isThere) =>
      until(what, async () => {
        const job = await newest();
        return job && isThere(job) ? job : undefined;
      }),
    async untilDispute(what, isThere) {
      await until(what, async () => {
        const job = await newest();
        const dispute = job && (await findDispute(reader, job.jobId));
        return dispute && isThere(dispute) ? dispute : undefined;
      });
    },
    start(role) {
      for (const actor of inRole(role)) actor.process.send('start');
    },
    async kill(role) {
      for (const { process } of inRole(role)) process.child.kill('SIGKILL');
      tell('network', `the ${role} is killed and does not come back`);
    },
    async cancel(providerAmountUsdc) {
      const job = await newest();
      for (const role of ['provider', 'client'])
        for (const actor of inRole(role)) {
          actor.process.send(`cancel ${job?.jobId} ${providerAmountUsdc}`);
          await actor.process.fact('cancel');
        }
    },
    passValidationWindow: () =>
      network.advance(windows.validation + windows.dispute, 'time for validation and dispute passes'),
    passDisputeWindow: () => network.advance(windows.dispute, 'the time for a dispute passes'),
    passEvidenceWindow: () => network.advance(windows.evidence, 'the time for evidence passes'),
    passDelivery: () => network.advance(windows.submit, 'the time for the delivery passes'),
  };
}

async function findDispute(reader: ReturnType<typeof connect>, jobId: string): Promise<Dispute | undefined> {
  try {
    return await reader.disputes.get({ jobId });
  } catch (error) {
    if (BonafideError.is(error) && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
