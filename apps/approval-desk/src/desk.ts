import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, type GatewayProcess, startGateway } from '@bonafide/app-kit';
import { type Client, connect, type Invoker } from '@bonafide/core';

export type Person = Client & Invoker;

/** A gateway with one workspace and its people, each with a token only they have seen. */
export interface Desk extends AsyncDisposable {
  readonly gateway: GatewayProcess;
  readonly directory: string;
  readonly owner: Person;
  readonly approverToken: string;
  readonly auditor: Person;
  /** What the agent's process gets to know: where to register, and nothing of the people. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
}

export async function openDesk({ approvalTtlMs }: { readonly approvalTtlMs: number }): Promise<Desk> {
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-desk-'));
  const environment = { BONAFIDE_APPROVAL_TTL_MS: String(approvalTtlMs) };
  const gateway = await startGateway({ directory, environment });
  const { url } = gateway;
  const owner = connect({ url, token: await createWorkspace(directory, 'records') });
  const approverToken = await joinAs(url, { owner, name: 'Noor', role: 'approver' });
  const auditorToken = await joinAs(url, { owner, name: 'Ines', role: 'auditor' });
  const { secret } = await owner.tokens.create({ name: 'agents', role: 'enrolment' });
  return {
    ...{ gateway, directory, owner, approverToken },
    auditor: connect({ url, token: auditorToken }),
    agentEnvironment: {
      HOME: await mkdtemp(join(directory, 'agent-home-')),
      BONAFIDE_URL: url,
      BONAFIDE_ENROLMENT_TOKEN: secret,
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Invited {
  readonly owner: Person;
  readonly name: string;
  readonly role: 'approver' | 'auditor';
}

async function joinAs(url: string, { owner, name, role }: Invited): Promise<string> {
  const { invitation } = await owner.members.invite({ name, role });
  const { token } = await connect({ url }).members.join({ invitation });
  return token.secret;
}
