import { BonafideError } from '@bonafide/core/errors';
import { putArtifact, toArtifact } from '../artifacts/artifacts.ts';
import type { HandlersOf, IdsOf } from './types.ts';

export const artifactHandlers: HandlersOf<IdsOf<'artifacts'>> = {
  'artifacts.put': async (context, upload) => context.commit((tx) => putArtifact(tx, upload)),
  'artifacts.get': async ({ read, workspace }, { cid }) => {
    const stored = read.artifacts.get(workspace, cid);
    if (!stored) throw new BonafideError('NOT_FOUND', 'There is no such artifact, or it is not public.');
    return { ...toArtifact(stored), content: Buffer.from(stored.content).toString('base64') };
  },
};
