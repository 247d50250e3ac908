import { type Agent, secure, walletFromKey } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { callOperation, toErrorResult } from './call-operation.ts';
import type { Environment } from './environment.ts';
import { openPeers } from './peer-network.ts';
import type { CallTool } from './tool-server.ts';

export interface AgentCaller extends AsyncDisposable {
  readonly callTool: CallTool;
}

/**
 * Calls operations as the agent of this environment, which is registered at the first call; a failure is tried again.
 * Ends with the agent and its channels to peers, which would keep the process.
 */
export function createAgentCaller(environment: Environment, log: (line: string) => void): AgentCaller {
  let connecting: Promise<Agent> | undefined;
  const connect = async (): Promise<Agent> => {
    connecting ??= connectAgent(environment);
    try {
      return await connecting;
    } catch (error) {
      connecting = undefined;
      throw error;
    }
  };
  const callTool: CallTool = async (id, input, signal) => {
    try {
      const agent = await connect();
      return await callOperation(agent, id, { input, signal });
    } catch (error) {
      const known = BonafideError.from(error);
      log(`cannot connect: ${known.code}: ${known.message}`);
      return toErrorResult(known);
    }
  };
  return {
    callTool,
    async [Symbol.asyncDispose]() {
      // That it could not connect was told to whoever called.
      const agent = await connecting?.catch(() => undefined);
      await agent?.[Symbol.asyncDispose]();
    },
  };
}

async function connectAgent(environment: Environment): Promise<Agent> {
  const { agentName, url, privateKey, enrolmentToken, walletKey, rpcUrl, timeoutMs } = environment;
  const deployment = await deploymentOf(environment);
  const wallet = walletKey === undefined ? undefined : await walletFromKey(walletKey);
  return secure(agentName, {
    url,
    privateKey,
    enrolmentToken,
    wallet,
    chain: { rpcUrl, deployment },
    timeoutMs,
    retry: { limit: environment.retryAttempts },
    peers: openPeers,
  });
}

async function deploymentOf({ deploymentFile }: Environment): Promise<string | undefined> {
  if (deploymentFile === undefined) return undefined;
  const { readDeploymentFile } = await import('@bonafide/core/node');
  return readDeploymentFile(deploymentFile);
}
