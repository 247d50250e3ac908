export const messages = ``;
