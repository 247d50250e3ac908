import { type SecureOptions, secure } from '../src/client/secure.ts';
import type { Agent } from '../src/client/types.ts';
import type { BonafideError } from '../src/errors.ts';
import { createKeyPair, digestOf, signerFromSeed } from '../src/identity/index.ts';
import { actionRecord, agentRecord, routes } from './far-gateway.ts';
import { type Answer, json, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

export const { actionId } = actionRecord();
export const VERIFY = 'POST /v1/actions';
export const LOG = 'POST /v1/actions/log';
export const WAIT = `GET /v1/actions/${actionId}/wait`;
export const START = `POST /v1/actions/${actionId}/start`;
export const COMPLETE = `POST /v1/actions/${actionId}/complete`;

/** Decides as told about whatever is asked, with the digest of what was asked. */
export const decide =
  (status: string): Answer =>
  (request) => {
    const { action, parameters = {}, risk } = JSON.parse(String(request.body));
    const parametersDigest = digestOf(parameters);
    return json(actionRecord({ action, parameters, parametersDigest, risk, status }))(request);
  };

interface Setup {
  readonly agent: Agent;
  readonly warnings: readonly BonafideError[];
  readonly server: ScriptedServer;
  /** The bodies of all requests to `METHOD /path`. */
  sentTo(route: string): Record<string, unknown>[];
}

/** An agent of a scripted gateway that approves everything unless the table says otherwise. */
export async function startAgent(
  table: Readonly<Record<string, Answer | readonly Answer[]>> = {},
  options: SecureOptions = {},
): Promise<Setup> {
  const signer = signerFromSeed(createKeyPair().seed);
  const server = await startScriptedServer(
    routes({
      'POST /v1/agents': json(agentRecord(signer.did)),
      [VERIFY]: decide('approved'),
      [START]: json(actionRecord({ status: 'running' })),
      [COMPLETE]: json(actionRecord({ status: 'executed' })),
      [LOG]: json(actionRecord({ status: 'executed' })),
      ...table,
    }),
  );
  const warnings: BonafideError[] = [];
  const onWarning = (warning: BonafideError): void => void warnings.push(warning);
  const retry = { limit: 0 };
  const agent = await secure('weather-agent', { url: server.url, signer, retry, onWarning, ...options });
  const sentTo = (route: string) =>
    server.requests
      .filter(({ method, url }) => `${method} ${url}` === route)
      .map(({ body }) => JSON.parse(String(body)));
  return { agent, warnings, server, sentTo };
}
