import type { Operation } from './define.ts';

const words = (id: string): string =>
  id.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What an operation is called on each surface; all derived from its id. */
export interface SurfaceNames {
  readonly client: string;
  readonly tool: string;
  readonly elizaAction: string;
  readonly cli: string;
  readonly http: string | undefined;
}

/** `messages.send`: `agent.messages.send()`, tool `messages_send`, action `MESSAGES_SEND`, `bonafide messages send`. */
export function namesOf(operation: Operation): SurfaceNames {
  const snake = words(operation.id);
  return {
    client: `agent.${operation.id}()`,
    tool: snake,
    elizaAction: snake.toUpperCase(),
    cli: `bonafide ${operation.id
      .split('.')
      .map((part) => words(part).replaceAll('_', '-'))
      .join(' ')}`,
    http: operation.kind === 'local' ? undefined : `${operation.http.method} ${operation.http.path}`,
  };
}
