import type { View } from './picture.ts';

type Place = Pick<View, 'centre' | 'extent'>;

const places: readonly (Place & { readonly words: RegExp; readonly name: string })[] = [
  { words: /seahorse/i, name: 'the seahorse valley', centre: [-0.7453, 0.1127], extent: 0.012 },
  { words: /elephant/i, name: 'the elephant valley', centre: [0.282, 0.011], extent: 0.02 },
  { words: /spiral/i, name: 'a spiral', centre: [-0.761574, -0.0847596], extent: 0.004 },
  { words: /mandelbrot|whole|all of it/i, name: 'the whole set', centre: [-0.6, 0], extent: 3.2 },
];

/** The place that somebody's words are about. */
export const findPlace = (query: string) => places.find(({ words }) => words.test(query));
