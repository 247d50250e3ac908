import type { DatabaseSync } from 'node:sqlite';
import type { ChainTables } from '../../chain.ts';
import { chainLogTable, indexedBlockTable, pauseTable } from './chain-logs.ts';
import { consentTable, disputeTable, jobTable } from './jobs.ts';
import { arbitratorTable, chainFeedbackTable, dayTable, templateTable } from './market.ts';
import { relayTable } from './relay.ts';

/** What the chain part of the gateway keeps. */
export function chainTables(database: DatabaseSync): ChainTables {
  return {
    indexedBlocks: indexedBlockTable(database),
    chainLogs: chainLogTable(database),
    pauses: pauseTable(database),
    jobs: jobTable(database),
    disputes: disputeTable(database),
    arbitrators: arbitratorTable(database),
    templates: templateTable(database),
    chainFeedback: chainFeedbackTable(database),
    days: dayTable(database),
    consents: consentTable(database),
    relayed: relayTable(database),
  };
}
