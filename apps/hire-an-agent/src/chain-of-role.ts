import { required } from '@bonafide/app-kit';
import type { ChainSettings } from '@bonafide/core';
import { readDeploymentFile } from '@bonafide/core/node';

/** The node of this process, and the contracts where its chain does not say which. */
export async function chainOfRole(): Promise<ChainSettings> {
  const file = process.env.BONAFIDE_DEPLOYMENT_FILE;
  return {
    rpcUrl: required('BONAFIDE_RPC_URL'),
    deployment: file ? await readDeploymentFile(file) : undefined,
  };
}
