/** Every name of the AIM Python SDK guide. */
export const aimNames: Readonly<Record<string, readonly string[]>> = {
  functions: [
    ...['secure', 'verify_action', 'log_action', 'get_trust_score', 'get_audit_logs'],
    ...['export_compliance_report', 'auto_detect_mcp_servers', 'register_mcp_server'],
    ...['register_all_mcp_servers', 'load_config'],
  ],
  parameters: [
    ...['aim_url', 'private_key', 'agent_type', 'description', 'auto_verify', 'action_name', 'parameters'],
    ...['risk_level', 'result', 'success', 'error', 'detailed', 'limit', 'offset', 'start_date', 'end_date'],
    ...['report_type', 'format', 'config_path', 'command', 'args', 'env', 'servers'],
  ],
  values: [
    ...['ai_agent', 'mcp_server', 'multi_agent_team', 'soc2', 'hipaa', 'gdpr', 'json', 'csv', 'pdf'],
    ...['high', 'critical'],
  ],
  properties: [
    ...['AIMAgent', 'agent.id', 'agent.name', 'agent.public_key', 'agent.trust_score', 'agent.is_verified'],
    ...[
      'agent.created_at',
      "log['timestamp']",
      "log['action_name']",
      "log['status']",
      'server_id',
      'public_key',
    ],
  ],
  factors: [
    ...['verification_status', 'uptime', 'success_rate', 'security_alerts', 'compliance', 'age'],
    ...['drift_detection', 'user_feedback'],
  ],
  decorators: ['@agent.track_action', '@agent.require_approval'],
  integrations: ['AIMCallbackHandler', 'AgentExecutor', 'AIMCrewWrapper', 'CopilotPlugin'],
  variables: ['AIM_URL', 'AIM_PRIVATE_KEY', 'AIM_DEBUG', 'AIM_TIMEOUT', 'AIM_RETRY_ATTEMPTS'],
  'config keys': [
    ...['~/.aim/config.yaml', 'aim_url:', 'timeout:', 'retry_attempts:', 'debug:', 'log_level:', 'log_file:'],
    ...['verify_ssl:'],
  ],
  exceptions: [
    ...['aim_sdk.exceptions', 'AIMAuthenticationError', 'AIMVerificationError', 'AIMConnectionError'],
    ...['AIMTimeoutError', 'AIMRateLimitError'],
  ],
  'troubleshooting entries': [
    'Authentication failed',
    'Invalid private key',
    'Connection refused',
    'Low trust score',
  ],
  'best practices': [
    ...[
      'Use Environment Variables',
      'Use Decorators for Automatic Tracking',
      'Use Risk Levels Appropriately',
    ],
    ...['Export Compliance Reports Regularly', 'Monitor Trust Scores'],
  ],
};
