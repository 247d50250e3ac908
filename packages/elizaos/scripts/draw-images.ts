// Draws the two pictures that Eliza's plugin registry shows: `node scripts/draw-images.ts`.
import { writeFile } from 'node:fs/promises';
import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';

const INK = '#10233f';
const PAPER = '#f6f3ec';
const SEAL = '#e2a33b';
const MUTED = '#b9c2d0';
const FONT = 'DejaVu Sans, Arial, sans-serif';
const QUALITY = 92;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A wax seal with a tick: proof that somebody vouched for it. */
function drawSeal(context: SKRSContext2D, { x, y, size }: Place): void {
  const teeth = 24;
  context.fillStyle = SEAL;
  context.beginPath();
  for (let step = 0; step < teeth * 2; step++) {
    const angle = (step * Math.PI) / teeth;
    const radius = (size / 2) * (step % 2 === 0 ? 1 : 0.92);
    context.lineTo(x + Math.cos(angle) * radius, y + Math.sin(angle) * radius);
  }
  context.closePath();
  context.fill();
  context.strokeStyle = INK;
  context.lineWidth = size * 0.025;
  context.beginPath();
  context.arc(x, y, size * 0.38, 0, Math.PI * 2);
  context.stroke();
  context.lineWidth = size * 0.085;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(x - size * 0.17, y + size * 0.01);
  context.lineTo(x - size * 0.04, y + size * 0.14);
  context.lineTo(x + size * 0.19, y - size * 0.13);
  context.stroke();
}

function paint(width: number, height: number): { canvas: Canvas; context: SKRSContext2D } {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = INK;
  context.fillRect(0, 0, width, height);
  return { canvas, context };
}

function drawLogo(): Canvas {
  const { canvas, context } = paint(400, 400);
  drawSeal(context, { x: 200, y: 200, size: 300 });
  return canvas;
}

function drawBanner(): Canvas {
  const { canvas, context } = paint(1280, 640);
  drawSeal(context, { x: 270, y: 320, size: 300 });
  context.fillStyle = PAPER;
  context.font = `bold 104px ${FONT}`;
  context.fillText('Bonafide', 478, 312);
  context.fillStyle = MUTED;
  context.font = `34px ${FONT}`;
  context.fillText('Proof of who your agent is,', 484, 386);
  context.fillText('permission before it acts, pay when it delivers.', 484, 434, 740);
  return canvas;
}

const folder = new URL('../images/', import.meta.url);
await writeFile(new URL('logo.jpg', folder), drawLogo().toBuffer('image/jpeg', QUALITY));
await writeFile(new URL('banner.jpg', folder), drawBanner().toBuffer('image/jpeg', QUALITY));
