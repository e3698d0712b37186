/*
 * Numbers as people read them: four significant digits, units, signs, durations.
 */
import { visible } from './text.js';

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const superscript = (n) => String(n).replace('-', '⁻').replace(/\d/g, (d) => SUPERSCRIPT[d]);
export const minus = (s) => s.replace('-', '−');
export const grouped = (s) => s.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
export const has = (v) => v !== null && v !== undefined;

export function scientific(v, digits) {
  const [m, e] = v.toExponential(digits - 1).split('e');
  const short = Number(`${m}e${e}`) === v ? m.replace(/\.?0+$/, '') : m;
  const mantissa = short === '1' ? '' : short === '-1' ? '-' : `${short} × `;
  return minus(`${mantissa}10`) + superscript(Number(e));
}

/** The digits a reader needs: four significant ones, or fewer where the number is exact. */
export function fmt(v, digits = 4) {
  if (!has(v)) return '–';
  if (typeof v !== 'number') return visible(v);
  if (v === 0) return '0';
  const size = Math.abs(v);
  if (Number.isInteger(v) && size < 1e15) return minus(grouped(String(v)));
  if (size >= 1e6 || size < 1e-4) return scientific(v, digits);
  if (size >= 10 ** (digits - 1)) return minus(grouped(String(Math.round(v))));
  const rounded = v.toPrecision(digits);
  const exact = String(v);
  return minus(exact.length < rounded.length ? exact : rounded);
}

/** A mean with as many decimals as its standard deviation has meaning: 3.000 ± 0.038. */
export function plusMinus(mean, sd) {
  if (!has(sd)) return fmt(mean);
  const decimals = sd > 0 ? Math.max(0, 1 - Math.floor(Math.log10(sd))) : 9;
  return Math.abs(mean) < 1e6 && decimals < 9
    ? `${minus(mean.toFixed(decimals).replace(/^-?\d+/, grouped))} ± ${fmt(sd, 2)}` : `${fmt(mean)} ± ${fmt(sd, 2)}`;
}
export const full = (v) => (has(v) ? (typeof v === 'number' ? minus(String(v)) : visible(v)) : 'no value');
export const unitOf = (unit) => (!unit || unit === '1' ? '' : ' ' + unit);
export const named = (axis) => axis.label + (unitOf(axis.unit) ? ` (${axis.unit})` : '');
export const fmtZ = (z) => (Math.abs(z) > 1000
  ? `beyond ${z < 0 ? '−' : ''}1000`
  : (z > 0 ? '+' : '') + fmt(Number(z.toPrecision(3)), 3));
export const fmtP = (p) => (p < 0.0001 ? fmt(p, 2) : String(Number(p.toPrecision(2))));

export function duration(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${Number(seconds.toPrecision(3))} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 90
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
