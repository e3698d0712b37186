/*
 * Findings of kind heatmap of one group (group.title, group.member), as small multiples.
 */
import { visible } from './text.js';
import { el } from './elements.js';
import { has, named } from './numbers.js';
import { THEMES, themeName, textWidth } from './theme.js';
import { scaleLegend, legendItems } from './legend.js';
import { colourScale, heatmapChart } from './heatmap.js';
import { drawn, toolButton, chartFigure } from './figure.js';

/** Whether two heat maps stand side by side. Another quantity or another null would have other colours. */
export const together = (a, b) => has(a.group) && has(b.group) && a.group.title === b.group.title
  && named(a.value) === named(b.value) && (has(a.middle) ? a.middle : null) === (has(b.middle) ? b.middle : null);

/**
 * Heat maps of one group. They share a scale of colours, so that the same colour is the same number
 * in all of them; what they all say, their key and their reading, is said once.
 */
export function mapsFigure(maps) {
  const common = colourScale(maps);
  const family = { scale: common, cells: maps.reduce((n, m) => n + m.values.flat().length, 0) };
  const told = maps.every((m) => m.reading === maps[0].reading);
  const members = maps.map((m) => chartFigure(m, (f) => heatmapChart(f, family), false,
    { title: m.group.member, reading: !told, legend: () => family.scale === null }));
  // Wide enough for cells of some six pixels.
  const least = Math.max(...maps.map((m) => Math.min(130, 14 + Math.max(0, ...m.rows.map((r) => textWidth(visible(r), 11)))) + 6.5 * m.columns.length));
  const grid = el('div', { class: 'maps' }, members);
  grid.style.setProperty('--least', Math.round(Math.max(200, Math.min(520, least))) + 'px');
  const legend = el('ul', { class: 'legend' });
  const key = {
    draw(width, name) {
      legend.replaceChildren(...legendItems(family.scale === null ? [] : scaleLegend(common, maps, THEMES[name || themeName()])));
    },
    redraw: () => key.draw(),
  };
  drawn.add(key);
  key.draw();
  const own = toolButton('Own scales', 'Give each heat map its own scale of colours', () => {
    family.scale = family.scale ? null : common;
    own.setAttribute('aria-pressed', String(family.scale === null));
    key.redraw();
    members.forEach((m) => m.redraw());
  });
  own.setAttribute('aria-pressed', 'false');
  return el('section', { class: 'finding' },
    el('div', { class: 'finding-head' }, el('h3', {}, maps[0].group.title),
      el('div', { class: 'tools' }, own)),
    legend, grid, told && maps[0].reading ? el('p', { class: 'reading' }, maps[0].reading) : null);
}
