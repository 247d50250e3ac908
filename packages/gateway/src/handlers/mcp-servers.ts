import { type Context, callingAgent, readerOf } from '../context.ts';
import type { Transaction } from '../ledger.ts';
import { attestServer } from '../mcp-servers/attest.ts';
import { verifyAttestation } from '../mcp-servers/attestation.ts';
import { presentServer, summarizeServer } from '../mcp-servers/present.ts';
import { approveChange, getServer, pinServer, reportServer } from '../mcp-servers/servers.ts';
import { readPage } from '../paging.ts';
import type { StoredMcpServer } from '../stores/mcp-servers.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const mcpServerHandlers: HandlersOf<IdsOf<'mcpServers'>> = {
  'mcpServers.pin': async (context, input) => {
    const agent = callingAgent(context);
    return change(context, (tx) => pinServer(tx, { agent, ...input }));
  },
  'mcpServers.report': async (context, input) => {
    const agent = callingAgent(context);
    return change(context, (tx) => reportServer(tx, { agent, ...input }));
  },
  'mcpServers.attest': async (context, { envelope, ...input }) => {
    const agent = callingAgent(context);
    const at = await verifyAttestation(envelope, { agent, ...input, nowMs: context.services.now() });
    return change(context, (tx) => attestServer(tx, { agent, ...input, at, envelope }));
  },
  'mcpServers.approveChange': async (context, input) => change(context, (tx) => approveChange(tx, input)),
  'mcpServers.get': async (context, { serverId }) => {
    const reader = readerOf(context);
    return presentServer(reader, { server: getServer(reader, serverId), nowMs: context.services.now() });
  },
  'mcpServers.list': async (context, { status, ...input }) => {
    const reader = readerOf(context);
    const { workspace } = reader;
    const { items, ...rest } = readPage({
      input,
      read: ({ beyond, limit }) =>
        reader.tables.mcpServers.list({ workspace, status }, { before: beyond, limit }),
      keyOf: ({ serverId }) => serverId,
    });
    const nowMs = context.services.now();
    return { items: items.map((server) => summarizeServer(reader, { server, nowMs })), ...rest };
  },
};

function change(context: Context, work: (tx: Transaction) => StoredMcpServer) {
  return context.commit((tx) => presentServer(tx, { server: work(tx), nowMs: tx.nowMs }));
}
