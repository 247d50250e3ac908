/** Where failures go that nobody listens to: as a process warning in Node, as an error event in browsers. */
export function warn(error: Error): void {
  const { process, reportError } = globalThis as {
    readonly process?: { readonly emitWarning?: (error: Error) => void };
    readonly reportError?: (error: unknown) => void;
  };
  if (process?.emitWarning) process.emitWarning(error);
  else reportError?.(error);
}
