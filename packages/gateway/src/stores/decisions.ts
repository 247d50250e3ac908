/** What is stored of policies and capabilities. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its domain.
export type DecisionTables = {};
