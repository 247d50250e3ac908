export const acl = ``;
