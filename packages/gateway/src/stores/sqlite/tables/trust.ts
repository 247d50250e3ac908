import type { DatabaseSync } from 'node:sqlite';
import type {
  FeedbackTable,
  StoredTrust,
  StoredTrustPoint,
  TrustHistoryTable,
  TrustScoreTable,
  TrustTables,
} from '../../trust.ts';
import { createSelector, json, orNull, type Row, text } from '../sql.ts';
import { alertTable } from './alerts.ts';
import { tallyTable } from './tallies.ts';

export function trustTables(database: DatabaseSync): TrustTables {
  return {
    alerts: alertTable(database),
    tallies: tallyTable(database),
    trustScores: trustScoreTable(database),
    trustHistory: trustHistoryTable(database),
    feedback: feedbackTable(database),
  };
}

function trustScoreTable(database: DatabaseSync): TrustScoreTable {
  const put = database.prepare(
    `INSERT OR REPLACE INTO trust_scores (workspace, agent_id, score, is_provisional, factors, alarm, computed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const get = database.prepare('SELECT * FROM trust_scores WHERE workspace = ? AND agent_id = ?');
  const getScore = database.prepare('SELECT score FROM trust_scores WHERE workspace = ? AND agent_id = ?');
  return {
    put({ workspace, agentId, score, isProvisional, factors, alarm, computedAt }) {
      const provisional = isProvisional ? 1 : 0;
      put.run(workspace, agentId, score, provisional, JSON.stringify(factors), alarm, computedAt);
    },
    get({ workspace, id }) {
      const row = get.get(workspace, id);
      return row && toTrust(row);
    },
    getScore({ workspace, id }) {
      const row = getScore.get(workspace, id);
      return row && Number(row.score);
    },
  };
}

function trustHistoryTable(database: DatabaseSync): TrustHistoryTable {
  const append = database.prepare(
    `INSERT INTO trust_history (workspace, agent_id, score, factors, reason, computed_at) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const newest = database.prepare(
    'SELECT score FROM trust_history WHERE workspace = ? AND agent_id = ? ORDER BY position DESC LIMIT 1',
  );
  const select = createSelector(database);
  return {
    append({ workspace, agentId, score, factors, reason, computedAt }) {
      append.run(workspace, agentId, score, JSON.stringify(factors), reason, computedAt);
    },
    getNewestScore({ workspace, id }) {
      const row = newest.get(workspace, id);
      return row && Number(row.score);
    },
    list: ({ workspace, id }, { before, limit }) =>
      select({
        from: 'trust_history',
        where: [
          ['workspace = ?', workspace],
          ['agent_id = ?', id],
          ['position < ?', before],
        ],
        orderBy: 'position DESC',
        limit,
      }).map(toPoint),
  };
}

function feedbackTable(database: DatabaseSync): FeedbackTable {
  const put = database.prepare(
    `INSERT OR REPLACE INTO feedback (workspace, agent_id, action_id, given_by, feedback_id, rating, comment, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const counts = database.prepare(
    `SELECT count(*) FILTER (WHERE rating = 'positive') AS positive, count(*) FILTER (WHERE rating = 'negative') AS negative
     FROM feedback WHERE workspace = ? AND agent_id = ? AND created_at >= ?`,
  );
  return {
    put(workspace, { feedbackId, agentId, rating, comment, actionId = '', givenBy, createdAt }) {
      put.run(workspace, agentId, actionId, givenBy, feedbackId, rating, orNull(comment), createdAt);
    },
    getCountsSince({ workspace, id }, since) {
      const row = counts.get(workspace, id, since);
      return { positive: Number(row?.positive ?? 0), negative: Number(row?.negative ?? 0) };
    },
  };
}

function toTrust(row: Row): StoredTrust {
  return {
    workspace: text(row, 'workspace'),
    agentId: text(row, 'agent_id'),
    score: Number(row.score),
    isProvisional: row.is_provisional === 1,
    factors: json(row, 'factors'),
    alarm: Number(row.alarm) as StoredTrust['alarm'],
    computedAt: text(row, 'computed_at'),
  };
}

function toPoint(row: Row): StoredTrustPoint & { readonly position: number } {
  return {
    position: Number(row.position),
    workspace: text(row, 'workspace'),
    agentId: text(row, 'agent_id'),
    score: Number(row.score),
    factors: json(row, 'factors'),
    reason: text(row, 'reason'),
    computedAt: text(row, 'computed_at'),
  };
}
