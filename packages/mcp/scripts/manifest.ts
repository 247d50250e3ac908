import { catalog } from '../src/catalog.ts';
import { version } from '../src/version.ts';

interface Option {
  readonly variable: string;
  readonly title: string;
  readonly description: string;
  readonly isSecret?: true;
  readonly default?: string;
}

const options: Readonly<Record<string, Option>> = {
  url: {
    variable: 'BONAFIDE_URL',
    title: 'Gateway',
    description: 'Address of the gateway',
    default: 'http://127.0.0.1:4660',
  },
  agent_name: {
    variable: 'BONAFIDE_AGENT_NAME',
    title: 'Agent name',
    description: 'Name of the agent in its workspace',
    default: 'mcp',
  },
  private_key: {
    variable: 'BONAFIDE_PRIVATE_KEY',
    title: 'Agent key',
    description: 'Ed25519 key of the agent; left open, one is made and kept in ~/.bonafide/agents',
    isSecret: true,
  },
  enrolment_token: {
    variable: 'BONAFIDE_ENROLMENT_TOKEN',
    title: 'Enrolment token',
    description: 'Needed once on a public gateway',
    isSecret: true,
  },
  wallet_key: {
    variable: 'BONAFIDE_WALLET_KEY',
    title: 'Wallet key',
    description: 'Key of the wallet that pays; needed for jobs only',
    isSecret: true,
  },
};

/** The manifest of the .mcpb bundle; what a user leaves open reaches the server as an empty string, which it ignores. */
export function manifest(): object {
  const entries = Object.entries(options);
  return {
    manifest_version: '0.3',
    name: 'bonafide',
    display_name: 'Bonafide',
    version,
    description:
      'An identity for your agent, permission from people where it is needed, and paid work through escrow.',
    author: { name: 'The Bonafide authors', url: 'https://github.com/bonafide-dev/bonafide' },
    license: 'Apache-2.0',
    server: {
      type: 'node',
      entry_point: 'bonafide-mcp.mjs',
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/bonafide-mcp.mjs`],
        env: Object.fromEntries(entries.map(([key, { variable }]) => [variable, `\${user_config.${key}}`])),
      },
    },
    tools: catalog
      .filter(({ isDefaultTool }) => isDefaultTool)
      .map(({ tool }) => ({ name: tool.name, description: tool.title })),
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: '>=22.18.0' } },
    user_config: Object.fromEntries(
      entries.map(([key, { title, description, isSecret = false, default: initial = '' }]) => [
        key,
        { type: 'string', title, description, sensitive: isSecret, required: false, default: initial },
      ]),
    ),
  };
}
