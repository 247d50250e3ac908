import { BonafideError } from '../../errors.ts';

const load = async () => {
  const [client, stdio] = await Promise.all([
    import('@modelcontextprotocol/client'),
    import('@modelcontextprotocol/client/stdio'),
  ]);
  return { ...client, getDefaultEnvironment: stdio.getDefaultEnvironment };
};

/** The MCP SDK. */
export type McpSdk = Awaited<ReturnType<typeof load>>;

/** The MCP SDK, an optional peer because only registering servers needs it. */
export async function loadMcpSdk(): Promise<McpSdk> {
  try {
    return await load();
  } catch (cause) {
    throw new BonafideError(
      'UNSUPPORTED',
      'Asking MCP servers needs the MCP SDK: npm install @modelcontextprotocol/client',
      { cause },
    );
  }
}
