/*
 * Where a reader of a scatter stands: which layout, measure of nearness and colouring, how near, which
 * points are found, selected, chosen or under the pointer. Says where points stand on the canvas, and
 * moves.
 */
import { grouped, has } from './numbers.js';
import { plane } from './scatter-places.js';

/**
 * A view on a finding of kind scatter. Its fields are its state; whoever changes one calls again(),
 * which draws on the next frame and is set by the figure.
 */
export function scatterView(finding) {
  const n = finding.ids.length;
  const planes = finding.layouts.map(plane);
  const measures = (finding.neighbours || []).map((k) => k.measure);

  /** How units of the layout become pixels of a canvas of that size. */
  function frame(w, h) {
    const p = planes[view.layout];
    const axes = !p.map;
    const box = axes ? { left: 58, top: 26, right: 12, bottom: 42 } : { left: 14, top: 14, right: 14, bottom: 14 };
    const wide = Math.max(10, w - box.left - box.right);
    const tall = Math.max(10, h - box.top - box.bottom);
    let kx = wide / (p.right - p.left);
    let ky = tall / (p.high - p.low);
    if (p.map) kx = ky = Math.min(kx, ky);
    kx *= view.zoom;
    ky *= view.zoom;
    const mx = p.left + view.centre[0] * (p.right - p.left);
    const my = p.low + view.centre[1] * (p.high - p.low);
    const ox = box.left + wide / 2 - mx * kx;
    const oy = box.top + tall / 2 + my * ky;
    return { p, box, wide, tall, kx, ky, x: (v) => ox + v * kx, y: (v) => oy - v * ky, ux: (px) => (px - ox) / kx, uy: (py) => (oy - py) / ky };
  }

  const radius = () => Math.min(5, (n > 60000 ? 1.3 : n > 8000 ? 1.7 : n > 1500 ? 2.2 : n > 300 ? 3 : 4) * view.zoom ** 0.3);
  const alone = (i) => view.only === null || view.colouring().members[i] === view.only;

  /** Every point that a frame shows, with where it stands. */
  function seen(f, w, h, each) {
    const { x, y } = f.p;
    const inside = f.p.map ? [0, 0, w, h] : [f.box.left, f.box.top, f.box.left + f.wide, f.box.top + f.tall];
    for (let i = 0; i < n; i++) {
      const px = f.x(x[i]);
      const py = f.y(y[i]);
      if (px >= inside[0] - 4 && px <= inside[2] + 4 && py >= inside[1] - 4 && py <= inside[3] + 4) each(i, px, py);
    }
  }

  /** The point nearest to a pixel, or -1 where none is near. */
  function nearest(px, py) {
    const { w, h } = view.size;
    let best = -1;
    let least = (radius() + 8) ** 2;
    seen(frame(w, h), w, h, (i, x, y) => {
      const d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least && alone(i)) [best, least] = [i, d];
    });
    return best;
  }

  function zoomBy(factor, px, py) {
    if (!view.size) return;
    const before = frame(view.size.w, view.size.h);
    const [x, y] = [before.ux(px), before.uy(py)];
    view.zoom = Math.max(1, Math.min(400, view.zoom * factor));
    const after = frame(view.size.w, view.size.h);
    view.centre[0] += (x - after.ux(px)) / (after.p.right - after.p.left);
    view.centre[1] += (y - after.uy(py)) / (after.p.high - after.p.low);
    settle();
  }

  function moveBy(dx, dy) {
    const f = frame(view.size.w, view.size.h);
    view.centre[0] -= dx / f.kx / (f.p.right - f.p.left);
    view.centre[1] += dy / f.ky / (f.p.high - f.p.low);
    settle();
  }

  function settle() {
    if (view.zoom === 1) view.centre = [0.5, 0.5];
    view.centre = view.centre.map((c) => Math.max(0, Math.min(1, c)));
    view.again();
  }

  function reset() {
    view.zoom = 1;
    settle();
  }

  function goTo(i) {
    const p = planes[view.layout];
    if (Number.isNaN(p.x[i]) || Number.isNaN(p.y[i])) return;
    // As near as it takes to read the names around it.
    view.zoom = Math.max(view.zoom, Math.max(2, Math.sqrt(n / 60)));
    view.centre = [(p.x[i] - p.left) / (p.right - p.left), (p.y[i] - p.low) / (p.high - p.low)];
    view.pinned = i;
    view.again();
  }

  /** Moves without zooming where a point lies outside of what shows. */
  function bringIn(i) {
    const p = planes[view.layout];
    if (!view.size || i < 0 || Number.isNaN(p.x[i]) || Number.isNaN(p.y[i])) return;
    const f = frame(view.size.w, view.size.h);
    const [x, y] = [f.x(p.x[i]), f.y(p.y[i])];
    if (x > 0 && x < view.size.w && y > 0 && y < view.size.h) return;
    view.centre = [(p.x[i] - p.left) / (p.right - p.left), (p.y[i] - p.low) / (p.high - p.low)];
  }

  /** Another arrangement: the layout of that name, of several by different measures that of the one in use. */
  function arrange(name, measure) {
    const fits = finding.layouts.map((l, i) => ({ l, i })).filter(({ l }) => l.name === name);
    const { i } = fits.find(({ l }) => l.measure === measures[measure]) || fits[0];
    if (i !== view.layout) Object.assign(view, { layout: i, zoom: 1, centre: [0.5, 0.5] });
    view.measure = measure;
  }

  /** What searching and selecting found, marked for the picture; null where nothing is. */
  function mark(hits, selected) {
    Object.assign(view, { hits, selected, marks: hits.length + selected.length ? new Uint8Array(n) : null });
    for (const list of [hits, selected]) list.forEach((i) => { view.marks[i] = 1; });
  }

  /** The points inside of a polygon [[x, y], ...] of places from 0 to 1 in a layout, of those that show. */
  function inside(polygon, layout) {
    const p = planes[layout];
    const found = [];
    const xs = polygon.map((c) => c[0]);
    const ys = polygon.map((c) => c[1]);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    for (let i = 0; i < n; i++) {
      const x = (p.x[i] - p.left) / (p.right - p.left);
      const y = (p.y[i] - p.low) / (p.high - p.low);
      if (!(x >= left && x <= right && y >= low && y <= high) || !alone(i)) continue;
      let within = false;
      for (let a = 0, b = polygon.length - 1; a < polygon.length; b = a++) {
        if ((ys[a] > y) !== (ys[b] > y) && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) within = !within;
      }
      if (within) found.push(i);
    }
    return found;
  }

  /** Selects what a polygon of pixels holds; null lets all go. */
  function select(pixels) {
    let polygon = null;
    if (pixels && pixels.length > 2) {
      const f = frame(view.size.w, view.size.h);
      const every = Math.ceil(pixels.length / 48);
      const unit = (v) => Math.round(v * 10000) / 10000;
      polygon = pixels.filter((_, i) => i % every === 0)
        .map(([x, y]) => [unit((f.ux(x) - f.p.left) / (f.p.right - f.p.left)), unit((f.uy(y) - f.p.low) / (f.p.high - f.p.low))]);
    }
    lasso(polygon, view.layout);
    view.again();
  }

  function lasso(polygon, layout) {
    view.lasso = polygon && { polygon, layout };
    mark(view.hits, polygon ? inside(polygon, layout) : []);
  }

  /** Those that truly lie nearest to a point, nearest first, with what their nearness is. */
  function neighbours(i) {
    const known = finding.neighbours && finding.neighbours[view.measure];
    if (!known || i < 0) return [];
    return Array.from({ length: known.count }, (_, r) => i * known.count + r)
      .map((at) => ({ point: known.points[at], value: known.values[at] })).filter(({ point }) => has(point));
  }

  const view = {
    finding,
    n,
    layout: 0,
    measure: 0, // of nearness
    colour: 0, // which colouring
    only: null, // the one category that shows, if any
    hits: [],
    selected: [],
    marks: null, // one where hit or selected
    lasso: null, // {polygon, layout} of what is selected
    sought: '', // what is searched for
    selecting: false, // whether dragging selects
    drag: null, // pixels of a lasso that is being drawn
    pinned: -1,
    under: -1, // the pointer
    echo: -1, // the pointer on another map of the same points
    zoom: 1,
    centre: [0.5, 0.5],
    size: null, // {w, h, theme}
    again: () => {},
    colouring: () => finding.colourings[view.colour] || null,
    noun: (count) => `${grouped(String(count))} ${finding.point}${count === 1 ? '' : 's'}`,
    missing: () => planes[view.layout].missing,
    middle: () => [view.size.w / 2, view.size.h / 2],
    measures, frame, radius, alone, seen, neighbours, nearest, zoomBy, moveBy, reset, goTo, bringIn, arrange, mark, select, lassoed: lasso,
  };
  return view;
}
