import { createHash } from 'node:crypto';
import type { Agent } from '@bonafide/core';
import { type Job, toCid } from '@bonafide/core/models';
import type { CleaningResult } from './clean-csv.ts';

/** What a cleaning job asks for; its sha-256 stands in the signed terms. */
export interface Specification {
  readonly task: 'clean-csv';
  readonly input: string;
}

interface Stored {
  readonly cid: string;
  readonly digest: string;
}

/** Stores text so that anyone with its CID can read it. */
export async function storeText(agent: Agent, text: string, mediaType: string): Promise<Stored> {
  const content = Buffer.from(text).toString('base64');
  const { cid, digest } = await agent.artifacts.put({ content, mediaType, visibility: 'public' });
  return { cid, digest };
}

/** Fetches text by CID and checks its hash: whoever stores it cannot change it. */
export async function fetchText(agent: Pick<Agent, 'artifacts'>, cid: string): Promise<string> {
  const bytes = Buffer.from((await agent.artifacts.get({ cid })).content, 'base64');
  const digest = `0x${createHash('sha256').update(bytes).digest('hex')}`;
  if (toCid(digest) !== cid) throw new Error(`The content of ${cid} is not what its id says.`);
  return bytes.toString('utf8');
}

/** The specification behind the hash in the terms. */
export async function fetchSpecification(agent: Agent, specHash: string | undefined): Promise<Specification> {
  if (!specHash) throw new Error('The job has no specification.');
  const specification: Specification = JSON.parse(await fetchText(agent, toCid(specHash)));
  if (specification.task !== 'clean-csv') throw new Error(`This agent cannot do '${specification.task}'.`);
  return specification;
}

/** Reads a delivery; throws when it is no cleaning result at all. */
function parseDelivery(text: string): CleaningResult {
  const delivery: CleaningResult = JSON.parse(text);
  if (typeof delivery.cleanedCsv !== 'string' || !Array.isArray(delivery.statistics?.columns)) {
    throw new Error('The delivery holds no cleaned CSV with statistics.');
  }
  return delivery;
}

/** The cleaned file and statistics that a job delivered. */
export async function fetchDelivery(agent: Pick<Agent, 'artifacts'>, job: Job): Promise<CleaningResult> {
  return parseDelivery(await fetchText(agent, job.deliverableUri ?? ''));
}
