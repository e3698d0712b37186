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
import { selectionList } from './scatter-selection.js';
import { addressOf } from './scatter-address.js';
import { linkTo } from './scatter-links.js';

/** A row of buttons of which one is chosen; null where there is nothing to choose. */
function choice(what, names, act) {
  if (names.length < 2) return null;
  const buttons = names.map((name, i) => el('button', { type: 'button', class: 'quiet', 'aria-pressed': String(i === 0), onclick: () => act(i) }, spelled(name, 40)));
  const row = el('div', { class: 'choice', role: 'group', 'aria-label': visible(what) }, el('span', {}, what), buttons);
  row.press = (chosen) => buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(i === chosen)));
  return row;
}

const step = (name, words, act) => el('button', { type: 'button', class: 'quiet', 'aria-label': words, title: words, onclick: act }, name);

export function scatterChart(s) {
  const view = scatterView(s);
  const { n } = view;
  const height = (width) => Math.round(Math.max(320, Math.min(640, width * 0.62)));
  const canvas = el('canvas', {
    class: 'points', tabindex: '0', role: 'img',
    'aria-label': visible(`${s.title}. Arrow keys move, plus and minus zoom, 0 shows all, s selects what is in view, Escape lets go. The search box and the table below give the same by text.`),
  });
  const card = el('div', { class: 'point-card', hidden: true });
  const hint = el('div', { class: 'hint', hidden: true }, 'Click the map first, or hold Ctrl, to zoom with the wheel.');
  const about = el('p', { class: 'reading layout-about' });
  const nearest = el('div', { class: 'hits nearest', role: 'status' });
  let told = null;
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
    const now = `${view.pinned} ${view.measure}`;
    if (now === told) return;
    told = now;
    const all = view.neighbours(view.pinned);
    nearest.replaceChildren(...(all.length ? [
      el('span', {}, `Truly nearest to ${spelled(s.labels[view.pinned], 24)}, by ${view.measures[view.measure]}: `),
      ...all.map(({ point, value }) => el('button', { type: 'button', class: 'quiet', onclick: () => view.goTo(point) }, `${spelled(s.labels[point], 24)} ${full(value)}`)),
    ] : []));
  }

  /** The card of the point under the pointer, or of the one that was chosen. */
  function showCard() {
    const { size } = view;
    const i = [view.under, view.echo, view.pinned].find((p) => p >= 0) ?? -1;
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

  function draw(follows) {
    const { w, h, theme } = view.size;
    drawPoints(view, canvas, w, h, theme, devicePixelRatio || 1, tints);
    showCard();
    showNearest();
    selection.show();
    const stands = address.noted(follows);
    // What an address restored is shown on linked ones too, but a first sight lets go of nothing there.
    if (stands || !follows) links.tell();
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

  const columns = ['id', s.point, ...s.layouts.flatMap((l) => [`${l.name} x`, `${l.name} y`].map((c) => (l.measure && view.measures.length > 1 ? `${c}, ${l.measure}` : c))),
    ...s.colourings.map((c) => c.name)];
  const rowOf = (i) => [s.ids[i], s.labels[i], ...s.layouts.flatMap((l) => [l.x[i], l.y[i]]),
    ...s.colourings.map((c) => (c.members ? (has(c.members[i]) ? c.categories[c.members[i]] : null) : c.values[i]))];
  const selection = selectionList(view, (points) => ({ columns, rows: points.map(rowOf) }));
  const links = linkTo(view, () => view.size && draw(true));
  moveWith(view, canvas, hint);
  const search = searchBox(view, (i) => `${heading(i)}, ${facts(i).map((p) => p.join(' ')).join(', ')}`);
  const names = [...new Set(s.layouts.map((l) => l.name))];
  const choices = {
    layout: choice('Layout', names, (i) => arrange(names[i], view.measure)),
    measure: choice('Metric', view.measures, (i) => arrange(s.layouts[view.layout].name, i)),
    colour: choice('Colour', s.colourings.map((c) => c.name), (i) => {
      Object.assign(view, { colour: i, only: null });
      pressed();
    }),
  };
  const lasso = el('button', {
    type: 'button', class: 'quiet', 'aria-pressed': 'false', title: 'Drag about points to select them; with Shift at any time',
    onclick: () => {
      view.selecting = !view.selecting;
      pressed();
    },
  }, 'Lasso');

  function arrange(name, measure) {
    view.arrange(name, measure);
    pressed();
  }

  /** Brings what stands about the picture in line with the view, and draws. */
  function pressed() {
    choices.layout?.press(names.indexOf(s.layouts[view.layout].name));
    choices.measure?.press(view.measure);
    choices.colour?.press(view.colour);
    lasso.setAttribute('aria-pressed', String(view.selecting));
    canvas.classList.toggle('selecting', view.selecting);
    own.changed?.();
  }

  const address = addressOf(view, search.seek, pressed);
  const controls = el('div', { class: 'map-controls' },
    choices.layout, choices.measure, choices.colour,
    el('div', { class: 'controls' }, search.box),
    el('div', { class: 'choice' },
      step('−', 'Zoom out', () => view.size && view.zoomBy(1 / 1.6, ...view.middle())),
      step('+', 'Zoom in', () => view.size && view.zoomBy(1.6, ...view.middle())),
      step('All', 'Show all', view.reset), lasso));

  const own = {
    changed: null,
    above: [controls, search.list],
    below: [nearest, selection.place, about],
    draw(holder, w, h, theme) {
      const first = !canvas.parentNode;
      if (first) holder.append(canvas, card, hint);
      view.size = { w, h, theme };
      tints = pointColours(view.colouring(), n, theme);
      canvas.style.width = w + 'px';
      canvas.style.height = h + 'px';
      const missing = view.missing();
      about.textContent = prose(s.layouts[view.layout].about || '') + (missing ? ` ${view.noun(missing)} ${missing === 1 ? 'has' : 'have'} no place in it.` : '');
      // At once, not on the next frame: paper does not wait.
      draw(first);
    },
    svg: (width, theme) => pointsSvg(view, width, height(width), theme),
    png(act) {
      const w = view.size ? view.size.w : 900;
      const sheet = document.createElement('canvas');
      drawPoints(view, sheet, w, height(w), { ...THEMES.light, paper: '#ffffff' }, 2, pointColours(view.colouring(), n, THEMES.light));
      sheet.toBlob(act, 'image/png');
    },
  };

  address.restored();
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
      columns,
      rows: s.ids.map((_, i) => rowOf(i)),
    }),
    warning: null,
    label: `${view.noun(n)} as points; layouts ${names.join(', ')}; coloured by ${s.colourings.map((c) => c.name).join(', ') || 'nothing'}`,
  };
}
