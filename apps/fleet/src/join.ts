import { required, stateFact } from '@bonafide/app-kit/role';
import { secure } from '@bonafide/core';
import { signerFromSeed } from '@bonafide/core/identity';
import { loadOrCreateKeyFile } from '@bonafide/core/node';
import { openSession, type Session, type SessionOptions } from '@bonafide/core/session';
import { untilTold } from './commands.ts';

type Joining = Omit<SessionOptions, 'url' | 'signer' | 'token' | 'principal'>;

/** Registers the agent of this process with its own key, and returns what opens its sessions. */
export async function register(): Promise<Pick<SessionOptions, 'url' | 'signer' | 'principal'>> {
  const url = required('BONAFIDE_URL');
  const name = required('FLEET_NAME');
  const { keyPair } = await loadOrCreateKeyFile(name);
  const signer = signerFromSeed(keyPair.seed);
  await using agent = await secure(name, {
    ...{ url, signer, enrolmentToken: required('BONAFIDE_ENROLMENT_TOKEN') },
  });
  stateFact('registered', { agentId: agent.id });
  if (process.env.FLEET_WAITS) await untilTold('go');
  return { url, signer, principal: JSON.parse(required('FLEET_PRINCIPAL')) };
}

/** Registers and connects. */
export async function join(options: Joining = {}): Promise<Session> {
  return openSession({ ...(await register()), ...options });
}
