/** What is stored of webhooks and their deliveries. */
// biome-ignore lint/complexity/noBannedTypes: filled in by its domain.
export type WebhookTables = {};
