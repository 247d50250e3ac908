import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ContractsError } from '../errors.ts';
import { foundryBinary } from './foundry-binary.ts';

export interface AnvilOptions {
  port: number;
  statePath?: string | undefined;
  chainId?: number | undefined;
}

export interface Anvil {
  rpcUrl: string;
  stop(): Promise<void>;
}

// The shell holds our end of a pipe: however this process ends, even by SIGKILL, the pipe closes and anvil is stopped.
const supervisor = `
exec 3<&0
"$@" 3<&- </dev/null & anvil=$!
(while read -r _; do :; done <&3; kill -TERM $anvil) 2>/dev/null & watch=$!
wait $anvil; status=$?
kill $watch 2>/dev/null
exit $status`;

const readyTimeoutMs = 20_000;

/** Starts anvil on loopback and resolves when it listens. */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const args = ['--host', '127.0.0.1', '--port', String(options.port)];
  if (options.chainId) args.push('--chain-id', String(options.chainId));
  if (options.statePath) args.push('--state', options.statePath, '--state-interval', '5');
  const child = spawn('/bin/sh', ['-c', supervisor, 'anvil', foundryBinary('anvil'), ...args]);
  const stop = async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
  };
  try {
    return { rpcUrl: await listening(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listening(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new ContractsError('LOCAL_CHAIN_FAILED', `anvil ${reason}. ${output.trim().slice(-500)}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${readyTimeoutMs} ms`), readyTimeoutMs);
    const read = (chunk: Buffer) => {
      output = (output + chunk).slice(-8_192);
      const address = /Listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (!address) return;
      clearTimeout(timer);
      child.stdout.off('data', read).resume();
      resolve(`http://${address}`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-8_192);
    });
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`ended with code ${code} before it was ready`));
    // Writing is only ever the final end(); a supervisor that is already gone is not an error.
    child.stdin.on('error', () => undefined);
  });
}
