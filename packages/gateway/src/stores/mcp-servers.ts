/** What is stored of MCP servers and attestations. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its domain.
export type McpServerTables = {};
