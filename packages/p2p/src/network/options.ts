import { ValidationError } from '@bonafide/core';
import { z } from 'zod';
import { parseIceAddresses } from '../rtc/ice-settings.ts';
import type { PeersOptions } from './types.ts';

const durationMs = z.int().min(1).max(3_600_000);

const peersOptions = z.strictObject({
  iceServers: z
    .array(
      z.strictObject({
        urls: z.union([z.string(), z.array(z.string())]),
        username: z.string().optional(),
        credential: z.string().optional(),
      }),
    )
    .max(16)
    .default([]),
  iceTransportPolicy: z.enum(['all', 'relay']).optional(),
  bindAddress: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
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

type WithDefault = 'iceServers' | 'accept' | 'allowsRelay' | 'connectTimeoutMs' | 'resumeTimeoutMs';

/** What the options come to: nothing is left open but what the platform decides. */
export type PeersSettings = Omit<PeersOptions, WithDefault> & {
  readonly [Name in WithDefault]-?: NonNullable<PeersOptions[Name]>;
};

/** Fills in the defaults; throws VALIDATION_FAILED with what is wrong. */
export function readPeersOptions(options: PeersOptions): PeersSettings {
  const { data, error } = peersOptions.safeParse(options);
  if (data) {
    // The schema says the same as the type, but for what a function takes and returns.
    const settings = data as PeersSettings;
    parseIceAddresses(settings);
    return settings;
  }
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const list = issues.map(({ path, message }) => `${path || 'options'}: ${message}`).join('; ');
  throw new ValidationError(`These are no options of openPeers: ${list}.`, { issues });
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isRtcProvider(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'createConnection' in value;
}
