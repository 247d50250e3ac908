import type { DatabaseSync } from 'node:sqlite';
import type { Member } from '@bonafide/core/models';
import type { InvitationTable, MemberTable, PeopleTables } from '../../people.ts';
import { createSelector, optional, orNull, type Row, text } from '../sql.ts';

export function peopleTables(database: DatabaseSync): PeopleTables {
  return { members: memberTable(database), invitations: invitationTable(database) };
}

function memberTable(database: DatabaseSync): MemberTable {
  const insert = database.prepare(
    `INSERT INTO members (member_id, workspace, name, email, role, status, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    'UPDATE members SET role = ?, status = ?, updated_at = ? WHERE workspace = ? AND member_id = ?',
  );
  const get = database.prepare('SELECT * FROM members WHERE member_id = ? AND workspace = ?');
  const findByEmail = database.prepare(
    `SELECT * FROM members WHERE workspace = ? AND lower(email) = lower(?) AND status <> 'removed'`,
  );
  const owners = database.prepare(
    `SELECT * FROM members WHERE workspace = ? AND role = 'owner' AND status = 'active'`,
  );
  const select = createSelector(database);
  return {
    insert({ memberId, workspace, name, email, role, status, createdAt, updatedAt }) {
      insert.run(memberId, workspace, name, orNull(email), role, status, createdAt, updatedAt);
    },
    update({ role, status, updatedAt, workspace, memberId }) {
      update.run(role, status, updatedAt, workspace, memberId);
    },
    get: ({ workspace, id }) => toMember(get.get(id, workspace)),
    findByEmail: (workspace, email) => toMember(findByEmail.get(workspace, email)),
    listActiveOwners: (workspace) => owners.all(workspace).flatMap((row) => toMember(row) ?? []),
    list: (workspace, { before, limit }) =>
      select({
        from: 'members',
        where: [
          ['workspace = ?', workspace],
          ['member_id < ?', before],
        ],
        orderBy: 'member_id DESC',
        limit,
      }).flatMap((row) => toMember(row) ?? []),
  };
}

function invitationTable(database: DatabaseSync): InvitationTable {
  const insert = database.prepare(
    'INSERT INTO invitations (hash, workspace, member_id, expires_at) VALUES (?, ?, ?, ?)',
  );
  const findByHash = database.prepare('SELECT * FROM invitations WHERE hash = ?');
  const remove = database.prepare('DELETE FROM invitations WHERE hash = ?');
  return {
    insert({ workspace, memberId, expiresAt }, hash) {
      insert.run(hash, workspace, memberId, expiresAt);
    },
    findByHash(hash) {
      const row = findByHash.get(hash);
      return (
        row && {
          workspace: text(row, 'workspace'),
          memberId: text(row, 'member_id'),
          expiresAt: text(row, 'expires_at'),
        }
      );
    },
    remove: (hash) => remove.run(hash).changes > 0,
  };
}

function toMember(row: Row | undefined): Member | undefined {
  if (!row) return undefined;
  return {
    memberId: text(row, 'member_id'),
    workspace: text(row, 'workspace'),
    name: text(row, 'name'),
    ...optional(row, 'email', 'email'),
    role: text(row, 'role') as Member['role'],
    status: text(row, 'status') as Member['status'],
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}
