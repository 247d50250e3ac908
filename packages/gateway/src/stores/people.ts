/** What is stored of members, invitations and settings. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its domain.
export type PeopleTables = {};
