/*
 * A finding of kind scatter: points with names (ids, labels), arranged in one way or several (layouts)
 * and coloured in one way or several (colourings), on a canvas of its own: tens of thousands move
 * smoothly there. Its parts are in the other files called scatter.
 *
 * Where other charts have option for ECharts, this one has own: draw(holder, width, height, theme),
 * svg(width, theme), png(act), what stands above and below, and changed, which the figure sets.
 */
import { visible, prose, spelled } from './text.js';
import { el } from './elements.js';
import { grouped, has, full, unitOf } from './numbers.js';
import { THEMES } from './theme.js';
import { swatch, scaleLegend } from './legend.js';
import { tip } from './chart.js';
import { pointColours, pointScale } from './scatter-colours.js';
import { scatterView } from './scatter-view.js';
import { drawPoints, pointsSvg } from './scatter-drawing.js';
import { moveWith } from './scatter-pointer.js';
import { searchBox } from './scatter-search.js';

/** A row of buttons of which one is chosen; null where there is nothing to choose. */
const choice = (what, names, act) => (names.length < 2 ? null : el('div', { class: 'choice', role: 'group', 'aria-label': visible(what) },
  el('span', {}, what), names.map((name, i) => {
    const b = el('button', { type: 'button', class: 'quiet', 'aria-pressed': String(i === 0) }, spelled(name, 40));
    b.addEventListener('click', () => {
      b.parentNode.querySelectorAll('button').forEach((o) => o.setAttribute('aria-pressed', String(o === b)));
      act(i);
    });
    return b;
  })));

const step = (name, words, act) => el('button', { type: 'button', class: 'quiet', 'aria-label': words, title: words, onclick: act }, name);

export function scatterChart(s) {
  const view = scatterView(s);
  const { n } = view;
  const height = (width) => Math.round(Math.max(320, Math.min(640, width * 0.62)));
  const canvas = el('canvas', {
    class: 'points', tabindex: '0', role: 'img',
    'aria-label': visible(`${s.title}. Arrow keys move, plus and minus zoom, 0 shows all, Escape lets go. The search box and the table below give the same by text.`),
  });
  const card = el('div', { class: 'point-card', hidden: true });
  const hint = el('div', { class: 'hint', hidden: true }, 'Click the map first, or hold Ctrl, to zoom with the wheel.');
  const about = el('p', { class: 'reading layout-about' });
  const nearest = el('div', { class: 'hits nearest', role: 'status' });
  let told = -1;
  let tints = null;

  const heading = (i) => spelled(s.labels[i], 120) + (s.labels[i].length > 240 ? ` (${grouped(String(s.labels[i].length))} characters)` : '');

  function facts(i) {
    const pairs = [['id', full(s.ids[i])]];
    for (const c of s.colourings) {
      if (c.members) pairs.push([c.name, has(c.members[i]) ? spelled(c.categories[c.members[i]], 60) : 'none']);
      else pairs.push([c.value.label, has(c.values[i]) ? full(c.values[i]) + unitOf(c.value.unit) : 'no value']);
    }
    const l = s.layouts[view.layout];
    if (has(l.across)) pairs.push([l.across.label, full(l.x[i]) + unitOf(l.across.unit)], [l.up.label, full(l.y[i]) + unitOf(l.up.unit)]);
    return pairs;
  }

  /** The true neighbours of the point that was chosen, to go on to. */
  function showNearest() {
    if (view.pinned === told) return;
    told = view.pinned;
    const all = view.neighbours(told);
    nearest.replaceChildren(...(all.length ? [
      el('span', {}, `Truly nearest to ${spelled(s.labels[told], 24)}, by ${s.neighbours.measure}: `),
      ...all.map(({ point, value }) => el('button', { type: 'button', class: 'quiet', onclick: () => view.goTo(point) }, `${spelled(s.labels[point], 24)} ${full(value)}`)),
    ] : []));
  }

  /** The card of the point under the pointer, or of the one that was chosen. */
  function showCard() {
    const { size } = view;
    const i = view.under >= 0 ? view.under : view.pinned;
    const f = i >= 0 && size ? view.frame(size.w, size.h) : null;
    const x = f ? f.x(f.p.x[i]) : NaN;
    const y = f ? f.y(f.p.y[i]) : NaN;
    card.hidden = !(x >= 0 && x <= size?.w && y >= 0 && y <= size?.h);
    if (card.hidden) return;
    card.replaceChildren(tip(heading(i), facts(i)));
    const left = x + 14 + card.offsetWidth > size.w ? x - 14 - card.offsetWidth : x + 14;
    card.style.left = Math.max(0, left) + 'px';
    card.style.top = Math.max(0, Math.min(size.h - card.offsetHeight, y + 12)) + 'px';
  }

  function draw() {
    const { w, h, theme } = view.size;
    drawPoints(view, canvas, w, h, theme, devicePixelRatio || 1, tints);
    showCard();
    showNearest();
  }

  let waiting = false;
  view.again = () => {
    if (waiting || !view.size) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };

  moveWith(view, canvas, hint);
  const search = searchBox(view, (i) => `${heading(i)}, ${facts(i).map((p) => p.join(' ')).join(', ')}`);
  const controls = el('div', { class: 'map-controls' },
    choice('Layout', s.layouts.map((l) => l.name), (i) => {
      Object.assign(view, { layout: i, zoom: 1, centre: [0.5, 0.5] });
      own.changed();
    }),
    choice('Colour', s.colourings.map((c) => c.name), (i) => {
      Object.assign(view, { colour: i, only: null });
      own.changed();
    }),
    el('div', { class: 'controls' }, search.box),
    el('div', { class: 'choice' },
      step('−', 'Zoom out', () => view.size && view.zoomBy(1 / 1.6, ...view.middle())),
      step('+', 'Zoom in', () => view.size && view.zoomBy(1.6, ...view.middle())),
      step('All', 'Show all', view.reset)));

  const own = {
    changed: null,
    above: [controls, search.list],
    below: [nearest, about],
    draw(holder, w, h, theme) {
      if (!canvas.parentNode) holder.append(canvas, card, hint);
      view.size = { w, h, theme };
      tints = pointColours(view.colouring(), n, theme);
      canvas.style.width = w + 'px';
      canvas.style.height = h + 'px';
      const missing = view.missing();
      about.textContent = prose(s.layouts[view.layout].about || '') + (missing ? ` ${view.noun(missing)} ${missing === 1 ? 'has' : 'have'} no place in it.` : '');
      // At once, not on the next frame: paper does not wait.
      draw();
    },
    svg: (width, theme) => pointsSvg(view, width, height(width), theme),
    png(act) {
      const w = view.size ? view.size.w : 900;
      const sheet = document.createElement('canvas');
      drawPoints(view, sheet, w, height(w), { ...THEMES.light, paper: '#ffffff' }, 2, pointColours(view.colouring(), n, THEMES.light));
      sheet.toBlob(act, 'image/png');
    },
  };

  let chips = [];
  return {
    height,
    own,
    legend(theme) {
      const c = view.colouring();
      chips = [];
      if (!c) return [];
      if (!c.members) return scaleLegend(pointScale(c), [{ value: c.value, values: [c.values] }], theme);
      const { palette } = pointColours(c, n, theme);
      const many = c.categories.map(() => 0);
      c.members.forEach((m) => { if (has(m)) many[m]++; });
      return c.categories.map((name, k) => [swatch('point', palette[Math.min(k, 254)]), `${spelled(name, 60)} (${grouped(String(many[k]))})`, {
        pressed: view.only === k,
        made: (b) => chips.push([k, b]),
        act: () => {
          view.only = view.only === k ? null : k;
          chips.forEach(([j, b]) => b.setAttribute('aria-pressed', String(j === view.only)));
          view.again();
        },
      }]).filter((_, k) => many[k] > 0);
    },
    switches: [],
    data: () => ({
      columns: ['id', s.point, ...s.layouts.flatMap((l) => [`${l.name} x`, `${l.name} y`]), ...s.colourings.map((c) => c.name)],
      rows: s.ids.map((id, i) => [id, s.labels[i], ...s.layouts.flatMap((l) => [l.x[i], l.y[i]]),
        ...s.colourings.map((c) => (c.members ? (has(c.members[i]) ? c.categories[c.members[i]] : null) : c.values[i]))]),
    }),
    warning: null,
    label: `${view.noun(n)} as points; layouts ${s.layouts.map((l) => l.name).join(', ')}; coloured by ${s.colourings.map((c) => c.name).join(', ') || 'nothing'}`,
  };
}
