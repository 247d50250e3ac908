export const kv = ``;
