/**
 * Every name of the architecture of AIConexus (January 2026), the types and fields of its protocol, and what it promises.
 */
export const aiconexusNames: Readonly<Record<string, readonly string[]>> = {
  packages: ['aiconexus', 'pip install aiconexus', 'src/gateway/', 'pyproject.toml', 'poetry install'],
  modules: [
    ...['protocol/', 'models.py', 'security.py', 'serialization.py', 'errors.py', 'core/', 'agent.py'],
    ...['client/', 'socket.py', 'server.py', 'registry.py', 'examples/', 'hello_world/'],
    ...['tests/unit/protocol/', 'tests/unit/gateway/', 'tests/integration/gateway/', 'PROTOCOL_DESIGN.md'],
  ],
  'classes and methods': [
    ...['Agent', 'DIDKey', 'DIDKey.generate()', 'did_key.did', 'did_key.public_key_bytes', 'GatewayClient'],
    ...['gateway_url', 'agent_did', 'async with client', 'client.register(did_key.public_key_bytes)'],
    ...['connect', 'send', 'AgentRegistry', 'RegistryEntry'],
  ],
  messages: [
    ...['REGISTER', 'UNREGISTER', 'OFFER', 'ANSWER', 'ICE_CANDIDATE', 'INTENT', 'EXEC_REQUEST'],
    ...['EXEC_RESPONSE', 'ERROR', 'PING', 'PONG'],
  ],
  fields: [
    ...['id', 'correlation_id', 'timestamp', 'from', 'to', 'type', 'payload', 'version', 'signature'],
    ...['public_key', 'reason', 'sdp', 'candidate', 'sdp_mid', 'sdp_mline_index', 'query', 'context'],
    ...['task', 'params', 'status', 'required_input', 'cost', 'args', 'timeout_ms', 'stream', 'result'],
    ...['error', 'execution_time_ms', 'stream_url', 'code', 'message', 'details', 'sequence'],
  ],
  codes: [
    ...['INVALID_SIGNATURE', 'UNKNOWN_AGENT', 'CONNECTION_REFUSED', 'TIMEOUT', 'MALFORMED_MESSAGE'],
    ...['UNSUPPORTED_VERSION', 'INTERNAL_ERROR', 'INVALID_MESSAGE'],
  ],
  promises: [
    ...['SDK and gateway apart', 'Presence management', 'Message routing', 'Connection lifecycle'],
    ...[
      'Not involved in the data plane',
      'P2P WebRTC DataChannel',
      'Keep-alive PING/PONG',
      'reconnect logic',
    ],
    ...['Discover and negotiate', 'Docker image', 'Kubernetes-ready', 'Scalable', 'shared registry', 'Redis'],
    ...['Multi-Gateway', '100k+ concurrent connections', 'Protocol versioned independently'],
    ...['Each can be audited independently', 'connection management', 'message validation before sending'],
    ...['Python 3.10+', 'Pydantic', 'Cryptography', 'asyncio', 'Natural-language and structured intents'],
    ...['Schema validation of agent I/O', 'Streaming results', 'Health endpoint', 'agent list'],
    ...['Pricing', 'budgets', 'reputation', 'contracts', 'Retry manager', 'MCP compatibility', 'CLI'],
  ],
};
