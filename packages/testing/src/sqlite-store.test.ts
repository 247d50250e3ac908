import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@bonafide/gateway';
import { testStore } from './store-compliance.ts';

testStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bonafide-store-'));
  return {
    open: () => openSqliteStore(join(folder, 'store.db')),
    remove: () => rm(folder, { recursive: true }),
  };
});
