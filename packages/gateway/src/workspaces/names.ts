/** Where agents land that register without a token on a gateway that allows it. */
export const DEFAULT_WORKSPACE = 'default';

/** Holds what the chain shows to everybody; no token and no agent ever belongs to it. */
export const CHAIN_WORKSPACE = 'chain';
