/** What is stored of trust scores and alerts. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its domain.
export type TrustTables = {};
