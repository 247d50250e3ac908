/** What is stored of launches. */
export type LaunchTables = {};
