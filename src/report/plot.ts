// The few marks our pictures are made of: a frame with axes, lines, bands, interval bars, markers, labels beside the lines. Numbers in, SVG out.
// Drawn small (460 units wide) so that the text is still readable when a phone shrinks it. Colours come from style.ts by CSS variables,
// and no series is told apart by colour alone: markers differ and lines are labelled where they end.
import type { Interval } from '../metrics/evaluation.ts';
import { type Html, html } from './escape.ts';
import type { Look } from './policies.ts';

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** What is measured, with its unit. */
  readonly title: string;
}

export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  /** Room on the right for the labels of lines. */
  readonly right: number;
}

export interface Point {
  readonly x: number;
  readonly interval: Interval;
}

const WIDTH = 460;
const HEIGHT = 290;
const LEFT = 46;
const TOP = 30;
const BOTTOM = 44;

const round = (n: number): number => Math.round(n * 10) / 10;
const between = (axis: Axis, value: number): number => (value - axis.low) / (axis.high - axis.low);
export const xOf = (frame: Frame, value: number): number => round(LEFT + between(frame.x, value) * (WIDTH - LEFT - frame.right));
export const yOf = (frame: Frame, value: number): number => round(HEIGHT - BOTTOM - between(frame.y, value) * (HEIGHT - TOP - BOTTOM));

/** Ticks at 1, 2 or 5 times a power of ten, some `wanted` of them; the axis ends on ticks. `format` gets the tick's value. */
export function niceAxis(low: number, high: number, title: string, format: (value: number) => string, wanted = 5): Axis {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find(m => m * power >= raw * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => ({ at: (first + i) * step, label: format((first + i) * step) }));
  return { low: first * step, high: last * step, ticks, title };
}

/** From zero to a round number above every interval, at most 100. */
export function shareAxis(intervals: readonly Interval[], title: string): Axis {
  const highest = Math.max(0.01, ...intervals.map(i => i.high));
  return niceAxis(0, Math.min(1, highest), title, v => String(Math.round(v * 1000) / 10));
}

/** A picture with its title and text alternative. `marks` are drawn in order, the last on top. */
export function picture(title: string, alt: string, frame: Frame, marks: readonly Html[], note = ''): Html {
  const words = note === '' ? null : html`<span>${note}</span>`;
  return html`<figure><figcaption><b>${title}</b>${words}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${alt}">${axes(frame)}${marks}</svg></figure>`;
}

function axes(frame: Frame): Html {
  const { x, y } = frame;
  const [left, right, floor] = [LEFT, WIDTH - frame.right, HEIGHT - BOTTOM];
  const rows = y.ticks.map(t => {
    const at = yOf(frame, t.at);
    return html`<line class="grid${isZero(t.at) ? ' zero' : ''}" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${left - 7}" y="${at + 4}" text-anchor="end">${t.label}</text>`;
  });
  const columns = x.ticks.map(t => html`<text x="${xOf(frame, t.at)}" y="${floor + 17}" text-anchor="middle">${t.label}</text>`);
  return html`<text class="axis" x="2" y="13">${y.title}</text>${rows}${columns}<text class="axis" x="${(left + right) / 2}" y="${HEIGHT - 5}" text-anchor="middle">${x.title}</text>`;
}

const isZero = (value: number): boolean => Math.abs(value) < 1e-12;

const pathOf = (frame: Frame, points: readonly { readonly x: number; readonly y: number }[]): string =>
  points.map((p, i) => `${i === 0 ? 'M' : 'L'}${xOf(frame, p.x)} ${yOf(frame, p.y)}`).join('');

const colourOf = (look: Look): string => `--c:${look.colour}`;

/** A line through the values. `extra` is a further class: 'dashed', 'thin'. */
export const line = (frame: Frame, points: readonly { readonly x: number; readonly y: number }[], look: Look, extra = ''): Html =>
  html`<path class="line ${extra}" style="${colourOf(look)}" d="${pathOf(frame, points)}"/>`;

export const valuesOf = (points: readonly Point[]): { x: number; y: number }[] => points.map(p => ({ x: p.x, y: p.interval.value }));

/** The intervals of a line as an area. */
export function band(frame: Frame, points: readonly Point[], look: Look): Html {
  const upper = points.map(p => ({ x: p.x, y: p.interval.high }));
  const lower = points.map(p => ({ x: p.x, y: p.interval.low })).reverse();
  return html`<path class="band" style="${colourOf(look)}" d="${pathOf(frame, [...upper, ...lower])}Z"/>`;
}

/** An interval as an upright bar. */
export function bar(frame: Frame, { x, interval }: Point, look: Look): Html {
  const at = xOf(frame, x);
  return html`<line class="bar" style="${colourOf(look)}" x1="${at}" x2="${at}" y1="${yOf(frame, interval.low)}" y2="${yOf(frame, interval.high)}"/>`;
}

const SHAPES: Readonly<Record<Look['marker'], string>> = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z',
  square: 'M-3.6 -3.6H3.6V3.6H-3.6Z',
  diamond: 'M0 -5L5 0L0 5L-5 0Z',
  triangle: 'M0 -5L4.8 3.7H-4.8Z',
};

/** A mark at a value; hollow for what is not the main thing. */
export const marker = (frame: Frame, x: number, y: number, look: Look, hollow = false): Html =>
  html`<path class="marker${hollow ? ' hollow' : ''}" style="${colourOf(look)}" transform="translate(${xOf(frame, x)} ${yOf(frame, y)})" d="${SHAPES[look.marker]}"/>`;

export interface LineLabel {
  /** Where the line ends, in values. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly look: Look;
}

/** Labels to the right of where lines end, moved apart where they would touch; each keeps its line's colour and marker. */
export function lineLabels(frame: Frame, labels: readonly LineLabel[], atRight = true): Html[] {
  const sorted = [...labels].sort((a, b) => b.y - a.y);
  const wanted = sorted.map(l => yOf(frame, l.y));
  return spread(wanted, 16, TOP - 4, HEIGHT - BOTTOM).map((y, i) => {
    const { x, text, look } = sorted[i]!;
    const at = atRight ? WIDTH - frame.right + 16 : xOf(frame, x) + 10;
    const leader = atRight && Math.abs(y - wanted[i]!) > 4;
    const from = xOf(frame, x) + 6;
    return html`${leader ? html`<path class="leader" style="${colourOf(look)}" d="M${from} ${wanted[i]!}L${at - 4} ${y}"/>` : null}<text class="label" style="${colourOf(look)}" x="${at}" y="${y + 4}">${text}</text>`;
  });
}

/** Positions in rising order, at least `gap` apart, within [low, high] as far as there is room, each as near as may be to where it was. */
export function spread(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const out = [...positions];
  for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i]!, i === 0 ? low : out[i - 1]! + gap);
  for (let i = out.length - 1; i >= 0; i--)
    out[i] = Math.min(out[i]!, i === out.length - 1 ? Math.max(high, low + gap * i) : out[i + 1]! - gap);
  return out.map(round);
}
