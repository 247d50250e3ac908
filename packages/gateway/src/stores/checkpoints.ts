/** What is stored of checkpoints. */
export type CheckpointTables = {};
