export const people = `
`;
