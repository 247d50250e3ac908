/** What is stored of tasks. */
export type TaskTables = {};
