/*
 * Where the points of a scatter lie: the coordinates of a layout, and numbers along its axes.
 */
import { has } from './numbers.js';
import { extent, niceScale, ticks, tick } from './scales.js';

/** Where points of a layout lie in a unit square (a map keeps its proportions), and their axes. */
export function plane(layout) {
  const place = (values, axis) => Float64Array.from(values, (v) =>
    (!has(v) || (axis && axis.log && v <= 0) ? NaN : axis && axis.log ? Math.log10(v) : v));
  const x = place(layout.x, layout.across);
  const y = place(layout.y, layout.up);
  const spread = (values) => {
    const [low, high] = extent([values], (v) => !Number.isNaN(v)) || [0, 1];
    return high > low ? [low, high] : [low - 0.5, high + 0.5];
  };
  const [left, right] = spread(x);
  const [low, high] = spread(y);
  const missing = x.reduce((count, v, i) => count + (Number.isNaN(v) || Number.isNaN(y[i]) ? 1 : 0), 0);
  return { x, y, left, right, low, high, missing, map: !has(layout.across) };
}

/** Numbers from low to high worth writing along an axis, with where they lie on it. */
export function axisTicks(low, high, axis, count) {
  if (!axis.log) {
    const s = niceScale(low, high, count);
    const many = Math.round((s.max - s.min) / s.interval) + 1;
    return Array.from({ length: many }, (_, i) => s.min + i * s.interval)
      .filter((v) => v >= low && v <= high).map((v) => ({ at: v, text: ticks(s)(v) }));
  }
  const decades = [];
  for (let p = Math.floor(low); p <= high; p++) {
    for (const m of high - low > 3 ? [1] : high - low > 1 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const at = p + Math.log10(m);
      if (at >= low && at <= high) decades.push({ at, text: tick(m * 10 ** p) });
    }
  }
  const every = Math.ceil(decades.length / (count * 1.6)) || 1;
  if (decades.length > 1) return decades.filter((_, i) => i % every === 0);
  return axisTicks(10 ** low, 10 ** high, { log: false }, count).map(({ at, text }) => ({ at: Math.log10(at), text }));
}
