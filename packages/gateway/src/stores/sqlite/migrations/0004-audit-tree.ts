export const auditTree = `
`;
