import type { McpDrift, McpManifest, McpServer } from '@bonafide/core/models';
import type { Key } from './queries.ts';

/** A server as stored: what is pinned and what it said last, whole. */
export interface StoredMcpServer
  extends Pick<
    McpServer,
    | 'serverId'
    | 'workspace'
    | 'name'
    | 'status'
    | 'toolsDigest'
    | 'seenToolsDigest'
    | 'seenDigest'
    | 'registeredBy'
    | 'publicKey'
    | 'checkedAt'
    | 'createdAt'
    | 'updatedAt'
  > {
  readonly pinned: McpManifest;
  /** Absent while it is what is pinned. */
  readonly seen?: McpManifest | undefined;
  readonly drift: readonly McpDrift[];
  /** The agent that saw the drift. */
  readonly driftedBy?: string | undefined;
}

export interface McpServerQuery {
  readonly workspace: string;
  readonly status?: McpServer['status'] | undefined;
}

export interface McpServerTable {
  /** Throws when the name is taken in the workspace. */
  insert(server: StoredMcpServer): void;
  /** Replaces the row; id, name and who registered it stay. */
  update(server: StoredMcpServer): void;
  get(key: Key): StoredMcpServer | undefined;
  getByName(workspace: string, name: string): StoredMcpServer | undefined;
  /** Without reading what it offers. */
  getStatusByName(workspace: string, name: string): McpServer['status'] | undefined;
  /** Newest first. */
  list(
    query: McpServerQuery,
    page: { readonly before?: string | undefined; readonly limit: number },
  ): StoredMcpServer[];
}

/** What an agent signed about the tools of a server. */
export interface StoredAttestation {
  readonly workspace: string;
  readonly serverId: string;
  readonly agentId: string;
  readonly toolsDigest: string;
  /** RFC 3339, as signed. */
  readonly at: string;
  /** The signed text. */
  readonly envelope: string;
}

export interface McpAttestationTable {
  /** Keeps one of each agent and server. */
  put(attestation: StoredAttestation): void;
  get(server: Key, agentId: string): StoredAttestation | undefined;
  /** Of these tools, not older than `since`, in the order of the agents' ids. */
  listOfServer(
    server: Key,
    filter: { readonly toolsDigest: string; readonly since: string },
  ): StoredAttestation[];
}

/** What is stored of MCP servers and attestations. */
export interface McpServerTables {
  readonly mcpServers: McpServerTable;
  readonly mcpAttestations: McpAttestationTable;
}
