import { namesOf, operationList } from '@bonafide/core/operations';
import { expect, it } from 'vitest';
import { operationsPage } from './operations-page.ts';

const page = operationsPage(operationList);

it.each(operationList)('the reference has $id with its names and fields', (operation) => {
  const section = page.split('\n### ').find((each) => /^\S+/.exec(each)?.[0] === operation.id);
  expect(section).toContain(operation.summary);
  expect(section).toContain(`\`${namesOf(operation).cli}\``);
  for (const field of Object.keys(operation.input.shape))
    expect(section).toMatch(new RegExp(`\`${field}\\??\``));
});
