import type { DatabaseSync } from 'node:sqlite';
import type {
  ArbitratorTable,
  ChainFeedbackTable,
  DayTable,
  FeedbackSummary,
  StoredDay,
  StoredFeedback,
  TemplateTable,
} from '../../chain.ts';
import { createSelector, json, type Row, text } from '../sql.ts';

/** Arbitrators as they are now. */
export function arbitratorTable(database: DatabaseSync): ArbitratorTable {
  const put = database.prepare(
    `INSERT INTO arbitrators (address, position, status, stake_usdc, arbitrator) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position, status = excluded.status,
       stake_usdc = excluded.stake_usdc, arbitrator = excluded.arbitrator`,
  );
  const remove = database.prepare('DELETE FROM arbitrators WHERE address = ?');
  const get = database.prepare('SELECT arbitrator FROM arbitrators WHERE address = ?');
  const stakes = database.prepare("SELECT stake_usdc FROM arbitrators WHERE status <> 'left'");
  const select = createSelector(database);
  return {
    put(stored) {
      const { address, status, stakeUsdc } = stored.arbitrator;
      put.run(address.toLowerCase(), stored.position, status, stakeUsdc, JSON.stringify(stored));
    },
    remove: (address) => void remove.run(address.toLowerCase()),
    get: (address) => {
      const row = get.get(address.toLowerCase());
      return row && json(row, 'arbitrator');
    },
    list: ({ status }, { before, limit }) =>
      select({
        from: 'arbitrators',
        where: [
          ['status = ?', status],
          ['position < ?', before],
        ],
        orderBy: 'position DESC',
        limit,
      }).map((row) => json(row, 'arbitrator')),
    listStakes: () => stakes.all().map((row) => text(row, 'stake_usdc')),
  };
}

/** Templates as they are now. */
export function templateTable(database: DatabaseSync): TemplateTable {
  const put = database.prepare(
    `INSERT INTO templates (template_id, creator, is_active, is_usable, template) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET creator = excluded.creator, is_active = excluded.is_active,
       is_usable = excluded.is_usable, template = excluded.template`,
  );
  const remove = database.prepare('DELETE FROM templates WHERE template_id = ?');
  const get = database.prepare('SELECT template FROM templates WHERE template_id = ?');
  const count = database.prepare('SELECT count(*) AS count FROM templates');
  const select = createSelector(database);
  return {
    put(stored) {
      const { templateId, creator, isActive } = stored.template;
      put.run(
        ...[templateId, creator.toLowerCase(), Number(isActive), Number(stored.isUsable)],
        JSON.stringify(stored),
      );
    },
    remove: (templateId) => void remove.run(templateId),
    get: (templateId) => {
      const row = get.get(templateId);
      return row && json(row, 'template');
    },
    list: ({ creator, isActive }, { before, limit }) =>
      select({
        from: 'templates',
        where: [
          ['is_usable = ?', 1],
          ['creator = ?', creator?.toLowerCase()],
          ['is_active = ?', isActive === undefined ? undefined : Number(isActive)],
          ['template_id < ?', before],
        ],
        orderBy: 'template_id DESC',
        limit,
      }).map((row) => json(row, 'template')),
    getCount: () => Number(count.get()?.count ?? 0),
  };
}

const SUMMARY = `SELECT
  sum(1 - is_self_dealt) AS settled, sum(is_self_dealt) AS self_dealt,
  sum(is_completed * (1 - is_self_dealt)) AS completed,
  avg(value) FILTER (WHERE is_self_dealt = 0) AS average,
  sum(value * weight) FILTER (WHERE is_self_dealt = 0) AS weighted,
  sum(weight) FILTER (WHERE is_self_dealt = 0) AS weights
  FROM chain_feedback WHERE chain_agent_id = ? AND about = ?`;

/** What settlements say of identities. */
export function chainFeedbackTable(database: DatabaseSync): ChainFeedbackTable {
  const remove = database.prepare('DELETE FROM chain_feedback WHERE job_id = ?');
  const insert = database.prepare(
    `INSERT INTO chain_feedback (job_id, about, chain_agent_id, position, value, weight, is_completed,
       is_self_dealt, feedback) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const summary = database.prepare(SUMMARY);
  const select = createSelector(database);
  return {
    replaceOfJob(jobId, all) {
      remove.run(jobId);
      for (const stored of all) insert.run(...toRow(stored));
    },
    getSummary: (chainAgentId, about) => toSummary(summary.get(chainAgentId, about) ?? {}),
    list: (chainAgentId, { before, limit }) =>
      select({
        from: 'chain_feedback',
        where: [
          ['chain_agent_id = ?', chainAgentId],
          ['position < ?', before],
        ],
        orderBy: 'position DESC',
        limit,
      }).map((row) => json(row, 'feedback')),
  };
}

function toRow(stored: StoredFeedback) {
  const { jobId, about, chainAgentId, value, amountUsdc, isSelfDealt } = stored.feedback;
  return [
    ...[jobId, about, chainAgentId, stored.position, value, Number(amountUsdc)],
    ...[Number(stored.isCompleted), Number(isSelfDealt), JSON.stringify(stored)],
  ];
}

function toSummary(row: Row): FeedbackSummary {
  const [settled, completed, weights] = [row.settled, row.completed, row.weights].map(Number);
  return {
    settled: settled ?? 0,
    completed: completed ?? 0,
    rejected: (settled ?? 0) - (completed ?? 0),
    selfDealt: Number(row.self_dealt),
    average: typeof row.average === 'number' ? row.average : undefined,
    weightedAverage: weights ? Number(row.weighted) / weights : undefined,
  };
}

/** What happened on each day. */
export function dayTable(database: DatabaseSync): DayTable {
  const put = database.prepare(
    'INSERT INTO chain_days (day, figures) VALUES (?, ?) ON CONFLICT DO UPDATE SET figures = excluded.figures',
  );
  const get = database.prepare('SELECT * FROM chain_days WHERE day = ?');
  const list = database.prepare('SELECT * FROM chain_days WHERE day >= ? AND day <= ? ORDER BY day');
  const remove = database.prepare('DELETE FROM chain_days WHERE day = ?');
  return {
    put: ({ day, figures }) => void put.run(day, JSON.stringify(figures)),
    get: (day) => {
      const row = get.get(day);
      return row && toDay(row);
    },
    list: ({ from = '', to = '~' }) => list.all(from, to).map(toDay),
    remove: (day) => void remove.run(day),
    clear: () => database.exec('DELETE FROM chain_days'),
  };
}

function toDay(row: Row): StoredDay {
  return { day: text(row, 'day'), figures: json(row, 'figures') };
}
