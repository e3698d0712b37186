/*
 * A picture as plain shapes, read from the SVG that charts draw: paths in the picture's own places, text as
 * outlines of its letters. What leaves the page is written from these, so that no program needs our fonts.
 *
 * A shape is {d, fill, stroke, width, dash, cap, join, fillOpacity, strokeOpacity, clip}: d and clip are lists of
 * [command, ...numbers] with M, L, C and Z alone.
 */
import { GLYPHS } from './glyphs.js';

const EM = 500;
const MISSING = 0x25a1; // a box
const IDENTITY = [1, 0, 0, 1, 0, 0];

const times = (m, n) => [
  m[0] * n[0] + m[2] * n[1], m[1] * n[0] + m[3] * n[1], m[0] * n[2] + m[2] * n[3], m[1] * n[2] + m[3] * n[3],
  m[0] * n[4] + m[2] * n[5] + m[4], m[1] * n[4] + m[3] * n[5] + m[5],
];
const numbers = (text) => (String(text).match(/-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) || []).map(Number);

function transform(text) {
  let m = IDENTITY;
  for (const [, name, inner] of String(text || '').matchAll(/(\w+)\(([^)]*)\)/g)) {
    const v = numbers(inner);
    const turn = (v[0] * Math.PI) / 180;
    if (name === 'translate') m = times(m, [1, 0, 0, 1, v[0], v[1] || 0]);
    else if (name === 'scale') m = times(m, [v[0], 0, 0, v.length > 1 ? v[1] : v[0], 0, 0]);
    else if (name === 'matrix') m = times(m, v);
    else if (name === 'rotate') {
      const [x, y] = [v[1] || 0, v[2] || 0];
      m = times(times(times(m, [1, 0, 0, 1, x, y]), [Math.cos(turn), Math.sin(turn), -Math.sin(turn), Math.cos(turn), 0, 0]), [1, 0, 0, 1, -x, -y]);
    } else throw new Error(`a transform that is not known: ${name}`);
  }
  return m;
}

/** An arc of an ellipse as cubic curves, by the implementation notes of SVG. */
function arc(x1, y1, rx, ry, angle, large, sweep, x2, y2) {
  if (!rx || !ry || (x1 === x2 && y1 === y2)) return [['L', x2, y2]];
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const [dx, dy] = [(x1 - x2) / 2, (y1 - y2) / 2];
  const [px, py] = [cos * dx + sin * dy, cos * dy - sin * dx];
  const grow = Math.max(1, Math.sqrt((px / rx) ** 2 + (py / ry) ** 2));
  const [a, b] = [Math.abs(rx) * grow, Math.abs(ry) * grow];
  const rest = Math.max(0, (a * b) ** 2 - (a * py) ** 2 - (b * px) ** 2) / ((a * py) ** 2 + (b * px) ** 2);
  const root = (large === sweep ? -1 : 1) * Math.sqrt(rest);
  const [qx, qy] = [(root * a * py) / b, (-root * b * px) / a];
  const from = Math.atan2((py - qy) / b, (px - qx) / a);
  let by = Math.atan2((-py - qy) / b, (-px - qx) / a) - from;
  if (sweep && by < 0) by += 2 * Math.PI;
  if (!sweep && by > 0) by -= 2 * Math.PI;
  const [cx, cy] = [cos * qx - sin * qy + (x1 + x2) / 2, sin * qx + cos * qy + (y1 + y2) / 2];
  const place = (u, v) => [cx + cos * a * u - sin * b * v, cy + sin * a * u + cos * b * v];
  const pieces = Math.max(1, Math.ceil(Math.abs(by) / (Math.PI / 2) - 1e-9));
  const step = by / pieces;
  const pull = (4 / 3) * Math.tan(step / 4);
  return Array.from({ length: pieces }, (_, i) => {
    const [t, u] = [from + i * step, from + (i + 1) * step];
    return ['C', ...place(Math.cos(t) - pull * Math.sin(t), Math.sin(t) + pull * Math.cos(t)),
      ...place(Math.cos(u) + pull * Math.sin(u), Math.sin(u) - pull * Math.cos(u)), ...place(Math.cos(u), Math.sin(u))];
  });
}

const COUNT = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };

/** The data of a path as absolute M, L, C and Z. */
function pathOf(text) {
  if (/NaN|Infinity/.test(text)) return [];
  const d = [];
  let [x, y, sx, sy] = [0, 0, 0, 0];
  let pull = null; // the last point that a curve was pulled to, for the next
  for (const [, letter, inner] of String(text).matchAll(/([a-z])([^a-z]*(?:e[-+]?\d[^a-z]*)*)/gi)) {
    const kind = letter.toLowerCase();
    const own = letter === kind ? (v, k) => v + (k % 2 ? y : x) : (v) => v;
    const v = numbers(inner);
    const n = COUNT[kind];
    if (n === undefined) throw new Error(`a path that is not known: ${letter}`);
    for (let i = 0; i === 0 || i < v.length; i += n || 1) {
      const p = v.slice(i, i + n);
      if (kind === 'z') {
        d.push(['Z']);
        [x, y] = [sx, sy];
        break;
      }
      if (p.length < n) break;
      const q = kind === 'h' ? [own(p[0], 0), y] : kind === 'v' ? [x, own(p[0], 1)]
        : kind === 'a' ? [...p.slice(0, 5), own(p[5], 0), own(p[6], 1)] : p.map(own);
      const to = q.slice(-2);
      const mirrored = pull ? [2 * x - pull[0], 2 * y - pull[1]] : [x, y];
      let bent = null;
      if (kind === 'm' && i === 0) {
        d.push(['M', ...to]);
        [sx, sy] = to;
      } else if (kind === 'c') {
        d.push(['C', ...q]);
        bent = q.slice(2, 4);
      } else if (kind === 's') {
        d.push(['C', ...mirrored, ...q]);
        bent = q.slice(0, 2);
      } else if (kind === 'q' || kind === 't') {
        const [ax, ay] = kind === 'q' ? q : mirrored;
        d.push(['C', x + (2 / 3) * (ax - x), y + (2 / 3) * (ay - y), to[0] + (2 / 3) * (ax - to[0]), to[1] + (2 / 3) * (ay - to[1]), ...to]);
        bent = [ax, ay];
      } else if (kind === 'a') {
        d.push(...arc(x, y, ...p.slice(0, 3), p[3] !== 0, p[4] !== 0, ...to));
      } else {
        d.push(['L', ...to]);
      }
      [x, y] = to;
      pull = bent;
    }
  }
  return d;
}

const moved = (d, m) => d.map(([c, ...p]) => [c, ...p.map((_, k) =>
  (k % 2 ? m[1] * p[k - 1] + m[3] * p[k] + m[5] : m[0] * p[k] + m[2] * p[k + 1] + m[4]))]);

const letters = new Map(); // paths of letters that were read
const unknown = new Set(); // letters that the picture at hand has no outlines of
const letter = (c) => {
  if (!GLYPHS[c]) unknown.add(String.fromCodePoint(c));
  const code = GLYPHS[c] ? c : MISSING;
  if (!letters.has(code)) letters.set(code, { wide: GLYPHS[code][0], d: pathOf(GLYPHS[code][1]) });
  return letters.get(code);
};

/** A line of text as one path that begins, ends or has its middle at (x, y). */
function outlines(text, x, y, size, align) {
  const found = Array.from(text, (c) => letter(c.codePointAt(0)));
  const scale = size / EM;
  const wide = found.reduce((sum, l) => sum + l.wide, 0) * scale;
  let at = x - (align === 'end' ? wide : align === 'middle' ? wide / 2 : 0);
  return found.flatMap(({ wide: by, d }) => {
    const placed = moved(d, [scale, 0, 0, scale, at, y]);
    at += by * scale;
    return placed;
  });
}

const rectangle = (x, y, w, h) => [['M', x, y], ['L', x + w, y], ['L', x + w, y + h], ['L', x, y + h], ['Z']];
const disk = (x, y, r) => [['M', x - r, y], ...arc(x - r, y, r, r, 0, true, true, x + r, y), ...arc(x + r, y, r, r, 0, true, true, x - r, y), ['Z']];

/** A colour as [red, green, blue, opacity], or null for none. */
function colour(text) {
  const named = { black: '#000000', white: '#ffffff' }[text] || text;
  if (!named || named === 'none' || named === 'transparent') return null;
  if (/^#[0-9a-f]{6}$/i.test(named)) return [1, 3, 5].map((k) => parseInt(named.slice(k, k + 2), 16)).concat(1);
  if (/^#[0-9a-f]{3}$/i.test(named)) return [1, 2, 3].map((k) => 17 * parseInt(named[k], 16)).concat(1);
  const v = /^rgba?\(/.test(named) ? numbers(named) : [];
  if (v.length < 3) throw new Error(`a colour that is not known: ${text}`);
  return v.length > 3 ? v.slice(0, 4) : [...v, 1];
}

const INHERITED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'fill-opacity',
  'stroke-opacity', 'font-size', 'font-weight', 'text-anchor'];

/** What an element looks like: what it inherits, its attributes, its style. */
function looks(node, from) {
  const own = { ...from };
  for (const name of INHERITED) if (node.hasAttribute(name)) own[name] = node.getAttribute(name);
  for (const [, name, value] of (node.getAttribute('data-style') || '').matchAll(/([\w-]+)\s*:\s*([^;]+)/g)) {
    if (INHERITED.includes(name)) own[name] = value.trim();
    if (name === 'font') {
      own['font-size'] = (value.match(/[\d.]+(?=px)/) || [own['font-size']])[0];
      own['font-weight'] = (value.match(/(?:^|\s)(\d00|bold)(?=\s)/) || [null, 'normal'])[1];
    }
  }
  own.opacity = from.opacity * Number(node.getAttribute('opacity') || 1);
  return own;
}

function geometry(node, look) {
  const n = (name) => Number(node.getAttribute(name) || 0);
  switch (node.localName) {
    case 'path': return pathOf(node.getAttribute('d') || '');
    case 'rect': return rectangle(n('x'), n('y'), n('width'), n('height'));
    case 'line': return [['M', n('x1'), n('y1')], ['L', n('x2'), n('y2')]];
    case 'circle': return disk(n('cx'), n('cy'), n('r'));
    case 'polygon': case 'polyline': {
      const points = numbers(node.getAttribute('points'));
      const d = [];
      for (let i = 0; i + 1 < points.length; i += 2) d.push([i ? 'L' : 'M', points[i], points[i + 1]]);
      return node.localName === 'polygon' ? [...d, ['Z']] : d;
    }
    case 'text': {
      const size = parseFloat(look['font-size']);
      // The middle of capitals and small letters, as browsers take it.
      const down = node.getAttribute('dominant-baseline') === 'central' ? 0.35 * size : 0;
      return outlines(node.textContent, n('x'), n('y') + down, size, look['text-anchor']);
    }
    default: throw new Error(`an element that is not known: ${node.localName}`);
  }
}

/** The shapes of a picture, in the order in which they are drawn, and the letters that became boxes. */
export function shapesOf(text) {
  unknown.clear();
  // Style attributes would offend this page's policy where they are parsed; they are read as plain ones.
  const plain = text.replace(/<style[\s\S]*?<\/style>/g, '').replace(/ style="/g, ' data-style="');
  const root = new DOMParser().parseFromString(plain, 'image/svg+xml').documentElement;
  const shapes = [];
  const clips = new Map([...root.getElementsByTagName('clipPath')].map((c) =>
    [c.getAttribute('id'), [...c.children].flatMap((child) => moved(geometry(child, {}), transform(child.getAttribute('transform'))))]));

  function shape(node, look, m, clip) {
    const d = geometry(node, look);
    const place = moved(d, m);
    // A mark without a place, as of a value that is none, is not drawn.
    if (!d.length || place.some(([, ...p]) => !p.every(Number.isFinite))) return;
    const text = node.localName === 'text';
    const fill = colour(look.fill || 'black');
    let stroke = colour(look.stroke);
    let width = Number(look['stroke-width'] || 1) * Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));
    const style = {
      dash: look['stroke-dasharray'] && look['stroke-dasharray'] !== 'none' ? numbers(look['stroke-dasharray']) : [],
      cap: look['stroke-linecap'] || 'butt', join: look['stroke-linejoin'] || 'miter', clip,
      fillOpacity: (fill ? fill[3] : 1) * Number(look['fill-opacity'] || 1) * look.opacity,
      strokeOpacity: (stroke ? stroke[3] : 1) * Number(look['stroke-opacity'] || 1) * look.opacity,
    };
    if (text && stroke) {
      // A halo lies behind its letters.
      shapes.push({ ...style, d: place, fill: null, stroke, width, join: 'round' });
      stroke = null;
    }
    if (text && !stroke && (look['font-weight'] === 'bold' || Number(look['font-weight']) >= 600)) {
      [stroke, width] = [fill, 0.045 * parseFloat(look['font-size'])];
      style.strokeOpacity = style.fillOpacity;
    }
    if (fill || stroke) shapes.push({ ...style, d: place, fill: node.localName === 'line' ? null : fill, stroke, width });
  }

  function walk(node, from, above, outer) {
    if (['defs', 'title', 'desc', 'metadata', 'clipPath'].includes(node.localName)) return;
    const look = looks(node, from);
    let m = times(above, transform(node.getAttribute('transform')));
    if (node.localName === 'svg') m = times(m, [1, 0, 0, 1, Number(node.getAttribute('x') || 0), Number(node.getAttribute('y') || 0)]);
    const [, id] = (node.getAttribute('clip-path') || '').match(/^url\(#([^)]+)\)$/) || [];
    const clip = id && clips.has(id) ? [...outer, moved(clips.get(id), m)] : outer;
    if (node.localName === 'svg' || node.localName === 'g') [...node.children].forEach((child) => walk(child, look, m, clip));
    else shape(node, look, m, clip);
  }

  walk(root, { 'font-size': '12', opacity: 1 }, IDENTITY, []);
  return { width: Number(root.getAttribute('width')), height: Number(root.getAttribute('height')), shapes, boxes: [...unknown] };
}
