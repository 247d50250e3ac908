import type { ComplianceReport } from '@bonafide/core/models';
import { colours, contentWidth, ensureRoom, fonts, MARGIN, type Pdf } from './sheet.ts';

type Day = ComplianceReport['days'][number];

const SERIES = ['approved', 'denied', 'pending', 'expired'] as const;
type Series = (typeof SERIES)[number];

/** A bar: one day, or the seven from that day. */
export type Bar = { readonly label: string } & Readonly<Record<Series, number>>;

const MAX_DAILY_BARS = 60;
const HEIGHT = 150;
const AXIS = 34;

/** One bar per day, or per seven days when there would be too many to see. */
export function toBars(days: readonly Day[]): readonly Bar[] {
  const size = days.length > MAX_DAILY_BARS ? 7 : 1;
  const bars: Bar[] = [];
  for (let start = 0; start < days.length; start += size) {
    const group = days.slice(start, start + size);
    const sum = (series: Series) => group.reduce((total, day) => total + day[series], 0);
    bars.push({
      label: group[0]?.day ?? '',
      approved: sum('approved'),
      denied: sum('denied'),
      pending: sum('pending'),
      expired: sum('expired'),
    });
  }
  return bars;
}

/** The least of 1, 2 or 5 times a power of ten by which `steps` steps reach `max`; never a fraction. */
export function tickStep(max: number, steps = 4): number {
  const raw = Math.max(1, max / steps);
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw) ?? raw;
}

/** Decisions over time as stacked bars, with axes and a legend. */
export function drawChart(pdf: Pdf, days: readonly Day[]): void {
  const bars = toBars(days);
  ensureRoom(pdf, HEIGHT + 60);
  const top = pdf.y + 22;
  drawLegend(pdf, pdf.y);
  const peak = Math.max(1, ...bars.map((bar) => SERIES.reduce((sum, series) => sum + bar[series], 0)));
  const step = tickStep(peak);
  const limit = Math.ceil(peak / step) * step;
  drawScale(pdf, { top, limit, step });
  drawBars(pdf, { bars, top, limit });
  const unit = days.length > MAX_DAILY_BARS ? 'seven days from the date shown' : 'day (UTC)';
  note(pdf, { text: `Decisions per ${unit}`, y: top + HEIGHT + 18 });
  pdf.y = top + HEIGHT + 34;
}

function drawLegend(pdf: Pdf, y: number): void {
  let x = MARGIN + AXIS;
  for (const series of SERIES) {
    pdf.rect(x, y + 1, 8, 8).fill(colours[series]);
    pdf.font(fonts.text).fontSize(8).fillColor(colours.ink);
    pdf.text(series, x + 12, y + 1, { lineBreak: false });
    x += pdf.widthOfString(series) + 32;
  }
}

function drawScale(pdf: Pdf, { top, limit, step }: { top: number; limit: number; step: number }): void {
  for (let value = 0; value <= limit; value += step) {
    const y = top + HEIGHT - (value / limit) * HEIGHT;
    pdf
      .moveTo(MARGIN + AXIS, y)
      .lineTo(MARGIN + contentWidth(pdf), y)
      .lineWidth(value === 0 ? 0.8 : 0.4)
      .strokeColor(value === 0 ? colours.muted : colours.line)
      .stroke();
    pdf.font(fonts.text).fontSize(7).fillColor(colours.muted);
    pdf.text(String(value), MARGIN, y - 3, { width: AXIS - 6, align: 'right', lineBreak: false });
  }
}

interface Drawing {
  readonly bars: readonly Bar[];
  readonly top: number;
  readonly limit: number;
}

function drawBars(pdf: Pdf, { bars, top, limit }: Drawing): void {
  const slot = (contentWidth(pdf) - AXIS) / bars.length;
  // Labels are about 45 points wide.
  const every = Math.max(1, Math.ceil(50 / slot));
  for (const [index, bar] of bars.entries()) {
    const x = MARGIN + AXIS + index * slot;
    let y = top + HEIGHT;
    for (const series of SERIES) {
      const height = (bar[series] / limit) * HEIGHT;
      if (height > 0) pdf.rect(x + slot * 0.15, y - height, slot * 0.7, height).fill(colours[series]);
      y -= height;
    }
    const isLabelled = index % every === 0 && x + 45 <= MARGIN + contentWidth(pdf) + 1;
    if (isLabelled) note(pdf, { text: bar.label, x, y: top + HEIGHT + 5 });
  }
}

function note(pdf: Pdf, { text, x = MARGIN + AXIS, y }: { text: string; x?: number; y: number }): void {
  pdf.font(fonts.text).fontSize(7).fillColor(colours.muted).text(text, x, y, { lineBreak: false });
}
