import { pollMs, reportSteps, required, stateFact } from '@bonafide/app-kit';
import type { JobTask } from '@bonafide/core';
import { type CleaningResult, cleanCsv } from '../clean-csv.ts';
import { followCommands } from '../commands.ts';
import { secureRole } from '../secure-role.ts';
import { readSpecification } from '../specification.ts';

// A plain agent on the core SDK, no framework: it sells CSV cleaning. HIRE_DELIVERIES says how well, one after the other.
await using agent = await secureRole('tidy-tables', {
  description: 'Cleans CSV files and counts what is in them.',
  capabilities: ['csv-cleaning'],
  isListed: true,
});
const qualities = required('HIRE_DELIVERIES').split(',');
const evidence = process.env.HIRE_EVIDENCE;

async function work(task: JobTask): Promise<{ json: CleaningResult }> {
  const { input } = await readSpecification(task);
  const csv = (await task.artifact(input)).text();
  if (qualities[0] === 'never') {
    stateFact('working');
    return new Promise(() => undefined);
  }
  const quality = qualities.length > 1 ? qualities.shift() : qualities[0];
  return { json: quality === 'good' ? cleanCsv(csv) : careless(csv) };
}

const careless = (csv: string): CleaningResult => ({
  cleanedCsv: csv,
  statistics: { rowsIn: 0, rowsOut: 0, emptyRowsDropped: 0, duplicatesDropped: 0, columns: [] },
});

await using role = agent.provide(
  { ...reportSteps, pollIntervalMs: pollMs, ...(evidence && { disputes: async () => evidence }) },
  work,
);
stateFact('ready', await agent.wallets.link());
await followCommands(agent, role);
