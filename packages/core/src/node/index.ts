export type { ClientConfig, ConfigOptions } from './config.ts';
export {
  clientVariables,
  configPath,
  loadConfig,
  parseConfig,
  programVariables,
  readDeploymentFile,
} from './config.ts';
export type { KeyFile, KeyFileOptions } from './key-files.ts';
export { keyFilePath, loadKeyFile, loadOrCreateKeyFile } from './key-files.ts';
export type {
  AllOptions,
  DetectOptions,
  McpServerResult,
  RegisterMcpServerInput,
} from './mcp-servers/all.ts';
export {
  autoDetectMcpServers,
  checkAllMcpServers,
  registerAllMcpServers,
  registerMcpServer,
} from './mcp-servers/all.ts';
export { Secret } from './secret.ts';
export type { Environment, SettingsSource, Variable, Variables } from './settings.ts';
export { parseSettings, readFlag, readList, readNumber, readText } from './settings.ts';
export type { SodiumNative } from './sodium-backend.ts';
export { createSodiumBackend } from './sodium-backend.ts';
