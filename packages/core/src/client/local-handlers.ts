import type { z } from 'zod';
import type { Signer } from '../identity/keys.ts';
import type { LocalOperation } from '../operations/define.ts';
import type { AnyOperation } from '../operations/registry.ts';
import type { ChainSettings, Client, Grant, PeerNetwork, Spendings, Wallet, WalletLimits } from './types.ts';

/** What a local operation gets to work with. */
export interface LocalContext {
  /** The agent's own client; the same object for every call. */
  readonly client: Client;
  /** Absent only for keyless operations, called by somebody who is no agent. */
  readonly did: string | undefined;
  /** Signs for the agent; absent where `did` is. */
  readonly signer?: Signer | undefined;
  /** Absent when the agent did not come from `secure`. */
  readonly agentId?: string | undefined;
  readonly wallet?: Wallet | undefined;
  readonly chain?: ChainSettings | undefined;
  readonly limits?: WalletLimits | undefined;
  /** The agent's channels to others, opened at the first use; absent where `secure()` was given none. */
  readonly peers?: ((signal?: AbortSignal) => Promise<PeerNetwork>) | undefined;
  /** Where payments are counted; absent: where the platform counts them. */
  readonly spendings?: Spendings | undefined;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** As the caller gave it; waiting for a person is over by now. */
  readonly timeoutMs?: number | undefined;
  /** As the caller gave it; absent: this call is a new write. */
  readonly idempotencyKey?: string | undefined;
  /** The permission this run uses up; absent below medium risk. */
  readonly grant?: Pick<Grant, 'actionId' | 'parametersDigest'> | undefined;
}

type AnyLocalOperation = Extract<AnyOperation, LocalOperation>;
type WithId<Id> = Extract<AnyLocalOperation, { readonly id: Id }>;

/** One handler for each local operation; a missing one does not compile. */
export type LocalHandlers = {
  readonly [Id in AnyLocalOperation['id']]: (
    context: LocalContext,
    input: z.output<WithId<Id>['input']>,
  ) => Promise<z.input<WithId<Id>['output']>>;
};

/** The nouns that have local operations. */
export type LocalNoun = keyof LocalHandlers extends `${infer Noun}.${string}` ? Noun : never;

/** The handlers of one or more nouns. */
export type LocalHandlersOf<Noun extends string> = Pick<
  LocalHandlers,
  Extract<keyof LocalHandlers, `${Noun}.${string}`>
>;
