import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, startGateway, startRole, tell } from '@bonafide/app-kit';
import { type Client, connect } from '@bonafide/core';
import { startPageServer } from './page-server.ts';

// Having others do something is of medium risk, which a person decides unless the owner said so before.
const MAY_ASK = 'permit (principal, action, resource == Operation::"peers.execute");';

/** A gateway, a painter and the server of the page, each of the first two a process of its own. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly owner: Client;
  readonly painterDid: string;
}

export async function openStage(painterEnvironment: Readonly<Record<string, string>>): Promise<Stage> {
  await using starting = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-peer-work-'));
  starting.defer(() => rm(directory, { recursive: true, force: true }));
  const pages = starting.use(await startPageServer());
  const environment = { BONAFIDE_ALLOWED_ORIGINS: pages.url };
  const gateway = starting.use(await startGateway({ directory, environment }));
  const owner = connect({ url: gateway.url, token: await createWorkspace(directory, 'peer-work') });
  await owner.policies.put({ cedar: MAY_ASK, note: 'Agents here may ask each other' });
  const { secret } = await owner.tokens.create({ name: 'agents', role: 'enrolment' });
  tell('gateway', `${gateway.url}, open to pages of ${pages.url}`);
  const painter = starting.use(
    startRole({
      role: 'painter',
      file: new URL('./roles/painter.ts', import.meta.url),
      environment: {
        ...{ HOME: directory, BONAFIDE_URL: gateway.url, BONAFIDE_ENROLMENT_TOKEN: secret },
        ...painterEnvironment,
      },
    }),
  );
  const { did } = await painter.fact<{ did: string }>('ready');
  tell('painter', did);
  pages.open({ gatewayUrl: gateway.url, enrolmentToken: secret });
  const stack = starting.move();
  return { url: pages.url, owner, painterDid: did, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
