import { BonafideError } from '@bonafide/core/errors';
import { namesOf, type Operation, parseInput } from '@bonafide/core/operations';
import type { Action, ActionResult, IAgentRuntime, Memory } from '@elizaos/core';
import { examplesOf } from './examples.ts';
import { extractInput } from './extract.ts';
import { answerOf, failureOf } from './result.ts';
import { BonafideService } from './service.ts';
import { mentions, similesOf, vocabularyOf } from './vocabulary.ts';

interface Context {
  readonly runtime: IAgentRuntime;
  readonly message: Memory;
  readonly service: BonafideService;
}

const serviceOf = (runtime: IAgentRuntime): BonafideService | null =>
  runtime.getService<BonafideService>(BonafideService.serviceType);

/** The validated input; when it does not fit, the question for the rest stays open for this person's answer. */
async function inputOf(operation: Operation, context: Context): Promise<Record<string, unknown>> {
  const { runtime, message, service } = context;
  const messages = service.questions.messagesOf(message, operation.id);
  service.questions.close(message);
  const extracted = await extractInput(runtime, { operation, messages });
  try {
    return parseInput(operation, extracted);
  } catch (error) {
    service.questions.ask(message, { operationId: operation.id, messages });
    throw error;
  }
}

async function perform(operation: Operation, runtime: IAgentRuntime, message: Memory): Promise<unknown> {
  const service = serviceOf(runtime);
  if (!service) throw new BonafideError('UNAVAILABLE', 'The Bonafide service of this agent did not start.');
  const input = await inputOf(operation, { runtime, message, service });
  const agent = await service.connect();
  return agent.invoke(operation, input);
}

async function resultOf(
  operation: Operation,
  runtime: IAgentRuntime,
  message: Memory,
): Promise<ActionResult> {
  try {
    return answerOf(operation, await perform(operation, runtime, message));
  } catch (error) {
    return failureOf(operation, error);
  }
}

/**
 * The Eliza action of one operation. Eliza 1.x has no parameter schema and runs a chosen handler without asking
 * `validate`, so the handler itself takes nothing from the message but its words, and nothing unvalidated runs.
 */
export function createAction(operation: Operation): Action {
  const name = namesOf(operation).elizaAction;
  const vocabulary = vocabularyOf(operation);
  return {
    name,
    similes: similesOf(operation),
    description: operation.description,
    examples: examplesOf(operation),
    async validate(runtime, message) {
      const service = serviceOf(runtime);
      if (!service || message.entityId === runtime.agentId) return false;
      return (
        mentions(message.content.text ?? '', vocabulary) || service.questions.isOpen(message, operation.id)
      );
    },
    async handler(runtime, message, _state, _options, callback) {
      const result = await resultOf(operation, runtime, message);
      await callback?.({ text: result.text ?? '', actions: [name] });
      return result;
    },
  };
}
