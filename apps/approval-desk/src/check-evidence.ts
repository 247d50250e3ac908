import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { table, tell } from '@bonafide/app-kit';
import type { AuditEntry, AuditVerdict } from '@bonafide/core/models';
import type { Desk } from './desk.ts';
import { startRole } from './start-role.ts';

/** Exports the log, has it verified by a process without network, changes one byte, and has it verified again. */
export async function checkEvidence(
  desk: Desk,
  { directory, wasTampered }: { readonly directory: string; readonly wasTampered: boolean },
): Promise<void> {
  if (wasTampered) await checkAlert(desk);
  const file = join(directory, 'audit.jsonl');
  const entries = await exportLog(desk, file);
  const { did } = await desk.owner.gateway.getInfo();
  const verdict = await verifyOffline(file, did);
  assert.equal(verdict.isValid, true, 'the log as exported holds');
  tell('auditor', `${verdict.size} entries hold, root ${verdict.rootHash}: ${file}`);

  const target = entries.find(({ event }) => event === 'approval.denied') ?? entries[0];
  assert.ok(target, 'there is an entry to change');
  const forged = join(directory, 'forged.jsonl');
  await forge(file, { target, forged });
  const finding = (await verifyOffline(forged, did)).findings[0];
  assert.equal(finding?.sequence, target.sequence, 'the verifier names the entry that was changed');
  tell('auditor', `one byte changed: ${finding?.message}`);

  const short = join(directory, 'truncated.jsonl');
  await truncate(file, short);
  assert.equal((await verifyOffline(short, did)).isValid, false, 'a log that was cut short does not hold');
  tell('auditor', 'the last entries left out: noticed, too');
  await writeReport(desk, directory);
}

async function checkAlert({ owner }: Desk): Promise<void> {
  const { items } = await owner.alerts.list({ type: 'approval.tampered' });
  assert.equal(items.length, 1, 'the attempt to use an approval for something else raised an alert');
  const [alert] = items;
  tell('gateway', `alert (${alert?.severity}): ${alert?.title}`);
}

async function exportLog({ auditor }: Desk, file: string): Promise<readonly AuditEntry[]> {
  const lines: string[] = [];
  const entries: AuditEntry[] = [];
  for await (const line of auditor.audit.export()) {
    lines.push(JSON.stringify(line));
    if (line.kind === 'entry') entries.push(line.entry);
  }
  await writeFile(file, `${lines.join('\n')}\n`);
  const rows = entries.slice(-8).map(({ sequence, at, actor, event }) => {
    const [who = ''] = actor.split(':');
    return [String(sequence), at.slice(11, 23), who === 'member' ? 'person' : who, event];
  });
  table([['#', 'at', 'who', 'what'], ...rows]);
  return entries;
}

async function verifyOffline(file: string, did: string): Promise<AuditVerdict> {
  await using auditor = startRole('auditor', { LOG_FILE: file, GATEWAY_DID: did });
  return await auditor.fact<AuditVerdict>('verdict');
}

/** One letter of one entry: who denied becomes somebody else. */
async function forge(
  file: string,
  { target, forged }: { readonly target: AuditEntry; readonly forged: string },
): Promise<void> {
  const text = await readFile(file, 'utf8');
  const lines = text.split('\n');
  const index = target.sequence - 1;
  const line = lines[index] ?? '';
  const at = line.indexOf('"actor":"') + '"actor":"'.length;
  const letter = line[at] === 'x' ? 'y' : 'x';
  lines[index] = line.slice(0, at) + letter + line.slice(at + 1);
  await writeFile(forged, lines.join('\n'));
}

async function truncate(file: string, short: string): Promise<void> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(short, `${[...lines.slice(0, -4), lines.at(-1)].join('\n')}\n`);
}

async function writeReport({ auditor }: Desk, directory: string): Promise<void> {
  const { filename, content = '' } = await auditor.compliance.report({ reportType: 'soc2', format: 'pdf' });
  const pdf = Buffer.from(content, 'base64');
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-', 'the report is a PDF');
  await writeFile(join(directory, filename), pdf);
  tell('auditor', `SOC 2 evidence of the last 30 days: ${join(directory, filename)}`);
}
