import { expect, it } from 'vitest';
import * as toolkit from './index.ts';
import * as middleware from './middleware.ts';

it('exports exactly this', () => {
  expect(Object.keys(toolkit)).toEqual(['BonafideCallbackHandler', 'BonafideToolkit']);
  expect(Object.keys(middleware)).toEqual(['createGuardMiddleware']);
});
