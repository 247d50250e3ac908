export const sessions = ``;
