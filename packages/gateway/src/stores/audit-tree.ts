/** What is stored of the Merkle tree over the audit log. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its domain.
export type AuditTreeTables = {};
