import { required } from '@bonafide/app-kit/role';
import { openSession, type Session } from '@bonafide/core/session';

/** Connects as the instance that an orchestrator started, with the token that came with the assignment. */
export function joinAsLaunched(): Promise<Session> {
  const principal = JSON.parse(required('FLEET_PRINCIPAL'));
  const options = { url: required('BONAFIDE_URL'), token: required('BONAFIDE_TOKEN') };
  // Many start at once, on a machine that may be busy.
  return openSession({ ...options, principal, connectTimeoutMs: 60_000 });
}
