/** Which bytes a stream of an execution carries; who writes opened it. */
const prefixes = {
  /** To the one who executes. */
  input: 'x:',
  /** To the one who asked. */
  output: 'x-bytes:',
  /** EXEC_RESPONSE messages with a chunk, one on each line: on a stream, so that a slow reader slows them down. */
  chunks: 'x-chunks:',
} as const;

export type ExecutionStream = keyof typeof prefixes;

export function labelOf(kind: ExecutionStream, executionId: string): string {
  return prefixes[kind] + executionId;
}

/** The execution that a label belongs to, if it is of this kind. */
export function executionOf(kind: ExecutionStream, label: string): string | undefined {
  return label.startsWith(prefixes[kind]) ? label.slice(prefixes[kind].length) : undefined;
}
