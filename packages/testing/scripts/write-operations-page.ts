import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationList } from '@bonafide/core/operations';
import { operationsPage } from '../src/docs/operations-page.ts';
import { repositoryRoot } from '../src/repository.ts';

const file = join(repositoryRoot, 'docs', 'operations.md');
writeFileSync(file, operationsPage(operationList));
console.log(`Wrote ${file}`);
