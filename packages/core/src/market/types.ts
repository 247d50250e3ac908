import type { Client } from '../client/types.ts';
import type { Dispute } from '../models/dispute.ts';
import type { Job } from '../models/job.ts';
import type { JobOffer } from '../models/terms.ts';

/** Bytes of an artifact, checked against their own hash: whoever stores them cannot change them. */
export interface Content {
  readonly cid: string;
  /** sha-256 as `0x…`; the same as the CID holds. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As UTF-8; throws ValidationError when the bytes are none. */
  text(): string;
  /** As JSON; throws ValidationError when the bytes are none. */
  json(): unknown;
}

/** What can be handed in: text, bytes (with their media type, if it matters), or anything that is JSON. */
export type Deliverable =
  | string
  | Uint8Array
  | { readonly bytes: Uint8Array; readonly mediaType: string }
  | { readonly json: unknown };

/** A job that waits for this agent, with what it needs to work on it. Texts in it were written by strangers. */
export interface JobTask {
  readonly job: Job;
  /** Aborted when the role is stopped. */
  readonly signal: AbortSignal;
  /** The specification whose hash stands in the signed terms; throws NOT_FOUND when the terms name none. */
  specification(): Promise<Content>;
  /** What the provider delivered; throws NOT_FOUND before that. */
  deliverable(): Promise<Content>;
  /** Any other artifact. */
  artifact(cid: string): Promise<Content>;
}

export interface RoleOptions {
  /** Jobs worked on at the same time; default 1. */
  readonly concurrency?: number | undefined;
  /** How often open jobs are looked at although no event came, for what only time makes due; default 15 s. */
  readonly pollIntervalMs?: number | undefined;
  /** Stops the role. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every failure; the job is tried again, later and later. Default a process warning. */
  readonly onError?: ((error: Error, jobId: string) => void) | undefined;
  /** Told after every operation that the role carried out. */
  readonly onStep?: ((step: RoleStep) => void) | undefined;
}

export interface RoleStep {
  readonly jobId: string;
  /** Operation id, such as `jobs.submit`. */
  readonly operation: string;
}

/** A role at work until it is stopped. Work that a crash cut short is done again at the next start. */
export interface RunningRole extends AsyncDisposable {
  /** Settles when the role has stopped; rejects when it cannot go on at all. */
  readonly stopped: Promise<void>;
}

/** Which jobs a provider takes. */
export interface Offering extends RoleOptions {
  /** Only jobs made from this template. */
  readonly templateId?: number | undefined;
  readonly minAmountUsdc?: string | undefined;
  /** The last word on a job whose terms fit; default every one. */
  readonly accepts?: ((job: Job) => boolean | Promise<boolean>) | undefined;
  /** Tell the client when a job is not taken; default false: it stays open. */
  readonly declinesOthers?: boolean | undefined;
  /** Evidence against a failed or silent validation; what it returns opens a dispute, with a bond. Default never. */
  readonly disputes?: ((task: JobTask) => Promise<Deliverable | undefined>) | undefined;
  /** Evidence in a dispute that the client opened; what it returns is handed in with the bond. */
  readonly answers?: ((task: JobTask, dispute: Dispute) => Promise<Deliverable | undefined>) | undefined;
}

/** A score, and what it rests on; the evidence is stored and its hash recorded. */
export type Verdict = number | { readonly score: number; readonly evidence?: Deliverable };
export type Score = (task: JobTask) => Verdict | Promise<Verdict>;
export type Work = (task: JobTask) => Deliverable | Promise<Deliverable>;

/** How an arbitrator divides the budget, and why. */
export interface Judgement {
  /** The provider's share. */
  readonly percent: number;
  readonly rationale: Deliverable;
}
export type Judge = (task: JobTask, dispute: Dispute) => Judgement | Promise<Judgement>;

type CreateInput = Parameters<Client['jobs']['create']>[0];

/** Work to have done: terms as for `jobs.create`, and the specification itself instead of its hash. */
export interface HireRequest extends Omit<CreateInput, 'specHash'> {
  /** Stored as an artifact that anybody who knows its hash can read. */
  readonly specification?: Deliverable | undefined;
}

/** A provider's signed offer, taken in one transaction. */
export interface TakeRequest {
  readonly offer: JobOffer;
  readonly description: string;
}

/** A hire to go on with, after a crash for instance. */
export interface ResumeRequest {
  readonly jobId: string;
}

export interface HireOptions extends Pick<RoleOptions, 'pollIntervalMs' | 'signal' | 'onStep'> {
  /** The id of the job, as soon as the chain has it: keep it to resume. */
  readonly onCreated?: ((jobId: string) => void) | undefined;
  /** Evidence in a dispute that the provider opened; what it returns is handed in with the bond. */
  readonly answers?: ((task: JobTask, dispute: Dispute) => Promise<Deliverable | undefined>) | undefined;
  /** Evidence against what the terms give the provider when the validators stay silent; opens a dispute. */
  readonly disputes?: ((task: JobTask) => Promise<Deliverable | undefined>) | undefined;
}

/** How a hire ended. */
export interface Hired {
  readonly job: Job;
  /** `lapsed`: never accepted or declined; no money moved. */
  readonly outcome: 'paid' | 'split' | 'refunded' | 'lapsed';
  /** What the provider was paid, fees included. */
  readonly paidUsdc: string;
  /** What was delivered, whatever was paid for it; throws NOT_FOUND when nothing was. */
  deliverable(): Promise<Content>;
}

/** Trade as one call each: what to do is yours, how it gets onto the chain is not. */
export interface Market {
  /** Takes jobs that fit, does the work and delivers it. */
  provide(offering: Offering, work: Work): RunningRole;
  /** Scores deliveries of jobs whose terms name this agent, as validator or as re-validator. */
  validate(score: Score, options?: RoleOptions): RunningRole;
  /** Rules the disputes that are assigned to this agent; it must have a stake. */
  arbitrate(judge: Judge, options?: RoleOptions): RunningRole;
  /** Carries a job from its terms to its end: creates it, funds it when it is accepted, and waits for the outcome. */
  hire(request: HireRequest | TakeRequest | ResumeRequest, options?: HireOptions): Promise<Hired>;
}
