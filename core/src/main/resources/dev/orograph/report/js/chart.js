/*
 * What charts have in common.
 *
 * A chart is made of functions of width and theme, so that it can be drawn again for paper, for
 * another colour scheme and for export: height(width), option(width, theme) for ECharts,
 * legend(theme, width), data() as {columns, rows}; switches, a warning or null, and a label for those
 * who do not see it. ready(instance) is called once ECharts has it; heavy asks for a canvas. A chart
 * that draws itself has own instead of option: see scatter.js.
 */
import { el } from './elements.js';
import { FONT } from './theme.js';
import { swatch } from './legend.js';

export const axisStyle = (theme) => ({
  axisLine: { show: true, lineStyle: { color: theme.faint, width: 1 } },
  axisTick: { show: true, length: 3, lineStyle: { color: theme.faint } },
  axisLabel: { color: theme.soft, fontSize: 11, fontFamily: FONT, hideOverlap: true },
  splitLine: { show: false, lineStyle: { color: theme.hair } },
  nameTextStyle: { color: theme.soft, fontFamily: FONT },
});

export const label = (theme, text, left, top, more) => ({
  type: 'text', left, top, silent: true, z: 10,
  style: { text, fill: theme.soft, font: `12px ${FONT}`, ...more },
});

export const baseOption = (theme) => ({
  animation: false,
  backgroundColor: 'transparent',
  textStyle: { fontFamily: FONT, color: theme.ink },
});

export const tooltip = (theme) => ({
  confine: true,
  backgroundColor: theme.paper,
  borderColor: theme.rule,
  borderWidth: 1,
  padding: [7, 10],
  transitionDuration: 0,
  extraCssText: 'box-shadow:0 2px 10px rgba(0,0,0,.16);border-radius:4px;',
  textStyle: { color: theme.ink, fontSize: 12.5, fontFamily: FONT },
});

/** What hovering shows: a heading and aligned pairs, exact; the seed's are hollow and italic. */
export function tip(heading, pairs) {
  return el('div', { class: 'tip' }, el('b', {}, heading), el('table', {}, el('tbody', {},
    pairs.map(([name, value, colour, hollow]) => {
      const swatch = el('span', { class: 'swatch' });
      if (colour) {
        swatch.style.borderColor = colour;
        if (!hollow) swatch.style.background = colour;
      }
      return el('tr', { class: hollow ? 'seed' : null }, el('td', {}, colour ? swatch : null, name), el('td', {}, value));
    }))));
}

/** Of the labels along an axis, every how many have room; round steps where they are numbers in order. */
export function labelStep(axis, labels, room, needed) {
  const steps = isOrdinal(axis) ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] : labels.map((_, i) => i + 1);
  return steps.find((step) => step * room >= needed) || labels.length || 1;
}
export const isOrdinal = (axis) => Boolean(axis && axis.ordinal);
