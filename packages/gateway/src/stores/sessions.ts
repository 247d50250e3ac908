/** What is stored of sessions. */
export type SessionTables = {};
