/** Type of the envelope in which a peer message travels through a gateway. */
export const PEER_SIGNAL = 'peer.signal';
/** Largest envelope of a signal, as text. */
export const MAX_SIGNAL_BYTES = 65_536;
/** Largest sealed packet that a gateway relays, before base64url. */
export const MAX_RELAYED_BYTES = 32_768;
