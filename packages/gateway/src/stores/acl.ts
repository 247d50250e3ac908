/** What is stored of acl. */
export type AclTables = {};
