import { z } from 'zod';

/** Where of the Mandelbrot set, and how large. */
export const view = z.object({
  centre: z.tuple([z.number().min(-2).max(2), z.number().min(-2).max(2)]),
  /** Of the plane, from the left edge to the right. */
  extent: z.number().min(1e-6).max(4),
  width: z.int().min(16).max(1_024),
  height: z.int().min(16).max(1_024),
});
export type View = z.infer<typeof view>;

export const painted = z.object({
  rows: z.int(),
  /** Points that never leave. */
  inside: z.int(),
  /** SHA-256 of all rows, in hexadecimal. */
  digest: z.string(),
});

/** What each point of a row that never leaves is; all others are how soon they do. */
export const INSIDE = 255;
const LONGEST = 400;

/** Points of one row, one byte each. */
export function paintRow({ centre: [x, y], extent, width, height }: View, row: number): Uint8Array {
  const points = new Uint8Array(width);
  const step = extent / width;
  const imaginary = y - (row - height / 2) * step;
  for (let column = 0; column < width; column += 1) {
    points[column] = pointAt(x + (column - width / 2) * step, imaginary);
  }
  return points;
}

function pointAt(real: number, imaginary: number): number {
  let [a, b] = [0, 0];
  for (let count = 0; count < LONGEST; count += 1) {
    const [aa, bb] = [a * a, b * b];
    if (aa + bb > 16)
      return Math.min(INSIDE - 1, Math.floor((INSIDE * Math.sqrt(count)) / Math.sqrt(LONGEST)));
    b = 2 * a * b + imaginary;
    a = aa - bb + real;
  }
  return INSIDE;
}
