import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, type RoleProcess, type Speaker, startGateway, startRole } from '@bonafide/app-kit';
import { type Client, connect, type Invoker } from '@bonafide/core';
import type { SessionPrincipal } from '@bonafide/core/protocol';

/** A gateway that somebody else started. */
export interface GivenGateway {
  readonly url: string;
  readonly ownerToken: string;
}

export interface Fleet extends AsyncDisposable {
  readonly url: string;
  /** A workspace of its own for one example. */
  openStage(name: string): Promise<Stage>;
}

export interface RoleRequest {
  /** `roles/<file>.ts`. */
  readonly file: string;
  /** In whose name its lines are shown. */
  readonly role: Speaker;
  /** Under which the agent is registered; the same name is the same key. */
  readonly name: string;
  /** As whom it connects; default an agent by its name. */
  readonly principal?: SessionPrincipal;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A workspace with its owner, and the processes that take part in it; they end with it. */
export interface Stage extends AsyncDisposable {
  readonly workspace: string;
  readonly owner: Client & Invoker;
  /** Of the first workspace of the tenant, whose rules decide about keys of all of them. */
  readonly tenantOwner: Client & Invoker;
  /** For what the roles leave behind. */
  readonly directory: string;
  start(request: RoleRequest): RoleProcess;
  /** Starts a role whose principal needs a permission, which the owner gives before it connects. */
  startPermitted(request: RoleRequest & { readonly principal: SessionPrincipal }): Promise<RoleProcess>;
}

export async function openFleet(given: GivenGateway | undefined): Promise<Fleet> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'bonafide-fleet-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const { url, ownerToken } = given ?? (await startOwn(directory, stack));
  const owner = connect({ url, token: ownerToken });
  const disposing = stack.move();
  return {
    url,
    async openStage(name) {
      const workspace = `${name}-${randomBytes(4).toString('hex')}`;
      const { ownerToken: token } = await owner.workspaces.create({ name: workspace });
      const place = await mkdtemp(join(directory, `${name}-`));
      return createStage({ url, token, tenantOwner: owner, workspace, directory: place });
    },
    [Symbol.asyncDispose]: () => disposing.disposeAsync(),
  };
}

async function startOwn(directory: string, stack: AsyncDisposableStack): Promise<GivenGateway> {
  const { url } = stack.use(await startGateway({ directory }));
  return { url, ownerToken: await createWorkspace(directory, 'fleet') };
}

interface Place extends Pick<Stage, 'tenantOwner' | 'workspace' | 'directory'> {
  readonly url: string;
  readonly token: string;
}

async function createStage({ url, token, tenantOwner, workspace, directory }: Place): Promise<Stage> {
  const owner = connect({ url, token });
  const { secret } = await owner.tokens.create({ name: 'fleet', role: 'enrolment' });
  const running = new AsyncDisposableStack();

  function start({ file, role, name, principal, environment }: RoleRequest): RoleProcess {
    const home = join(directory, name);
    return running.use(
      startRole({
        role,
        file: new URL(`./roles/${file}.ts`, import.meta.url),
        environment: {
          ...{ HOME: home, USERPROFILE: home, BONAFIDE_URL: url, BONAFIDE_ENROLMENT_TOKEN: secret },
          ...{ FLEET_NAME: name, FLEET_WORKSPACE: workspace },
          FLEET_PRINCIPAL: JSON.stringify(principal ?? { type: 'agent' }),
          ...environment,
        },
      }),
    );
  }

  return {
    ...{ workspace, owner, tenantOwner, directory, start },
    async startPermitted(request) {
      const process = start({ ...request, environment: { ...request.environment, FLEET_WAITS: '1' } });
      const { agentId } = await process.fact<{ agentId: string }>('registered');
      const { type } = request.principal;
      await owner.acl.createRule({
        ...{
          principalType: type,
          principalId: `agent:${agentId}`,
          resourceType: 'principal',
          resourceId: type,
        },
        level: 30,
      });
      process.send('go');
      return process;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
