// biome-ignore lint/style/noDefaultExport: Eliza's plugin loader takes the default export of a package.
export { bonafidePlugin, bonafidePlugin as default, createBonafidePlugin } from './plugin.ts';
export { BonafideService } from './service.ts';
