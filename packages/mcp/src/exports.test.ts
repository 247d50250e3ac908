import { expect, it } from 'vitest';
import * as mcp from './index.ts';

it('exports exactly this', () => {
  expect(Object.keys(mcp)).toEqual(['createMcpServer']);
});
