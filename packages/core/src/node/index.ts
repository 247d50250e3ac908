export type { KeyFile, KeyFileOptions } from './key-files.ts';
export { keyFilePath, loadKeyFile, loadOrCreateKeyFile } from './key-files.ts';
export type { SodiumNative } from './sodium-backend.ts';
export { createSodiumBackend } from './sodium-backend.ts';
