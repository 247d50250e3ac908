import { ValidationError } from '@bonafide/core/errors';
import { describe, expect, it } from 'vitest';
import { compileCondition } from './condition.ts';

const eventOf = (data: Record<string, unknown>) => ({
  ...{ type: 'build.done', source: 'ag::default::ci::1', workspace: 'default' },
  data: data as never,
});
const isMatch = (text: string, data: Record<string, unknown> = {}) =>
  compileCondition(text)(eventOf(data)).isMatch;

describe('a condition', () => {
  it.each([
    ['event.data.size > 10', { size: 11 }],
    ['event.data.size == 11', { size: 11 }],
    ['event.type == "build.done" && event.source.startsWith("ag::default::")', {}],
    ['has(event.data.error) == false', {}],
    ['event.data.files.exists(f, f.endsWith(".ts"))', { files: ['a.js', 'b.ts'] }],
    ['size(event.data.files.filter(f, f != "a")) == 1', { files: ['a', 'b'] }],
    ['"x" in event.data.tags', { tags: ['x'] }],
  ])('holds: %s', (text, data) => {
    expect(isMatch(text, data)).toBe(true);
  });

  it.each([
    ['event.data.size > 10', { size: 10 }],
    ['event.data.size > 10', {}],
    ['event.data.size > 10', { size: 'large' }],
    ['event.data.isDone', { isDone: 'true' }],
    ['event.constructor == event.constructor', {}],
    ['event.data["__proto__"] == event.data["__proto__"]', {}],
  ])('does not hold: %s', (text, data) => {
    expect(isMatch(text, data)).toBe(false);
  });

  it('says why it cannot be told', () => {
    expect(compileCondition('event.data.size > 10')(eventOf({})).reason).toContain('No such key: size');
  });

  it.each([
    ['event.data.size >', 'Unexpected token'],
    ['evnt.data.size > 1', 'Unknown variable: evnt'],
    ['1 + 1', 'not a bool'],
    ['"yes"', 'not a bool'],
    ['event.data.name.matches("(a+)+$")', 'matches is not available'],
    ['event.data.l.map(x, x + x).size() > 1', 'map is not available'],
    ['event.data.l.all(x, event.data.l.exists(y, x == y))', 'inside another'],
    [`${'('.repeat(100)}true${')'.repeat(100)}`, 'depth'],
    [Array.from({ length: 100 }, () => 'true').join(' && '), 'nodes'],
  ])('is refused with the reason: %s', (text, reason) => {
    const refused = () => compileCondition(text);
    expect(refused).toThrow(ValidationError);
    try {
      refused();
    } catch (error) {
      const [issue] = (error as ValidationError).issues;
      expect(issue?.path).toBe('on.condition');
      expect(issue?.message.toLowerCase()).toContain(reason.toLowerCase());
    }
  });

  it('points at the place of a mistake', () => {
    try {
      compileCondition('event.data.size >');
    } catch (error) {
      expect((error as ValidationError).issues[0]?.message).toContain('^');
    }
    expect.assertions(1);
  });

  it('does not look at more than it can look at quickly', () => {
    const many = eventOf({ list: Array.from({ length: 1001 }, (_, index) => index) });
    expect(compileCondition('event.data.list.exists(x, x == 3)')(many)).toEqual({
      isMatch: false,
      reason: 'Conditions with all, exists or filter look at events of at most 1000 values.',
    });
    expect(compileCondition('event.data.list[0] == 0')(many).isMatch).toBe(true);
    const long = eventOf({ text: 'x'.repeat(70_000) });
    expect(compileCondition('event.data.text != ""')(long).isMatch).toBe(false);
  });
});
