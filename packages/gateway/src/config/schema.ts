import { isIP } from 'node:net';
import { cedarText } from '@bonafide/core/models';
import { Secret } from '@bonafide/core/node';
import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../time.ts';

const proxy = z
  .string()
  .refine((text) => isIP(text.split('/')[0] ?? '') !== 0, 'must be an IP address or a CIDR range');

const secret = z.union([
  z
    .string()
    .min(1)
    .transform((text) => new Secret(text)),
  z.instanceof(Secret),
]);

const decimal = z.string().regex(/^\d{1,9}(\.\d{1,18})?$/, 'must be a decimal number');

/** What time makes due is called with a key of this gateway's own. */
const keeper = z
  .strictObject({
    key: secret.optional(),
    keyFile: z.string().min(1).optional(),
    maxGasPriceGwei: decimal.default('5'),
    maxEthPerDay: decimal.default('0.01'),
  })
  .refine(({ key, keyFile }) => (key === undefined) !== (keyFile === undefined), {
    path: ['key'],
    message: 'is needed, or keyFile; not both',
  });

const chain = z.strictObject({
  name: z.enum(['local', 'base-sepolia', 'base']),
  rpcUrl: z.url({ protocol: /^https?$/ }),
  publicRpcUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** As `bonafide contracts deploy` writes it; needed where no contracts are published. */
  deploymentFile: z.string().min(1).optional(),
  /** Blocks on top of a block before it is indexed. */
  confirmations: z.int().min(0).max(10_000).optional(),
  /** Blocks asked for at once, for nodes that allow few. */
  maxBlockRange: z.int().min(1).max(1_000_000).optional(),
  /** Per wallet. */
  relayLimit: z
    .strictObject({
      perSecond: z.number().positive().default(10),
      burst: z.int().positive().default(250),
    })
    .prefault({}),
  keeper: keeper.optional(),
});

/** PEM, as text or in files. */
const tls = z
  .strictObject({
    cert: z.string().min(1).optional(),
    certFile: z.string().min(1).optional(),
    key: secret.optional(),
    keyFile: z.string().min(1).optional(),
    clientCa: z.string().min(1).optional(),
    clientCaFile: z.string().min(1).optional(),
    /** By default whenever there is an authority of clients. */
    requireClientCertificate: z.boolean().optional(),
  })
  .superRefine((given, context) => {
    const count = (...fields: readonly unknown[]) => fields.filter((field) => field !== undefined).length;
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (count(given.cert, given.certFile) !== 1) refuse('certFile', 'is needed, or cert; not both');
    if (count(given.key, given.keyFile) !== 1) refuse('keyFile', 'is needed, or key; not both');
    const authorities = count(given.clientCa, given.clientCaFile);
    if (authorities > 1) refuse('clientCaFile', 'or clientCa; not both');
    if (given.requireClientCertificate === true && authorities === 0) {
      refuse('clientCaFile', 'is needed to check the certificates of clients');
    }
  });

/** Everything an operator can set, with its defaults. */
export const configSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(4660),
    database: z
      .string()
      .min(1)
      .refine((path) => path !== ':memory:', 'must be a file, because an answer means that it is kept')
      .default('bonafide.db'),
    publicUrl: z.url({ protocol: /^https?$/ }).optional(),
    tls: tls.optional(),
    enrolment: z.enum(['open', 'token']).optional(),
    policy: cedarText.optional(),
    policyFile: z.string().min(1).optional(),
    approvalTtlMs: z
      .int()
      .min(1)
      .default(15 * MINUTE_MS),
    eventRetentionMs: z
      .int()
      .min(1)
      .default(7 * DAY_MS),
    rateLimit: z
      .strictObject({ perSecond: z.number().positive(), burst: z.int().positive() })
      .default({ perSecond: 100, burst: 200 }),
    /** How often an address may bring a proof that does not hold. */
    guessLimit: z
      .strictObject({
        perMinute: z.number().positive().default(10),
        burst: z.int().positive().default(20),
      })
      .prefault({}),
    trustedProxies: z.array(proxy).default([]),
    heartbeatMs: z.int().min(1).max(15_000).default(15_000),
    requestTimeoutMs: z.int().min(1).default(30_000),
    shutdownTimeoutMs: z.int().min(0).default(10_000),
    sweepIntervalMs: z.int().min(1).default(1000),
    /** Of web pages that may ask and open sessions, beside those of this machine; * for any. */
    allowedOrigins: z.array(z.string().min(1)).default([]),
    sessions: z
      .strictObject({
        /** Connections that have not said who they are. */
        maxUnproven: z.int().min(1).default(8192),
        maxUnprovenPerNetwork: z.int().min(1).default(4096),
        helloTimeoutMs: z.int().min(1).default(10_000),
        /** A reader that leaves more than this is not listened to until it has read. */
        maxQueuedBytes: z.int().min(1024).default(8_388_608),
        /** Who sends more is read more slowly. */
        framesPerSecond: z.int().min(1).default(200_000),
        disconnectGraceMs: z.int().min(0).default(5000),
      })
      .prefault({}),
    webhooks: z
      .strictObject({
        allowHttp: z.boolean().default(false),
        allowPrivateAddresses: z.boolean().default(false),
      })
      .prefault({}),
    logLevel: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
    chain: chain.optional(),
    privateKey: secret.optional(),
  })
  .superRefine((config, context) => {
    if (isLoopback(config.host) || config.publicUrl !== undefined) return;
    const message = `is needed when host is ${config.host}: agents sign the name they call the gateway by`;
    context.addIssue({ code: 'custom', path: ['publicUrl'], message });
  })
  .transform((config) => ({ ...config, enrolment: config.enrolment ?? defaultEnrolment(config) }));

export type ConfigInput = z.input<typeof configSchema>;
export type Config = z.output<typeof configSchema>;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\./.test(host);
}

// A public name means that a proxy brings in strangers, who then seem to come from this machine.
function defaultEnrolment({
  host,
  publicUrl,
}: {
  host: string;
  publicUrl?: string | undefined;
}): 'open' | 'token' {
  return isLoopback(host) && publicUrl === undefined ? 'open' : 'token';
}
