import {
  clientVariables,
  type Environment,
  parseSettings,
  programVariables,
  readFlag,
  readList,
  readNumber,
  readText,
  type Variables,
} from '@bonafide/core/node';
import { type Config, configSchema } from './schema.ts';

const variables: Variables = {
  BONAFIDE_HOST: { field: ['host'], read: readText },
  BONAFIDE_PORT: { field: ['port'], read: readNumber },
  BONAFIDE_DATABASE: { field: ['database'], read: readText },
  BONAFIDE_PUBLIC_URL: { field: ['publicUrl'], read: readText },
  BONAFIDE_TLS_CERT_FILE: { field: ['tls', 'certFile'], read: readText },
  BONAFIDE_TLS_KEY_FILE: { field: ['tls', 'keyFile'], read: readText },
  BONAFIDE_TLS_CLIENT_CA_FILE: { field: ['tls', 'clientCaFile'], read: readText },
  BONAFIDE_TLS_REQUIRE_CLIENT_CERT: { field: ['tls', 'requireClientCertificate'], read: readFlag },
  BONAFIDE_ENROLMENT: { field: ['enrolment'], read: readText },
  BONAFIDE_POLICY_FILE: { field: ['policyFile'], read: readText },
  BONAFIDE_APPROVAL_TTL_MS: { field: ['approvalTtlMs'], read: readNumber },
  BONAFIDE_EVENT_RETENTION_MS: { field: ['eventRetentionMs'], read: readNumber },
  BONAFIDE_RATE_LIMIT_PER_SECOND: { field: ['rateLimit', 'perSecond'], read: readNumber },
  BONAFIDE_RATE_LIMIT_BURST: { field: ['rateLimit', 'burst'], read: readNumber },
  BONAFIDE_GUESS_LIMIT_PER_MINUTE: { field: ['guessLimit', 'perMinute'], read: readNumber },
  BONAFIDE_GUESS_LIMIT_BURST: { field: ['guessLimit', 'burst'], read: readNumber },
  BONAFIDE_TRUSTED_PROXIES: { field: ['trustedProxies'], read: readList },
  BONAFIDE_ALLOWED_ORIGINS: { field: ['allowedOrigins'], read: readList },
  BONAFIDE_REQUEST_TIMEOUT_MS: { field: ['requestTimeoutMs'], read: readNumber },
  BONAFIDE_SHUTDOWN_TIMEOUT_MS: { field: ['shutdownTimeoutMs'], read: readNumber },
  BONAFIDE_WEBHOOKS_ALLOW_HTTP: { field: ['webhooks', 'allowHttp'], read: readFlag },
  BONAFIDE_WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: { field: ['webhooks', 'allowPrivateAddresses'], read: readFlag },
  BONAFIDE_LOG_LEVEL: { field: ['logLevel'], read: readText },
  BONAFIDE_CHAIN: { field: ['chain', 'name'], read: readText },
  BONAFIDE_RPC_URL: { field: ['chain', 'rpcUrl'], read: readText },
  BONAFIDE_PUBLIC_RPC_URL: { field: ['chain', 'publicRpcUrl'], read: readText },
  BONAFIDE_DEPLOYMENT_FILE: { field: ['chain', 'deploymentFile'], read: readText },
  BONAFIDE_CONFIRMATIONS: { field: ['chain', 'confirmations'], read: readNumber },
  BONAFIDE_MAX_BLOCK_RANGE: { field: ['chain', 'maxBlockRange'], read: readNumber },
  BONAFIDE_RELAY_PER_SECOND: { field: ['chain', 'relayLimit', 'perSecond'], read: readNumber },
  BONAFIDE_RELAY_BURST: { field: ['chain', 'relayLimit', 'burst'], read: readNumber },
  BONAFIDE_KEEPER_KEY: { field: ['chain', 'keeper', 'key'], read: readText },
  BONAFIDE_KEEPER_KEY_FILE: { field: ['chain', 'keeper', 'keyFile'], read: readText },
  BONAFIDE_KEEPER_MAX_GAS_PRICE_GWEI: { field: ['chain', 'keeper', 'maxGasPriceGwei'], read: readText },
  BONAFIDE_KEEPER_MAX_ETH_PER_DAY: { field: ['chain', 'keeper', 'maxEthPerDay'], read: readText },
  BONAFIDE_GATEWAY_KEY: { field: ['privateKey'], read: readText },
};

/** The names that a gateway reads, for programs that refuse unknown ones. */
export const gatewayVariables: readonly string[] = ['BONAFIDE_CONFIG', ...Object.keys(variables)];

// Read by the bin itself or by agents that run in the same shell, so they are not mistakes here.
const alsoKnown = ['BONAFIDE_CONFIG', ...clientVariables, ...programVariables];

/** The configuration from the environment over the content of a file; throws one ValidationError with every problem. */
export function parseConfig(env: Environment, file?: unknown): Config {
  return parseSettings(configSchema, { env, variables, file, alsoKnown });
}
