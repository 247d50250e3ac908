import type { Agent, Content, JobTask } from '@bonafide/core';
import type { CleaningResult } from './clean-csv.ts';

/** What a cleaning job asks for; its sha-256 stands in the signed terms. */
export interface Specification {
  readonly task: 'clean-csv';
  readonly input: string;
}

/** Stores the file to clean and returns the specification that names it. */
export async function storeCsv(agent: Agent, csv: string): Promise<Specification> {
  const { cid } = await agent.artifacts.put({
    content: Buffer.from(csv).toString('base64'),
    mediaType: 'text/csv',
    visibility: 'public',
  });
  return { task: 'clean-csv', input: cid };
}

/** The specification of a job; throws when this agent cannot do what it asks for. */
export async function readSpecification(task: JobTask): Promise<Specification> {
  const specification = (await task.specification()).json() as Specification;
  if (specification.task === 'clean-csv' && typeof specification.input === 'string') return specification;
  throw new Error(`This agent cannot do '${specification.task}'.`);
}

/** A delivery; throws when it is no cleaning result at all. */
export function readDelivery(content: Content): CleaningResult {
  const delivery = content.json() as CleaningResult;
  if (typeof delivery.cleanedCsv !== 'string' || !Array.isArray(delivery.statistics?.columns)) {
    throw new Error('The delivery holds no cleaned CSV with statistics.');
  }
  return delivery;
}
