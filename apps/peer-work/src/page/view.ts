import { BonafideError } from '@bonafide/core';
import type { PathKind } from '@bonafide/p2p';

/** An element of this page; its absence is a mistake of the page. */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`This page has no ${kind.name} '${id}'.`);
}

export function show(id: string, text: string): void {
  element(id, HTMLElement).textContent = text;
}

export function tellStatus(text: string): void {
  element('status', HTMLElement).dataset.kind = 'status';
  show('status', text);
}

export function showError(error: unknown): void {
  const { code, message } = BonafideError.from(error);
  element('status', HTMLElement).dataset.kind = 'error';
  show('status', `${code}: ${message}`);
}

const PATHS = { direct: 'direct', relayed: 'relayed, sealed, through the gateway' } as const;

export function showPath(path: PathKind | undefined): void {
  element('path', HTMLElement).dataset.path = path ?? 'none';
  show('path', path ? PATHS[path] : 'looking for a way …');
}
