import type { DatabaseSync } from 'node:sqlite';
import { relayStatus } from '@bonafide/core/models';
import type { RelayTable, StoredTransaction } from '../../chain.ts';
import { optional, orNull, type Row, text } from '../sql.ts';

/** Transactions relayed for agents, by hash. */
export function relayTable(database: DatabaseSync): RelayTable {
  const insert = database.prepare(
    `INSERT INTO relayed_transactions (transaction_hash, workspace, agent_id, sender, target, selector, nonce,
       signed_transaction, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'unknown', ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const get = database.prepare('SELECT * FROM relayed_transactions WHERE transaction_hash = ?');
  const unknown = database.prepare(
    `SELECT * FROM relayed_transactions WHERE status = 'unknown' AND (created_at, transaction_hash) > (?, ?)
     ORDER BY created_at, transaction_hash LIMIT ?`,
  );
  const newestBlock = database.prepare(
    'SELECT max(block_number) AS number FROM relayed_transactions WHERE agent_id = ?',
  );
  const finish = database.prepare(
    `UPDATE relayed_transactions SET status = ?, block_number = ?, revert = ?, updated_at = ?
     WHERE transaction_hash = ? AND status = 'unknown'`,
  );
  const remove = database.prepare(
    "DELETE FROM relayed_transactions WHERE transaction_hash = ? AND status = 'unknown'",
  );
  const reopen = database.prepare(
    `UPDATE relayed_transactions SET status = 'unknown', block_number = NULL, revert = NULL, updated_at = ?
     WHERE block_number > ?`,
  );
  return {
    insert: (row) =>
      insert.run(
        ...[row.transactionHash, row.workspace, row.agentId, row.from, row.to, row.selector, row.nonce],
        ...[row.signedTransaction, row.createdAt, row.updatedAt],
      ).changes === 1,
    getAnywhere: (transactionHash) => {
      const row = get.get(transactionHash.toLowerCase());
      return row && toTransaction(row);
    },
    listUnknown: ({ after, limit }) =>
      unknown.all(after?.createdAt ?? '', after?.transactionHash ?? '', limit).map(toTransaction),
    getNewestBlockOf: (agentId) => {
      const number = newestBlock.get(agentId)?.number;
      return typeof number === 'number' ? number : undefined;
    },
    finish: ({ transactionHash, status, blockNumber, revert, updatedAt }) => {
      const block = blockNumber === undefined ? null : Number(blockNumber);
      return finish.run(status, block, orNull(revert), updatedAt, transactionHash).changes === 1;
    },
    remove: (transactionHash) => void remove.run(transactionHash),
    reopenAbove: (blockNumber, updatedAt) => void reopen.run(updatedAt, blockNumber),
  };
}

function toTransaction(row: Row): StoredTransaction {
  return {
    transactionHash: text(row, 'transaction_hash'),
    workspace: text(row, 'workspace'),
    agentId: text(row, 'agent_id'),
    from: text(row, 'sender'),
    to: text(row, 'target'),
    selector: text(row, 'selector'),
    nonce: Number(row.nonce),
    signedTransaction: text(row, 'signed_transaction'),
    status: relayStatus.parse(row.status),
    ...optional(row, 'block_number', 'blockNumber'),
    ...optional(row, 'revert', 'revert'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}
