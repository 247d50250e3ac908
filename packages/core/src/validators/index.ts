export { checksumValidator } from './checksum.ts';
export { type RerunOptions, rerunValidator } from './rerun.ts';
export { type StandardSchema, schemaValidator } from './schema.ts';
