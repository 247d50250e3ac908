import type { ChainLog } from '../contract-log.ts';

/** More logs than a block can hold, so positions rise with block and log. */
const LOGS_PER_BLOCK = 1_000_000;
/** Strings of strangers are kept up to this length, whatever the contracts allow. */
const MAX_TEXT_LENGTH = 16_384;

/** Where a log is on the chain, as one number. */
export function positionOf({ blockNumber, logIndex }: Pick<ChainLog, 'blockNumber' | 'logIndex'>): number {
  return blockNumber * LOGS_PER_BLOCK + logIndex;
}

/** The place of a position. */
export function placeAt(position: number): { readonly blockNumber: number; readonly logIndex: number } {
  return {
    blockNumber: Math.floor(position / LOGS_PER_BLOCK),
    logIndex: position % LOGS_PER_BLOCK,
  };
}

/** Text of a stranger, cut at the bound and never within a character. */
export function clip(text: string): string {
  return text.length <= MAX_TEXT_LENGTH
    ? text
    : text.slice(0, MAX_TEXT_LENGTH).replace(/[\ud800-\udbff]$/, '');
}
