import { type Agent, BonafideError } from '@bonafide/core';
import { capability as capabilityName } from '@bonafide/core/models';
import { replyToTask } from '../agent/reply-to-task.ts';
import type { LinkedPeer } from '../connection/connector.ts';
import { createActivity } from './activity.ts';
import { createAnsweredIntents } from './answered-intents.ts';
import { toValidationError } from './problems.ts';
import { type Provided, toProvided } from './provided.ts';
import { createRequesterCheck } from './requester-check.ts';
import { sendOrClose } from './send-answer.ts';
import { serveExecutions } from './serve-executions.ts';
import { serveIntents, toErrorMessage } from './serve-intents.ts';
import type { Capability, ExecutionHandler, IntentHandler } from './types.ts';

/** What this agent does for peers, over all links. */
export interface Offered {
  readonly capabilities: Readonly<Record<string, Capability<unknown>>>;
  /** Throws CONFLICT when there is one of this name. Returns the function that takes it back. */
  provide<Args, Result>(
    name: string,
    capability: Capability<Args, Result>,
    handler: ExecutionHandler<Args>,
  ): () => void;
  /** Throws CONFLICT when there is one. Returns the function that removes it. */
  onIntent(handler: IntentHandler): () => void;
  /** Answers what comes over this link, until it closes. */
  serve(linked: LinkedPeer): void;
  /** Takes nothing new; resolves when what is under way was answered. */
  drain(): Promise<void>;
}

interface OfferedParts {
  readonly agent: Pick<Agent, 'agents' | 'authorize' | 'record'>;
  /** Told what a handler threw, and what could not be reported. */
  readonly onError: (error: Error) => void;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

export function createOffered({ agent, onError, now = Date.now }: OfferedParts): Offered {
  const provided = new Map<string, Provided>();
  let intentHandler: IntentHandler | undefined;
  const intents = createAnsweredIntents(now);
  const check = createRequesterCheck({ agent, now });
  const capabilities = (): Offered['capabilities'] =>
    Object.fromEntries(Array.from(provided, ([name, { capability }]) => [name, capability]));
  const replyByDefault: IntentHandler = (intent) =>
    replyToTask(capabilities(), { intent, now: new Date(now()) });
  const activity = createActivity();
  const executionParts = { activity, agent, provided, intents, check, onError };
  const offers = (name: string): boolean => provided.has(name);
  const handler = (): IntentHandler => intentHandler ?? replyByDefault;
  const intentParts = { activity, intents, check, handler, offers, now, onError };
  return {
    get capabilities() {
      return capabilities();
    },
    provide(name, capability, run) {
      const { error } = capabilityName.safeParse(name);
      if (error) throw toValidationError(`'${name}' cannot be the name of a capability.`, error.issues);
      if (provided.has(name)) throw new BonafideError('CONFLICT', `'${name}' is provided already.`);
      const added = toProvided(capability, run);
      provided.set(name, added);
      return () => void (provided.get(name) === added && provided.delete(name));
    },
    onIntent(added) {
      if (intentHandler) throw new BonafideError('CONFLICT', 'There is a handler of intents already.');
      intentHandler = added;
      return () => {
        if (intentHandler === added) intentHandler = undefined;
      };
    },
    drain: activity.drain,
    serve(linked) {
      const execute = serveExecutions(executionParts, linked);
      const reply = serveIntents(intentParts, linked);
      linked.link.onMessage((message) => {
        if (message.type === 'EXEC_REQUEST') execute(message);
        else if (message.type === 'INTENT') {
          if (message.intent.kind === 'request') reply({ id: message.id, request: message.intent.request });
        } else if (isForGateways(message.type)) sendOrClose(linked.link, refuse(message.id));
      });
    },
  };
}

function isForGateways(type: string): boolean {
  return ['REGISTER', 'UNREGISTER', 'OFFER', 'ANSWER', 'ICE_CANDIDATE'].includes(type);
}

function refuse(id: string) {
  return toErrorMessage(
    id,
    new BonafideError('UNSUPPORTED', 'This goes through a gateway, not between peers.'),
  );
}
