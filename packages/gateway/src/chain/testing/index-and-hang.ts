import type { Deployment } from '@bonafide/contracts';
import { startHarness } from './harness.ts';

/** Indexes a chain into a database until it is killed. */
const [rpcUrl = '', deployment = '{}', directory = ''] = process.argv.slice(2);
const parsed = JSON.parse(deployment) as Omit<Deployment, 'startBlock'> & { startBlock: string };
const startBlock = BigInt(parsed.startBlock);
await startHarness({ rpcUrl, deployment: { ...parsed, startBlock }, maxBlockRange: 3 }, directory);
