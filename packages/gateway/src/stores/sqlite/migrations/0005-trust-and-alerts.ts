export const trustAndAlerts = `
`;
