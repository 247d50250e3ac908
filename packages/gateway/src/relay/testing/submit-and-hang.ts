import { requireDeployment } from '@bonafide/contracts';
import { agentOf, startHarness } from '../../chain/testing/harness.ts';

/** A process to be killed: submits a transaction on the database and node it is given. */
const [directory = '', rpcUrl = '', signedTransaction = '', wallet] = process.argv.slice(2);
const { chain } = await startHarness({ rpcUrl, deployment: requireDeployment('local') }, directory);
await chain.relay.submit({ signedTransaction, agent: agentOf(wallet) });
