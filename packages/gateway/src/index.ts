export type { ActionPolicy, Decision, Question } from './actions/decide.ts';
export type { ChainOptions, KeeperSettings } from './chain/services.ts';
export { parseConfig } from './config/parse.ts';
export type { Config, ConfigInput } from './config/schema.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { type ActionPolicyOptions, createActionPolicy } from './policy/create-policy.ts';
export { openSqliteStore } from './stores/sqlite/open.ts';
export type { Store, Tables } from './stores/store.ts';
