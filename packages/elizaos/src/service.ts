import { type Agent, secure, walletFromKey } from '@bonafide/core';
import { BonafideError } from '@bonafide/core/errors';
import { type IAgentRuntime, Service } from '@elizaos/core';
import { OpenQuestions } from './open-questions.ts';
import { type Settings, settingsOf } from './settings.ts';

declare module '@elizaos/core' {
  interface ServiceTypeRegistry {
    BONAFIDE: 'bonafide';
  }
}

const SERVICE_TYPE = 'bonafide';

async function secureWith({ name, walletKey, rpcUrl, ...options }: Settings): Promise<Agent> {
  const wallet = walletKey === undefined ? undefined : await walletFromKey(walletKey);
  return secure(name, { ...options, wallet, chain: { rpcUrl } });
}

/**
 * Holds the agent of one Eliza runtime. A gateway that cannot be reached at start does not stop Eliza (there a
 * failing service ends as an unhandled rejection): the next action connects again.
 */
export class BonafideService extends Service {
  static override readonly serviceType = SERVICE_TYPE;
  override readonly capabilityDescription = 'Identity, permission and paid jobs through a Bonafide gateway';
  readonly questions = new OpenQuestions();
  #agent: Agent | undefined;
  #connecting: Promise<Agent> | undefined;

  static override async start(runtime: IAgentRuntime): Promise<BonafideService> {
    const service = new BonafideService(runtime);
    await service.connect().catch((error: unknown) => {
      const { code, message } = BonafideError.from(error);
      runtime.logger.error({ src: 'bonafide', code }, `Not connected to Bonafide: ${message}`);
    });
    return service;
  }

  /** The agent when it is connected. */
  get agent(): Agent | undefined {
    return this.#agent;
  }

  /** The registered agent; callers at the same time share one attempt, and a failed one is not kept. */
  connect(): Promise<Agent> {
    this.#connecting ??= secureWith(settingsOf(this.runtime)).then(
      (agent) => {
        this.#agent = agent;
        return agent;
      },
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return this.#connecting;
  }

  override async stop(): Promise<void> {
    const agent = await this.#connecting?.catch(() => undefined);
    this.#agent = undefined;
    this.#connecting = undefined;
    await agent?.[Symbol.asyncDispose]();
  }
}
