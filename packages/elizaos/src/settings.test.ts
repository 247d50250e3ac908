import { name as agentName } from '@bonafide/core/models';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toAgentName } from './settings.ts';

it.each([
  ['Weather Agent', 'weather-agent'],
  ['  Élise!  ', 'elise'],
  ['天気', 'eliza'],
  ['a.b_c-d', 'a.b_c-d'],
  ['-.x', 'x'],
])('names the character %j %j', (character, name) => {
  expect(toAgentName(character)).toBe(name);
});

it('makes a valid name of any character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (character) => {
      expect(agentName.safeParse(toAgentName(character)).success).toBe(true);
    }),
  );
});
