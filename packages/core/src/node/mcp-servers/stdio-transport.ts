import type { ChildProcess } from 'node:child_process';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import spawn from 'cross-spawn';
import type { StdioDefinition } from './definition.ts';
import type { McpSdk } from './load-client.ts';
import { endProcessGroup, signalGroup } from './process-group.ts';

const MAX_OUTPUT_CHARACTERS = 8 * 1024 * 1024;
/** What is kept of standard error. */
export const MAX_STDERR_CHARACTERS = 16 * 1024;

/**
 * MCP over a child process. Not the SDK's own, which ends only the process it started: `npx` and shells start another
 * one, and nothing that a server started may stay.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** What it printed on standard error, at most 16 Ki characters; may hold secrets. */
  stderr = '';
  readonly #sdk: McpSdk;
  readonly #definition: StdioDefinition;
  #child: ChildProcess | undefined;
  #closing: Promise<void> | undefined;
  #characters = 0;
  #line = '';
  #failure: string | undefined;
  #hasStrangeLines = false;

  constructor(sdk: McpSdk, definition: StdioDefinition) {
    this.#sdk = sdk;
    this.#definition = definition;
  }

  /** What is known of why there is no answer. */
  explain(): string | undefined {
    const strange = this.#hasStrangeLines ? ['It printed what is no MCP message on standard output.'] : [];
    const reasons = [...(this.#failure === undefined ? [] : [this.#failure]), ...strange];
    return reasons.length === 0 ? undefined : reasons.join(' ');
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#definition;
    const child = spawn(command, [...args], {
      ...{ cwd, env: { ...this.#sdk.getDefaultEnvironment(), ...env }, stdio: 'pipe', windowsHide: true },
      // Leads a process group, so that all of it can be ended. On Windows that would open a console.
      ...{ shell: false, detached: process.platform !== 'win32' },
    });
    this.#child = child;
    const endWithUs = () => signalGroup(child, 'SIGKILL');
    process.once('exit', endWithUs);
    child.once('exit', (code, signal) => {
      process.off('exit', endWithUs);
      this.#failure ??= `It ended with ${signal ?? `exit code ${code}`}.`;
    });
    child.once('close', () => this.onclose?.());
    child.stdin?.on('error', (error) => this.onerror?.(error));
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#receive(chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.#note(chunk));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error: NodeJS.ErrnoException) => {
        this.#failure = toStartFailure(error.code);
        reject(error);
      });
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) throw new Error('The process takes no input.');
    stdin.write(this.#sdk.serializeMessage(message));
  }

  close(): Promise<void> {
    this.#closing ??= this.#child ? endProcessGroup(this.#child) : Promise.resolve();
    return this.#closing;
  }

  #receive(chunk: string): void {
    this.#characters += chunk.length;
    if (this.#characters > MAX_OUTPUT_CHARACTERS) {
      this.#fail('It printed more than 8 MiB.');
      return;
    }
    const lines = (this.#line + chunk).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.#deliver(line);
  }

  #deliver(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = this.#sdk.deserializeMessage(line);
    } catch {
      // Servers print greetings where only messages belong; clients skip them, and so do we.
      this.#hasStrangeLines = true;
      return;
    }
    this.onmessage?.(message);
  }

  #note(chunk: string): void {
    if (this.stderr.length < MAX_STDERR_CHARACTERS)
      this.stderr = (this.stderr + chunk).slice(0, MAX_STDERR_CHARACTERS);
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
    this.#child?.stdout?.removeAllListeners('data').destroy();
    this.onclose?.();
  }
}

function toStartFailure(code: string | undefined): string {
  if (code === 'ENOENT') return 'There is no such command, or no such working folder.';
  if (code === 'EACCES') return 'It may not be run: permission denied.';
  return `It could not be started: ${code ?? 'unknown error'}.`;
}
