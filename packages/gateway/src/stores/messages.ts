/** What is stored of messages. */
export type MessageTables = {};
