/*
 * Ranges of values, and axes with round ticks over them.
 */
import { minus, grouped, scientific, fmt } from './numbers.js';

export function extent(sets, ok) {
  let low = Infinity;
  let high = -Infinity;
  for (const set of sets) {
    for (const v of set) {
      if (ok(v)) {
        if (v < low) low = v;
        if (v > high) high = v;
      }
    }
  }
  return low <= high ? [low, high] : null;
}

/** Round ticks that cover [low, high]. */
export function niceScale(low, high, count) {
  if (low === high) {
    const pad = Math.abs(low) * 0.1 || 1;
    low -= pad;
    high += pad;
  }
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999) * power;
  const tidy = (v) => Number(v.toPrecision(12));
  return {
    min: tidy(Math.floor(low / step + 1e-9) * step),
    max: tidy(Math.ceil(high / step - 1e-9) * step),
    interval: tidy(step),
  };
}

/** Bounds of a logarithmic axis; base 2 where decades would leave fewer than two ticks. */
export function logScale(low, high) {
  const base = Math.floor(Math.log10(high * 1.1)) - Math.ceil(Math.log10(low / 1.1)) < 1 ? 2 : 10;
  const at = (v) => Math.log(v) / Math.log(base);
  const lower = Math.floor(at(low) + 1e-9);
  const upper = Math.max(lower + 1, Math.ceil(at(high) - 1e-9));
  return { min: base ** lower, max: base ** upper, logBase: base };
}

/** The same for lines, which need not end at a tick: the ends carry no number then. */
export function tightLogScale(low, high) {
  const whole = logScale(low, high);
  return { ...whole, min: Math.max(whole.min, low / 1.3), max: Math.min(whole.max, high * 1.3), tight: true };
}

/** How an axis writes its ticks: all with the same decimals. */
export function ticks({ min, max, interval, logBase }) {
  if (logBase || !interval || Math.max(Math.abs(min), Math.abs(max)) >= 1e6 || interval < 1e-4) {
    return (v) => (Math.abs(v) >= 1e6 ? scientific(Number(v.toPrecision(6)), 4) : fmt(Number(v.toPrecision(6))));
  }
  let decimals = Math.max(0, -Math.floor(Math.log10(interval) + 1e-9));
  if (Math.abs(interval * 10 ** decimals - Math.round(interval * 10 ** decimals)) > 1e-6) decimals++;
  return (v) => minus(v.toFixed(decimals).replace(/^-?\d+/, grouped));
}
export const tick = ticks({});
