import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';

const page = readFileSync(join(repositoryRoot, 'docs', 'from-aegis.md'), 'utf8');
const leftCells = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ')[0] ?? '');

/** Every file with a purpose, model, service and open section of the design. */
const names = [
  ...['AegisClient', 'client.py', 'models/', 'services/', 'errors.py', '_http.py', '_sse.py'],
  ...['examples/quickstart.py', 'examples/lifecycle.py'],
  ...[
    'Job',
    'JobState',
    'CreateJobParams',
    'Dispute',
    'DisputeMethod',
    'JobTemplate',
    'CreateTemplateParams',
  ],
  ...['AgentWallet', 'ReputationSummary', 'TreasuryBalances', 'Hex', 'Address', 'PaginationParams'],
  ...['JobService', 'DisputeService', 'TemplateService', 'AgentService', 'UsdcService', 'TreasuryService'],
  ...['RelayService', 'EventStream'],
];
const sections = [2, 3, 4, 5, 6, 7, 8].map((number) => `"Section ${number}: `);

describe('the table of names', () => {
  it.each(names)('has %s', (name) => {
    expect(leftCells.some((cell) => cell.includes(`\`${name}\``))).toBe(true);
  });

  it.each([...sections, '"CrewAI', '"LangChain', '"Eliza', '"Full lifecycle', '"Real calls'])(
    'has %s …',
    (start) => {
      expect(leftCells.some((cell) => cell.includes(start))).toBe(true);
    },
  );
});
