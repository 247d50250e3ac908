import { expect, it } from 'vitest';
import * as gateway from './index.ts';

it('exports exactly this', () => {
  expect(Object.keys(gateway).sort()).toEqual([
    'createActionPolicy',
    'createGateway',
    'createMemoryBus',
    'openSqliteStore',
    'parseConfig',
  ]);
});
