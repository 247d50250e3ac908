import { INSIDE, type View } from '../picture.ts';

/** A picture that grows with the bytes that arrive, in whatever pieces they come. */
export function createCanvas(canvas: HTMLCanvasElement, { width, height }: View) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser does not draw.');
  const points = new Uint8Array(width * height);
  let received = 0;
  let drawn = 0;

  /** Rows that are complete and not drawn yet. */
  function draw(): void {
    const complete = Math.floor(received / width);
    if (complete === drawn) return;
    const image = context?.createImageData(width, complete - drawn);
    image?.data.set(colours(points.subarray(drawn * width, complete * width)));
    if (image) context?.putImageData(image, 0, drawn);
    drawn = complete;
  }
  return {
    add(bytes: Uint8Array): void {
      points.set(bytes, received);
      received += bytes.length;
      draw();
    },
    /** SHA-256 of what arrived, in hexadecimal. */
    async digest(): Promise<string> {
      const hash = await crypto.subtle.digest('SHA-256', points.subarray(0, received));
      return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  };
}

type Colour = readonly [red: number, green: number, blue: number];

// From points that leave at once to those that nearly stay.
const STOPS: readonly (readonly [at: number, colour: Colour])[] = [
  [0, [9, 16, 48]],
  [0.3, [17, 60, 120]],
  [0.45, [32, 132, 160]],
  [0.6, [150, 214, 190]],
  [0.8, [255, 236, 170]],
  [1, [222, 120, 50]],
];
const INSIDE_COLOUR: Colour = [6, 8, 20];

const COLOURS: readonly Colour[] = Array.from({ length: INSIDE + 1 }, (_, point) =>
  point === INSIDE ? INSIDE_COLOUR : colourAt(point / (INSIDE - 1)),
);

function colourAt(share: number): Colour {
  const index = Math.max(
    1,
    STOPS.findIndex(([at]) => at >= share),
  );
  const [from, to] = [STOPS[index - 1], STOPS[index]];
  if (!from || !to) return INSIDE_COLOUR;
  const weight = (share - from[0]) / (to[0] - from[0]);
  const mix = (part: 0 | 1 | 2) => from[1][part] + weight * (to[1][part] - from[1][part]);
  return [mix(0), mix(1), mix(2)];
}

function colours(points: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(points.length * 4);
  points.forEach((point, index) => {
    pixels.set([...(COLOURS[point] ?? INSIDE_COLOUR), 255], index * 4);
  });
  return pixels;
}
