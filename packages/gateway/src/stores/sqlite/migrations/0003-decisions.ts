export const decisions = `
ALTER TABLE actions ADD COLUMN rule TEXT;
ALTER TABLE actions ADD COLUMN policy_version INTEGER;
ALTER TABLE actions ADD COLUMN shadow TEXT;

ALTER TABLE approvals ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN approvals_needed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE approvals ADD COLUMN votes TEXT NOT NULL DEFAULT '[]';
`;
