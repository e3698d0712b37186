/*
 * What the points of a scatter are coloured by: categories (categories, members) or numbers (value,
 * values).
 */
import { has } from './numbers.js';
import { mix } from './theme.js';

/** The colours of a colouring: one index per point into a palette, the last for those without. */
export function pointColours(colouring, n, theme) {
  const codes = new Uint8Array(n);
  if (!colouring) return { codes, palette: [theme.lines[0]] };
  if (colouring.members) {
    const palette = colouring.categories.map((_, i) =>
      (i < 8 ? theme.lines[i] : mix([theme.lines[i % 8], theme.ink], i < 16 ? 0.5 : 0.75)));
    colouring.members.forEach((m, i) => { codes[i] = has(m) ? Math.min(m, 254) : Math.min(palette.length, 255); });
    return { codes, palette: [...palette.slice(0, 255), theme.bandEdge] };
  }
  const STEPS = 48;
  const scale = pointScale(colouring);
  colouring.values.forEach((v, i) => {
    codes[i] = has(v) && (!scale.log || v > 0) ? Math.max(0, Math.min(STEPS - 1, Math.floor(scale.share(v) * STEPS))) : STEPS;
  });
  return { codes, palette: [...Array.from({ length: STEPS }, (_, i) => mix(theme.ramp, (i + 0.5) / STEPS)), theme.bandEdge] };
}

/** The range of colours: all values but the outermost hundredth at either end. */
export function pointScale({ value, values }) {
  const known = values.filter((v) => has(v) && (!value.log || v > 0)).sort((a, b) => a - b);
  const low = known.length ? known[Math.floor((known.length - 1) * 0.01)] : 0;
  const top = known.length ? known[Math.ceil((known.length - 1) * 0.99)] : 1;
  const high = top > low ? top : low + (Math.abs(low) || 1);
  const at = value.log ? Math.log : (v) => v;
  return { low, high, middle: null, log: value.log, colours: (theme) => theme.ramp, share: (v) => (at(v) - at(low)) / (at(high) - at(low)) };
}
