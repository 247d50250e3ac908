import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chapter, tell } from '@bonafide/app-kit';
import type { Client } from '@bonafide/core';
import { drive } from './drive.ts';
import { type Options, readOptions } from './options.ts';
import { openStage } from './stage.ts';

async function main({ mode, screenshot }: Options): Promise<void> {
  chapter('A page and a painter');
  await using stage = await openStage(mode === 'drive' ? { BIND_ADDRESS: '127.0.0.1' } : {});
  tell('page', stage.url);
  if (mode !== 'drive') return await serve(stage.url, mode);
  await drive(stage, screenshot);
  await checkLog(stage.owner);
  tell('check', 'everything above was asserted in a real browser; the gateway carried none of it');
}

async function serve(url: string, mode: 'serve' | 'open'): Promise<void> {
  if (mode === 'open') openInBrowser(url);
  tell('human', `open ${url}, and end this with Ctrl-C`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

function openInBrowser(url: string): void {
  const [command = 'xdg-open', ...args] = OPENERS[process.platform] ?? [];
  const opener = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => tell('human', 'this machine does not say how to open a page: open it yourself'));
  opener.unref();
}

/** Both sides asked for permission, and said how it went. */
async function checkLog(owner: Client): Promise<void> {
  const { items } = await owner.actions.list({ limit: 100 });
  for (const action of ['peers.execute', 'peers.serve:picture.paint']) {
    const found = items.find((each) => each.action === action);
    assert.equal(found?.status, 'executed', `'${action}' is in the log, done`);
  }
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`\nIt did not hold: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
