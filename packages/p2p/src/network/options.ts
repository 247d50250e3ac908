import { ValidationError } from '@bonafide/core';
import { z } from 'zod';
import type { PeersOptions } from './types.ts';

const durationMs = z.int().min(1).max(3_600_000);
const iceUrl = z
  .string()
  .regex(/^(stun|stuns|turn|turns):\S+$/, 'must look like stun:host:port or turn:host:port');
const isFunction = (value: unknown): boolean => typeof value === 'function';

const iceServer = z
  .strictObject({
    urls: z.union([iceUrl, z.array(iceUrl).min(1)]),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .refine(({ urls, ...secret }) => ![urls].flat().some(isTurn) || (secret.username && secret.credential), {
    message: 'must have username and credential for TURN',
  });

const peersOptions = z.strictObject({
  iceServers: z.array(iceServer).max(16).default([]),
  iceTransportPolicy: z.enum(['all', 'relay']).optional(),
  bindAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  rtc: z.custom<PeersOptions['rtc']>(isRtcProvider, 'must have createConnection').optional(),
  accept: z
    .union(
      [z.enum(['workspace', 'anyone']), z.custom(isFunction)],
      "must be 'workspace', 'anyone' or a function",
    )
    .default('workspace'),
  allowsRelay: z.boolean().default(true),
  connectTimeoutMs: durationMs.default(20_000),
  resumeTimeoutMs: durationMs.default(60_000),
});

/** What the options come to: nothing left open but what the platform decides. */
export type PeersSettings = Pick<PeersOptions, 'rtc' | 'iceTransportPolicy' | 'bindAddress'> & {
  readonly [Name in
    | 'iceServers'
    | 'accept'
    | 'allowsRelay'
    | 'connectTimeoutMs'
    | 'resumeTimeoutMs']-?: NonNullable<PeersOptions[Name]>;
};

/** Fills in the defaults; throws ValidationError with every option that is wrong. */
export function readPeersOptions(options: PeersOptions): PeersSettings {
  const { data, error } = peersOptions.safeParse(options);
  // The checks are those of these types; only functions are beyond what a schema can say.
  if (data) return { ...options, ...data } as PeersSettings;
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const list = issues.map(({ path, message }) => `${path || 'options'}: ${message}`).join('; ');
  throw new ValidationError(`These are no options of openPeers: ${list}.`, { issues });
}

function isRtcProvider(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'createConnection' in value;
}

function isTurn(url: string): boolean {
  return url.startsWith('turn');
}
