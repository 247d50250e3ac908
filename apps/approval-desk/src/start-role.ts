import { type RoleProcess, type Speaker, startRole as start } from '@bonafide/app-kit';

/** Starts `roles/<role>.ts`. */
export function startRole(role: Speaker, environment: Readonly<Record<string, string>>): RoleProcess {
  return start({ role, file: new URL(`./roles/${role}.ts`, import.meta.url), environment });
}
