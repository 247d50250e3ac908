export const tasks = ``;
