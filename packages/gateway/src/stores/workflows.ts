import type { WorkflowRule } from '@bonafide/core/models';
import type { Key, Page } from './queries.ts';
import type { StoredEvent } from './store.ts';

/** A rule as stored: with whose authority it has, and what it may still do. */
export interface StoredRule extends WorkflowRule {
  readonly workspace: string;
  /** Address of `createdBy`, as the acl knows it. */
  readonly owner: string;
  /** Only events with a higher id start it. */
  readonly sinceEvent: number;
  /** The minute since 1970 in which it ran last, and how often it ran in it. */
  readonly minute: number;
  readonly runsInMinute: number;
}

export interface WorkflowRuleTable {
  insert(rule: StoredRule): void;
  /** Replaces the row. */
  update(rule: StoredRule): void;
  remove(key: Key): void;
  get(key: Key): StoredRule | undefined;
  getCount(workspace: string): number;
  list(workspace: string, page: Page): StoredRule[];
  /** In the order in which they were made. */
  listEnabled(workspace: string): StoredRule[];
}

/** How far events were dealt with, by all gateways together. */
export interface WorkflowRunTable {
  /** Begins after this event; where it has begun nothing changes. */
  begin(eventId: number): void;
  /** Everything up to this event is done; a lower one than before changes nothing. */
  advance(eventId: number): void;
  /** False when this rule has dealt with this event before. */
  claim(run: { readonly ruleId: string; readonly eventId: number }): boolean;
  /** Id of the last event that is done; undefined while no rule was ever made. */
  getCursor(): number | undefined;
  /** Events for workflow rules, of all workspaces, oldest first. */
  listEventsAfter(after: number, limit: number): (StoredEvent & { readonly id: number })[];
}

/** What is stored of workflows. */
export interface WorkflowTables {
  readonly workflowRules: WorkflowRuleTable;
  readonly workflowRuns: WorkflowRunTable;
}
