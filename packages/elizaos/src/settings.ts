import type { IAgentRuntime } from '@elizaos/core';

/** What the character or its secrets may set; names as in package.json's `agentConfig`. */
export interface Settings {
  readonly name: string;
  readonly url?: string;
  readonly privateKey?: string;
  readonly enrolmentToken?: string;
  readonly walletKey?: string;
  readonly rpcUrl?: string;
}

const NAMES = {
  url: 'BONAFIDE_URL',
  privateKey: 'BONAFIDE_PRIVATE_KEY',
  enrolmentToken: 'BONAFIDE_ENROLMENT_TOKEN',
  walletKey: 'BONAFIDE_WALLET_KEY',
  rpcUrl: 'BONAFIDE_RPC_URL',
} as const;

/** `Weather Agent!` becomes `weather-agent`, the form of names on Bonafide. */
export function toAgentName(characterName: string): string {
  const slug = characterName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 63);
  return slug || 'eliza';
}

/** The settings of an agent; an empty one counts as absent, as in an env file with `NAME=`. */
export function settingsOf(runtime: IAgentRuntime): Settings {
  const entries = Object.entries(NAMES).flatMap(([field, key]) => {
    const value = runtime.getSetting(key);
    return typeof value === 'string' && value.trim() !== '' ? [[field, value.trim()]] : [];
  });
  return { name: toAgentName(runtime.character.name), ...Object.fromEntries(entries) };
}
