import { BonafideError } from '@bonafide/core/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertTemplates, fillTemplates, type Json } from './template.ts';

const event = {
  ...{ type: 'build.done', source: 'ag::default::ci::1', workspace: 'default' },
  data: { name: 'x', size: 3, files: ['a', { b: null }], nested: { ok: true }, 'dash-ed': 1 },
};
const fill = (value: Json) => fillTemplates(value, event);

describe('templates', () => {
  it('keep the type of what they are replaced by when a text is nothing else', () => {
    expect(
      fill({ a: '{{event.data.size}}', b: ['{{ event.data.files }}'], c: '{{event.data.nested}}' }),
    ).toEqual({
      ...{ a: 3, b: [['a', { b: null }]], c: { ok: true } },
    });
  });

  it('become text inside of text', () => {
    expect(
      fill('{{event.type}} of {{event.data.name}}: {{event.data.nested}} {{event.data.files.1.b}}'),
    ).toBe('build.done of x: {"ok":true} null');
    expect(fill('{{event.source}}/{{event.data.dash-ed}}')).toBe('ag::default::ci::1/1');
  });

  it('are not read again where an event holds some itself', () => {
    const nasty = { ...event, data: { name: '{{event.source}}' } };
    expect(fillTemplates(['{{event.data.name}}', 'a {{event.data.name}}'], nasty)).toEqual([
      ...['{{event.source}}', 'a {{event.source}}'],
    ]);
  });

  it.each([
    ...['event.data.absent', 'event.data.name.length', 'event.data.files.length', 'event.data.size.toFixed'],
    ...[
      'event.constructor',
      'event.data.__proto__',
      'event.data.files.map',
      'event.data.nested.hasOwnProperty',
    ],
    ...['event', 'process.env', 'event.data[0]', '1+1', 'event..data', 'event.data.name()', ''],
  ])('of what an event does not have are refused: %s', (path) => {
    expect(() => fill(`{{${path}}}`)).toThrow(BonafideError);
    expect(() => fill(`text {{${path}}}`)).toThrow(BonafideError);
  });

  it('that can never be filled are found before there is an event', () => {
    expect(() => assertTemplates({ a: ['{{event.data.x}} {{process.env}}'] })).toThrow('process.env');
    expect(() => assertTemplates({ a: ['{{event.data.x}}', 'no } {{ one', 3, null] })).not.toThrow();
  });

  it('cannot make much of little', () => {
    const large = { ...event, data: { text: 'x'.repeat(60_000) } };
    expect(() => fillTemplates('{{event.data.text}}'.repeat(20), large)).toThrow('more than');
  });

  it('leave everything else as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!JSON.stringify(value).includes('{{'));
        expect(fillTemplates(value as Json, event)).toEqual(value);
      }),
    );
  });

  it('reach own fields of the event alone, whatever the path', () => {
    const names = fc.constantFrom(
      ...['constructor', '__proto__', 'prototype', 'toString', 'length', 'data', 'name', 'files', '0', 'at'],
    );
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 5 }), (path) => {
        let filled: Json | undefined;
        try {
          filled = fill(`{{event.${path.join('.')}}}`);
        } catch (error) {
          expect(error).toBeInstanceOf(BonafideError);
          return;
        }
        // JSON has no functions and no prototypes: what was found survives the way through it.
        expect(JSON.parse(JSON.stringify(filled))).toEqual(filled);
      }),
    );
  });
});
