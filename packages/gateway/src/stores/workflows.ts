/** What is stored of workflows. */
export type WorkflowTables = {};
