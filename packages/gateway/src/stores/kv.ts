/** What is stored of kv. */
export type KvTables = {};
