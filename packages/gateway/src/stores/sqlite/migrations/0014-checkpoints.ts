export const checkpoints = ``;
