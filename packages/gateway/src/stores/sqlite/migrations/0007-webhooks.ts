export const webhooks = `
`;
