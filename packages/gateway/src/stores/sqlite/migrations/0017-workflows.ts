export const workflows = ``;
