/*
 * Findings of kind scatter of one group (linked), side by side.
 */
import { el } from './elements.js';
import { has } from './numbers.js';
import { chartFigure } from './figure.js';
import { scatterChart } from './scatter.js';

/** Whether two scatters stand side by side. */
export const linkedTo = (a, b) => a.kind === 'scatter' && b.kind === 'scatter' && has(a.linked) && a.linked === b.linked;

/** Scatters of one group; what they all say is said once. */
export function scattersFigure(maps) {
  const told = maps.every((m) => m.reading === maps[0].reading);
  const grid = el('div', { class: 'maps' }, maps.map((m) =>
    chartFigure(m, scatterChart, !m.ids.length, { title: m.title, reading: !told, legend: () => true })));
  grid.style.setProperty('--least', '420px');
  return el('section', { class: 'finding' }, grid, told && maps[0].reading ? el('p', { class: 'reading' }, maps[0].reading) : null);
}
