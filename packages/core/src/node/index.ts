export type { ClientConfig, ConfigOptions, Environment } from './config.ts';
export { configPath, loadConfig, parseConfig } from './config.ts';
export type { KeyFile, KeyFileOptions } from './key-files.ts';
export { keyFilePath, loadKeyFile, loadOrCreateKeyFile } from './key-files.ts';
export { findNearest } from './nearest.ts';
export { Secret } from './secret.ts';
export type { SodiumNative } from './sodium-backend.ts';
export { createSodiumBackend } from './sodium-backend.ts';
