/*
 * Legends: what marks and colours stand for. An item is [mark, words] or, where it can be chosen,
 * [mark, words, {pressed, act, made}].
 */
import { visible } from './text.js';
import { el, svg } from './elements.js';
import { has, fmt, named } from './numbers.js';
import { mix, textWidth } from './theme.js';

export function swatch(kind, colour) {
  const s = svg('svg', { width: 24, height: 12, viewBox: '0 0 24 12', 'aria-hidden': 'true' });
  if (kind === 'band') {
    s.append(svg('rect', { x: 1, y: 2, width: 22, height: 8, fill: colour }));
  } else if (kind === 'expected') {
    s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour, 'stroke-width': 2 }));
  } else if (kind === 'bar' || kind === 'hollow-bar') {
    s.append(svg('rect', {
      x: 6, y: 1.5, width: 12, height: 9, stroke: colour, 'stroke-width': 1.5,
      fill: kind === 'bar' ? colour : 'none',
    }));
  } else if (kind === 'empty') {
    s.append(svg('path', { d: 'M8 10L16 2', stroke: colour }));
  } else if (kind === 'dot') {
    s.append(svg('circle', { cx: 12, cy: 6, r: 2.5, stroke: colour, fill: 'var(--paper)' }));
  } else if (kind === 'point') {
    s.append(svg('circle', { cx: 12, cy: 6, r: 4.5, fill: colour }));
  } else if (kind === 'box') {
    s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour }),
      svg('rect', { x: 6, y: 2, width: 12, height: 8, fill: colour, 'fill-opacity': 0.45, stroke: colour }),
      svg('line', { x1: 11, y1: 1.5, x2: 11, y2: 10.5, stroke: colour, 'stroke-width': 2 }));
  } else if (kind === 'hollow') {
    s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour, 'stroke-width': 1.2, 'stroke-dasharray': '3 3' }));
    s.append(svg('circle', { cx: 12, cy: 6, r: 3.2, stroke: colour, 'stroke-width': 1.5, fill: 'var(--paper)' }));
  } else {
    s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour, 'stroke-width': 2 }));
  }
  return s;
}

export function ramp(theme) {
  const s = svg('svg', { width: 72, height: 10, viewBox: '0 0 72 10', 'aria-hidden': 'true' });
  for (let i = 0; i < 12; i++) {
    s.append(svg('rect', { x: i * 6, y: 2, width: 6.2, height: 6, fill: mix(theme.ramp, i / 11) }));
  }
  return s;
}

/** The key of a scale: its colours between its ends, and the mark of a cell without a value. */
export function scaleLegend(scale, maps, theme) {
  const end = (v) => fmt(Number(v.toPrecision(4)), 3);
  const [low, high] = [end(scale.low), end(scale.high)];
  const from = Math.ceil(textWidth(low, 12)) + 6;
  const bar = 144;
  const wide = Math.ceil(from + bar + 6 + textWidth(high, 12));
  const key = svg('svg', { width: wide, height: 12, viewBox: `0 0 ${wide} 12`, 'aria-hidden': 'true' });
  const text = (x, words) => svg('text', { x, y: 10, 'font-size': 12, fill: theme.soft }, words);
  key.append(text(0, low), text(from + bar + 6, high));
  const steps = 48;
  for (let i = 0; i < steps; i++) {
    key.append(svg('rect', { x: from + (i * bar) / steps, y: 1, width: bar / steps + 0.3, height: 10, fill: mix(scale.colours(theme), i / (steps - 1)) }));
  }
  if (scale.middle !== null) key.append(svg('rect', { x: from + bar / 2 - 0.5, y: 0, width: 1, height: 12, fill: theme.ink }));
  const items = [[key, visible(named(maps[0].value)) + (scale.middle === null ? '' : `; null ${end(scale.middle)} in the middle`)]];
  if (maps.some((m) => m.values.some((row) => row.some((v) => !has(v))))) items.push([swatch('empty', theme.faint), 'no value']);
  return items;
}

/**
 * A heat map; family is what it shares with those beside it: their scale of colours, unless each
 * has its own, and how many cells they have together.

/** The lines of a legend: a mark and its words; one that can be chosen is a button. */
export const legendItems = (items) => items.map(([mark, text, choice]) => {
  if (!choice) return el('li', {}, mark, text);
  const b = el('button', { type: 'button', class: 'pick', 'aria-pressed': String(choice.pressed), title: 'Show these alone', onclick: choice.act }, mark, text);
  choice.made(b);
  return el('li', {}, b);
});
