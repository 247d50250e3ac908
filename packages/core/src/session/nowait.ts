import type { Client } from '../client/types.ts';
import { verbs } from '../operations/verbs.ts';
import type { NoWait } from './types.ts';

type AnyMethod = (...args: unknown[]) => Promise<unknown>;

/** The calls of a client without their answers; what fails is told to `onError`. */
export function createNoWait(client: Client, onError: (error: unknown) => void): NoWait {
  const nouns = Object.entries<Readonly<Record<string, 'call' | 'stream'>>>(verbs).map(([noun, kinds]) => {
    const methods = Object.entries<unknown>(client[noun as keyof Client])
      .filter(([verb]) => kinds[verb] === 'call')
      .map(([verb, method]) => [verb, forget(method as AnyMethod, onError)]);
    return [noun, Object.fromEntries(methods)];
  });
  return Object.fromEntries(nouns);
}

function forget(method: AnyMethod, onError: (error: unknown) => void): (...args: unknown[]) => void {
  return (...args) => void method(...args).catch(onError);
}
