export const launches = ``;
