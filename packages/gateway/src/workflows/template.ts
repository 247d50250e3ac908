import { BonafideError } from '@bonafide/core/errors';
import type { RuleEvent } from './condition.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const WHOLE = /^\{\{\s*([^{}]*?)\s*\}\}$/;
const PATH = /^event(\.[\w-]+)+$/;
/** Of everything that one event fills in, so that a small event cannot become a large one. */
const MAX_FILLED = 1_048_576;

/**
 * Replaces `{{event.data.name}}` in every text of a value by what the event has there: a look-up of own fields, never code.
 * A text that is nothing but one placeholder becomes the value itself, of whatever type. VALIDATION_FAILED where the event
 * has nothing there.
 */
export function fillTemplates(value: Json, event: RuleEvent): Json {
  let left = MAX_FILLED;
  const take = (path: string): Json => {
    const found = lookUp(path, event);
    left -= JSON.stringify(found).length;
    if (left < 0) throw malformed(`what it fills in has more than ${MAX_FILLED} characters`);
    return found;
  };
  const fillText = (text: string): Json => {
    const [, whole] = WHOLE.exec(text) ?? [];
    if (whole !== undefined) return take(whole);
    return text.replace(PLACEHOLDER, (_, path: string) => toText(take(path)));
  };
  const fill = (each: Json): Json => {
    if (typeof each === 'string') return fillText(each);
    if (Array.isArray(each)) return each.map(fill);
    if (typeof each !== 'object' || each === null) return each;
    // Not fromEntries of assignments: a field named __proto__ stays a field.
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(value);
}

/** VALIDATION_FAILED when a text has a placeholder that is no path into the event. */
export function assertTemplates(value: Json): void {
  if (typeof value === 'string') {
    for (const [, path = ''] of value.matchAll(PLACEHOLDER)) {
      if (!PATH.test(path)) throw malformed(`{{${path}}} must be a path such as event.data.name`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) assertTemplates(each);
  }
}

function lookUp(path: string, event: RuleEvent): Json {
  if (!PATH.test(path)) throw malformed(`{{${path}}} must be a path such as event.data.name`);
  let found: unknown = event;
  for (const field of path.split('.').slice(1)) {
    const isThere = typeof found === 'object' && found !== null && Object.hasOwn(found, field);
    // An array's own length is no part of its JSON.
    if (!isThere || (Array.isArray(found) && !/^\d+$/.test(field))) {
      throw malformed(`the event has no ${path}`);
    }
    found = Reflect.get(found as object, field);
  }
  // Only fields of an event, which came as JSON, were followed.
  return found as Json;
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function malformed(why: string): BonafideError {
  return new BonafideError('VALIDATION_FAILED', `A template of the rule cannot be filled: ${why}.`);
}
