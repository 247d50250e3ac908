export const mcpServers = `
`;
