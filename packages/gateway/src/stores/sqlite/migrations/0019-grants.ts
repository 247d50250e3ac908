export const grants = ``;
