import type { AnyOperation, StreamOperation } from '@bonafide/core/operations';
import type { z } from 'zod';
import type { Context } from '../context.ts';

type RemoteOperations = Extract<AnyOperation, { kind: 'remote' }>;
type StreamOperations = Extract<AnyOperation, { kind: 'stream' }>;

/** Ids of everything the gateway runs. */
export type RemoteId = (RemoteOperations | StreamOperations)['id'];

type ById<Id extends RemoteId> = Extract<RemoteOperations | StreamOperations, { id: Id }>;
type InputOf<Id extends RemoteId> = z.output<ById<Id>['input']>;
type OutputOf<Id extends RemoteId> = z.output<ById<Id>['output']>;

/** What a stream yields: an item with the cursor to resume after it, or the notice that events were lost. */
export type StreamItem<Output> =
  | { readonly data: Output; readonly id?: string }
  | { readonly reset: { readonly oldest: string } };

type Handler<Id extends RemoteId> =
  ById<Id> extends StreamOperation
    ? (context: Context, input: InputOf<Id>) => AsyncIterable<StreamItem<OutputOf<Id>>>
    : (context: Context, input: InputOf<Id>) => Promise<OutputOf<Id>>;

/** Handlers of exactly these operations: a missing one does not compile. */
export type HandlersOf<Id extends RemoteId> = { readonly [Key in Id]: Handler<Key> };

/** The ids of one noun, as in `IdsOf<'agents'>`. */
export type IdsOf<Noun extends string> = Extract<RemoteId, `${Noun}.${string}`>;
