/** What is stored of grants. */
export type GrantTables = {};
