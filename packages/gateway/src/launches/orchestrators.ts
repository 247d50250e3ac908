import { isGatewayAlive } from '../sessions/liveness.ts';
import type { StoredLaunch, StoredOrchestrator } from '../stores/launches.ts';
import type { Reads } from '../stores/store.ts';

/** Tables, and the time at which gateways are alive. */
export interface Now {
  readonly tables: Reads;
  readonly nowMs: number;
}

/** Who is asked: of those that are connected and have the profile, first who did not fail yet, then who has the least to do. */
export function chooseOrchestrator(
  reader: Now,
  { workspace, profile, failedWith }: Pick<StoredLaunch, 'workspace' | 'profile' | 'failedWith'>,
): string | undefined {
  const { launches, orchestrators } = reader.tables;
  const [chosen] = orchestrators
    .list(workspace)
    .filter((each) => each.profiles.includes(profile) && isHere(reader, each))
    .map(({ address }) => ({
      address,
      hasFailed: Number(failedWith.includes(address)),
      load: launches.getAssignedCount(workspace, address),
    }))
    .sort((a, b) => a.hasFailed - b.hasFailed || a.load - b.load || (a.address < b.address ? -1 : 1));
  return chosen?.address;
}

/** Whether somebody is connected with the address, at a gateway that lives. */
export function isConnected(
  { tables, nowMs }: Now,
  { workspace, address }: { readonly workspace: string; readonly address: string },
): boolean {
  const holder = tables.sessions.getHolder(workspace, address);
  return holder !== undefined && isGatewayAlive(tables, { gatewayId: holder.gatewayId, nowMs });
}

/** The row is of the session that has the address now: a newer one may have other profiles. */
function isHere(reader: Now, { workspace, address, sessionId }: StoredOrchestrator): boolean {
  const isCurrent = reader.tables.sessions.getHolder(workspace, address)?.sessionId === sessionId;
  return isCurrent && isConnected(reader, { workspace, address });
}
