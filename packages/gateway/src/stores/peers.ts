/** Who takes peer connections, and over which session. */
export interface PeerTables {
  readonly peers: PeerTable;
}

export interface PeerRegistration {
  /** Key that it answers for; one registration has it. */
  readonly did: string;
  readonly agentId: string;
  /** Of the agent. */
  readonly workspace: string;
  readonly sessionId: string;
  readonly gatewayId: string;
  /** Whether it takes sealed packets through gateways. */
  readonly allowsRelay: boolean;
  readonly registeredAt: string;
}

export interface PeerTable {
  /** Takes the place of the registration that the key had. */
  put(registration: PeerRegistration): void;
  /** Nothing when another session registered the key since. */
  remove(did: string, sessionId: string): void;
  /** Only while its session has its address, and its gateway lives. */
  find(did: string, nowMs: number): PeerRegistration | undefined;
}
