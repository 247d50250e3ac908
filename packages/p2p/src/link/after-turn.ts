/** Runs it once everything that is due now has run. */
export function afterTurn(work: () => void): void {
  // Browsers have no `setImmediate`.
  if (typeof setImmediate === 'function') setImmediate(work);
  else setTimeout(work, 0);
}
