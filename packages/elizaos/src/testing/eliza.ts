import {
  type Action,
  AgentRuntime,
  ChannelType,
  ElizaOS,
  type IAgentRuntime,
  type Memory,
  ModelType,
  type Plugin,
  type Provider,
  stringToUuid,
  type TextStreamResult,
  type UUID,
} from '@elizaos/core';
import { createMemoryAdapter } from './memory-adapter.ts';

/** Stands for the language model. */
export interface Script {
  /** The action names chosen for a message, given those that Eliza offers. */
  readonly choose: (offered: readonly string[]) => readonly string[];
  /** The reply to a question for parameters. */
  readonly extract: (prompt: string) => string;
}

export interface ActionOutcome {
  readonly actionName: string;
  readonly actionStatus: string;
  readonly actionResult: {
    readonly success: boolean;
    readonly text: string;
    readonly values: Record<string, unknown>;
    readonly data: Record<string, unknown>;
    readonly error?: string;
  };
}

export interface Conversation {
  readonly runtime: IAgentRuntime;
  /** What Eliza offered to the model for the last message. */
  readonly offered: readonly string[];
  readonly prompts: readonly string[];
  /** What appeared in the user's chat while the models wrote. */
  readonly streamed: readonly string[];
  say(text: string): Promise<void>;
  outcomes(): Promise<readonly ActionOutcome[]>;
  stop(): Promise<void>;
}

/** As in Eliza's own bootstrap plugin: offers the actions whose `validate` agrees. */
function actionsProvider(onOffer: (names: string[]) => void): Provider {
  return {
    name: 'ACTIONS',
    async get(runtime, message, state) {
      const checked = await Promise.all(
        runtime.actions.map(async (action: Action) => [
          action.name,
          await action.validate(runtime, message, state),
        ]),
      );
      const names = checked.flatMap(([name, isValid]) => (isValid ? [String(name)] : []));
      onOffer(names);
      return { text: `Possible actions: ${names.join(', ')}`, values: {}, data: {} };
    },
  };
}

const replyWith = (actions: readonly string[]): string =>
  `<response><thought>t</thought><actions>${actions.join(',')}</actions><providers></providers><text>ok</text></response>`;

/** As model plugins answer when they are asked to stream. */
function streamOf(text: string): TextStreamResult {
  async function* chunks() {
    yield text;
  }
  const none = Promise.resolve(undefined);
  return { textStream: chunks(), text: Promise.resolve(text), usage: none, finishReason: none };
}

const id = (name: string): UUID => stringToUuid(name);
const TALK = { entityId: id('user'), roomId: id('room'), worldId: id('world') };

async function connectUser(runtime: AgentRuntime): Promise<void> {
  await runtime.ensureConnection({
    ...TALK,
    userName: 'user',
    name: 'user',
    source: 'test',
    type: ChannelType.DM,
    channelId: 'channel',
    messageServerId: id('server'),
  });
}

export interface ConversationOptions {
  readonly plugin: Plugin;
  readonly script: Script;
  readonly settings?: Record<string, string>;
  readonly name?: string;
}

/** A real AgentRuntime with the plugin, its storage in memory and its model scripted. */
export async function startConversation(options: ConversationOptions): Promise<Conversation> {
  const { plugin, script, settings = {}, name = 'Weather Agent' } = options;
  let offered: readonly string[] = [];
  const prompts: string[] = [];
  const streamed: string[] = [];
  const model: Plugin = {
    name: 'scripted-model',
    description: 'Stands for a language model',
    providers: [
      actionsProvider((names) => {
        offered = names;
      }),
    ],
    models: {
      [ModelType.TEXT_EMBEDDING]: async () => new Array(384).fill(0.01),
      [ModelType.TEXT_LARGE]: async () => replyWith(script.choose(offered)),
      [ModelType.TEXT_SMALL]: async (_runtime, { prompt, stream }) => {
        prompts.push(prompt);
        const reply = script.extract(prompt);
        return stream ? streamOf(reply) : reply;
      },
    },
  };
  const runtime = new AgentRuntime({
    agentId: id(name),
    character: { name, bio: ['a test'], settings: { secrets: settings } },
    plugins: [plugin, model],
    adapter: createMemoryAdapter(),
    settings: {},
  });
  await runtime.initialize({ skipMigrations: true });
  await runtime.getServiceLoadPromise('bonafide');
  const eliza = new ElizaOS();
  eliza.registerAgent(runtime);
  await connectUser(runtime);
  return {
    runtime,
    get offered() {
      return offered;
    },
    prompts,
    async say(text) {
      offered = [];
      await eliza.handleMessage(
        runtime,
        {
          ...TALK,
          content: { text, source: 'test', channelType: ChannelType.DM },
        },
        { onStreamChunk: async (chunk) => void streamed.push(chunk) },
      );
    },
    streamed,
    async outcomes() {
      const memories: Memory[] = await runtime.getMemories({ roomId: TALK.roomId, tableName: 'messages' });
      return memories
        .filter((memory) => memory.content.type === 'action_result')
        .map((memory) => memory.content as unknown as ActionOutcome);
    },
    stop: () => runtime.stop(),
  };
}
