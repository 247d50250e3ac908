import type { Memory } from '@elizaos/core';

interface OpenQuestion {
  readonly operationId: string;
  readonly messages: readonly string[];
}

const MAX_QUESTIONS = 1000;
const MAX_MESSAGES = 8;

const keyOf = (message: Memory): string => `${message.roomId} ${message.entityId}`;

/** What was asked back, per person and room, so that the answer completes the request it belongs to. */
export class OpenQuestions {
  readonly #questions = new Map<string, OpenQuestion>();

  isOpen(message: Memory, operationId: string): boolean {
    return this.#questions.get(keyOf(message))?.operationId === operationId;
  }

  /** This message after the earlier ones of the same person about the same operation. */
  messagesOf(message: Memory, operationId: string): readonly string[] {
    const question = this.#questions.get(keyOf(message));
    const earlier = question?.operationId === operationId ? question.messages : [];
    return [...earlier, message.content.text ?? ''].slice(-MAX_MESSAGES);
  }

  ask(message: Memory, question: OpenQuestion): void {
    const key = keyOf(message);
    this.#questions.delete(key);
    this.#questions.set(key, question);
    const [oldest] = this.#questions.keys();
    if (this.#questions.size > MAX_QUESTIONS && oldest !== undefined) this.#questions.delete(oldest);
  }

  close(message: Memory): void {
    this.#questions.delete(keyOf(message));
  }
}
