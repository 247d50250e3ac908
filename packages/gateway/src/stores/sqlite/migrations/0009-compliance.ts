/** Partial indexes: what is logged all the time does not touch them. */
export const compliance = `
CREATE INDEX audit_keys ON audit (workspace, subject, sequence)
  WHERE event IN ('agent.registered', 'agent.key-rotated');
CREATE INDEX audit_prunings ON audit (workspace, sequence) WHERE event = 'audit.pruned';
`;
