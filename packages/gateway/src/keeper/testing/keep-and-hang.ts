import { requireDeployment } from '@bonafide/contracts';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { startHarness } from '../../chain/testing/harness.ts';

/** A process to be killed: keeps jobs on the database and node it is given, with the key it is given. */
const [directory = '', rpcUrl = '', key = ''] = process.argv.slice(2);
const keeper = { account: privateKeyToAccount(key as Hex), spreadMs: 0, intervalMs: 25 };
await startHarness({ rpcUrl, deployment: requireDeployment('local'), keeper }, directory);
