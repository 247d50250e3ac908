/** Every name of the README of the Aether Python client SDK (`scitrera-aether-client` 0.1.59). */
export const aetherNames: Readonly<Record<string, readonly string[]>> = {
  packages: ['pip install scitrera-aether-client', 'scitrera-aether-client[dev]', 'scitrera_aether_client'],
  clients: [
    ...['AgentClient', 'AsyncAgentClient', 'TaskClient', 'AsyncTaskClient', 'UserClient', 'AsyncUserClient'],
    ...['OrchestratorClient', 'AsyncOrchestratorClient', 'WorkflowEngineClient', 'AsyncWorkflowEngineClient'],
    ...['MetricsBridgeClient', 'AsyncMetricsBridgeClient', 'ServiceClient', 'AsyncServiceClient'],
    ...['AdminClient', 'AsyncAdminClient', 'Credentials.api_key', 'AuthorizationContext'],
  ],
  principals: [
    ...['Agent', 'Task', 'User', 'Orchestrator', 'WorkflowEngine', 'MetricsBridge', 'Service', 'Bridge'],
    'cmd/msgbridge',
  ],
  addresses: [
    ...['ag.{workspace}.{impl}.{spec}', 'tu.{workspace}.{impl}.{spec}', 'ta.{workspace}.{impl}.{id}'],
    ...['us.{user_id}.{window_id}', 'uw.{user_id}.{workspace}', 'oc.{workspace}.{impl}.{spec}'],
    ...[
      'we.{workspace}.{impl}.{spec}',
      'mb.{workspace}.{impl}.{spec}',
      'sv.{impl}.{spec}',
      'br.{impl}.{spec}',
    ],
    ...['tb.*', 'sv::memorylayer::default', 'ag.default.worker.specialist-01'],
  ],
  'connection options': [
    ...['workspace', 'implementation', 'specifier', 'unique_specifier', 'user_id', 'window_id'],
    ...[
      'supported_profiles',
      'credentials',
      'max_retries',
      'initial_backoff',
      'max_backoff',
      'auto_reconnect',
    ],
    ...['tls_enabled', 'tls_root_cert_path', 'tls_client_cert_path', 'tls_client_key_path'],
    ...['tls_root_cert', 'tls_client_cert', 'tls_client_key'],
  ],
  'life of a client': ['connect', 'close', 'async with', 'wait_until_disconnected', 'switch_workspace'],
  callbacks: [
    ...['on_message', 'on_chat_message', 'on_control_message', 'on_tool_call', 'on_event', 'on_metric'],
    ...['on_config', 'on_signal', 'on_error', 'on_kv_response', 'on_task_assignment'],
    ...['on_checkpoint_response', 'on_connect', 'on_disconnect'],
  ],
  'types of callbacks': [
    ...['IncomingMessage', 'ConfigSnapshot', 'Signal', 'ErrorResponse', 'KVResponse', 'TaskAssignment'],
    ...['CheckpointResponse', 'msg.source_topic', 'msg.payload'],
  ],
  messaging: [
    ...['send_message_to_agent', 'send_message_to_task', 'send_message_to_user_session'],
    ...['send_broadcast_to_agents', 'send_event', 'send_metric', 'payload', 'message_type'],
  ],
  keys: [
    ...['kv_put', 'kv_get', 'kv_list', 'kv_delete', 'kv_put_nowait', '_nowait', 'key', 'value', 'scope'],
    ...['key_prefix', 'timeout', 'response.value'],
  ],
  scopes: ['global', 'workspace', 'user', 'user-workspace'],
  tasks: [
    ...['create_task', 'task_type', 'assignment_mode', 'metadata', 'target_agent_id'],
    'launch_param_overrides',
  ],
  checkpoints: [
    ...['checkpoint_save', 'checkpoint_save_sync', 'checkpoint_save_nowait', 'checkpoint_load'],
    ...['checkpoint_load_sync', 'checkpoint_list_sync', 'checkpoint_delete_sync', 'checkpoint_delete_nowait'],
    ...['data', 'response.data', 'response.keys'],
  ],
  administration: [
    ...['create_workspace', 'list_workspaces', 'workspace CRUD', 'workspace_id', 'display_name', 'limit'],
    ...[
      'create_token',
      'principal_type',
      'token.plaintext_token',
      'token.token.id',
      'revoke_token',
      'token_id',
    ],
    ...['create_acl_rule', 'principal_id', 'resource_type', 'resource_id', 'access_level', 'READWRITE'],
    ...['granted_by', 'list_acl_rules', 'fallback policies', 'list_agents', 'get_agent'],
    ...['list_workflow_rules', 'list_connections', 'disconnect_session', 'session_id', 'reason'],
    ...['getHealth', 'admin_query'],
  ],
  constants: [
    ...['CHAT', 'CONTROL', 'TOOL_CALL', 'EVENT', 'METRIC', 'SELF_ASSIGN', 'TARGETED', 'POOL'],
    ...['KV_GET', 'KV_PUT', 'KV_LIST', 'KV_DELETE', 'KV_SCOPE_GLOBAL', 'KV_SCOPE_WORKSPACE'],
    ...['KV_SCOPE_USER', 'KV_SCOPE_USER_WORKSPACE'],
  ],
  proxy: [
    ...['AetherHTTPXTransport', 'AetherAsyncHTTPXTransport', 'AetherRequestsAdapter', 'httpx_transport'],
    ...['requests_adapter', 'aether+sv://', 'sidecar'],
  ],
  examples: [
    ...['example.py agent', 'example.py orchestrator', 'example.py workflow', 'example.py metrics'],
    ...['example_async.py agent', 'example_async.py concurrent', 'example_async.py context'],
  ],
  principles: ['Connection = Lock = Heartbeat', 'exponential backoff with jitter', 'non-recoverable errors'],
  requirements: ['Python 3.11+', 'grpcio', 'protobuf'],
};
