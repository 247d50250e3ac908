import { getArtifact } from './get.ts';
import { putArtifact } from './put.ts';

export const artifacts = { put: putArtifact, get: getArtifact };
