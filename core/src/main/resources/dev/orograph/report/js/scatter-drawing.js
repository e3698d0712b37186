/*
 * The picture of a scatter: on a canvas, tens of thousands of points to the frame, or as SVG.
 */
import { visible, spelled } from './text.js';
import { svg } from './elements.js';
import { named } from './numbers.js';
import { FONT, textWidth } from './theme.js';
import { axisTicks } from './scatter-places.js';
import { pointColours } from './scatter-colours.js';

const LABELS = 90; // most names written at a time
const RINGS = 1500; // most marks with a ring
const CROWDED = 300; // points in view beyond which none is named unasked

/** Which names are written and where: those searched for, or all where few are in view. */
function labels(view, f, w, h, width) {
  const { pinned, radius, marks, echo } = view;
  const wanted = [];
  const first = [];
  const named = new Set([pinned, echo, ...view.neighbours(pinned).map(({ point }) => point)]);
  let inView = 0;
  view.seen(f, w, h, (i, px, py) => {
    if (!view.alone(i)) return;
    inView++;
    if (named.has(i)) first.unshift([i, px, py]);
    else if (marks && marks[i]) {
      if (first.length < 1500) first.push([i, px, py]);
    } else if (inView <= CROWDED) wanted.push([i, px, py]);
  });
  if (inView > CROWDED) wanted.length = 0;
  first.sort((p, q) => (q[0] === pinned) - (p[0] === pinned));
  const taken = [];
  const placed = [];
  for (const [i, px, py] of [...first, ...wanted].slice(0, 1500)) {
    const text = spelled(view.finding.labels[i], 20);
    const wide = width(text);
    for (const x of [px + radius() + 3, px - radius() - 3 - wide]) {
      const spot = [x, py - 7, x + wide, py + 7];
      if (x > 0 && x + wide < w && !taken.some((t) => spot[0] < t[2] + 3 && spot[2] + 3 > t[0] && spot[1] < t[3] && spot[3] > t[1])) {
        taken.push(spot);
        placed.push({ text, x, y: py + 4 });
        break;
      }
    }
    if (placed.length >= LABELS) break;
  }
  return placed;
}

// Disks as pixels (across, down) and the shares of them covered, by radius and by where in a pixel their
// middle lies.
const masks = new Map();
function mask(r, right, down) {
  const key = (Math.round(r * 16) * 4 + right) * 4 + down;
  let made = masks.get(key);
  if (!made) {
    const reach = Math.ceil(r + 0.5);
    made = { reach, across: [], down: [], cover: [] };
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const cover = Math.min(1, r + 0.5 - Math.hypot(x + 0.5 - (right + 0.5) / 4, y + 0.5 - (down + 0.5) / 4));
        if (cover > 0.01) {
          made.across.push(x);
          made.down.push(y);
          made.cover.push(cover);
        }
      }
    }
    masks.set(key, made);
  }
  return made;
}

const rgb = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));

/**
 * Writes points straight into the pixels: as shapes, tens of thousands of them would not keep up.
 * colours are three numbers each, codes say which one a point has.
 */
function spray(view, image, f, w, h, ratio, paper, colours, codes, opacity, wanted) {
  const { data, width, height: tall } = image;
  const r = view.radius() * ratio;
  const disks = Array.from({ length: 16 }, (_, k) => mask(r, k >> 2, k & 3));
  view.seen(f, w, h, (i, px, py) => {
    if (!wanted(i)) return;
    const code = 3 * codes[i];
    const red = colours[code];
    const green = colours[code + 1];
    const blue = colours[code + 2];
    const left = Math.floor(px * ratio);
    const top = Math.floor(py * ratio);
    const { reach, across, down, cover } = disks[(((px * ratio - left) * 4) << 2) | ((py * ratio - top) * 4)];
    const whole = left >= reach && top >= reach && left + reach < width && top + reach < tall;
    for (let k = 0; k < cover.length; k++) {
      const column = left + across[k];
      const row = top + down[k];
      if (!whole && (column < 0 || row < 0 || column >= width || row >= tall)) continue;
      const share = cover[k] * opacity;
      const at = (row * width + column) * 4;
      if (data[at + 3] === 0) {
        data[at] = paper[0];
        data[at + 1] = paper[1];
        data[at + 2] = paper[2];
        data[at + 3] = 255;
      }
      data[at] += (red - data[at]) * share;
      data[at + 1] += (green - data[at + 1]) * share;
      data[at + 2] += (blue - data[at + 2]) * share;
    }
  });
}

/** Draws what a view shows; tints are pointColours of the same theme. */
export function drawPoints(view, target, w, h, theme, ratio, tints) {
  const { n, hits, marks, only, alone } = view;
  const [wide, tall] = [Math.round(w * ratio), Math.round(h * ratio)];
  if (target.width !== wide || target.height !== tall) Object.assign(target, { width: wide, height: tall });
  const ink = target.getContext('2d');
  const f = view.frame(w, h);
  const image = ink.createImageData(wide, tall);
  const colourful = tints.palette.flatMap(rgb);
  const paper = rgb(theme.paper);
  const dim = marks !== null;
  const rest = view.zoom > 4 ? 0.5 : 0.25;
  // Rings for a few marks; many would not keep up, and stand out by their colours.
  const many = dim && hits.length + view.selected.length > RINGS;
  const lay = (colours, codes, opacity, wanted) => spray(view, image, f, w, h, ratio, paper, colours, codes, opacity, wanted);
  if (only !== null) {
    lay(rgb(theme.bandEdge), new Uint8Array(n), dim ? rest : 0.55, (i) => !alone(i));
    lay(colourful, tints.codes, dim ? rest : 0.9, alone);
  } else {
    lay(colourful, tints.codes, dim ? rest : n > 3000 ? 0.8 : 0.9, () => true);
  }
  if (many) lay(colourful, tints.codes, 1, (i) => marks[i] && alone(i));
  ink.putImageData(image, 0, 0);
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  // Whatever no point covers is seen through: axes and paper go behind.
  ink.globalCompositeOperation = 'destination-over';
  if (!f.p.map) drawAxes(view, ink, f, theme);
  ink.fillStyle = theme.paper;
  ink.fillRect(0, 0, w, h);
  ink.globalCompositeOperation = 'source-over';
  ink.save();
  if (!f.p.map) {
    ink.beginPath();
    ink.rect(f.box.left, f.box.top, f.wide, f.tall);
    ink.clip();
  }
  const r = view.radius();
  // To the true neighbours of the point that was chosen, wherever the layout has put them.
  if (view.pinned >= 0 && !Number.isNaN(f.p.x[view.pinned])) {
    ink.strokeStyle = theme.soft;
    ink.lineWidth = 1;
    for (const { point } of view.neighbours(view.pinned)) {
      ink.beginPath();
      ink.moveTo(f.x(f.p.x[view.pinned]), f.y(f.p.y[view.pinned]));
      ink.lineTo(f.x(f.p.x[point]), f.y(f.p.y[point]));
      ink.stroke();
    }
  }
  const ring = (i, px, py, more) => {
    ink.fillStyle = tints.palette[tints.codes[i]];
    ink.beginPath();
    ink.arc(px, py, r + more, 0, 7);
    ink.fill();
    ink.stroke();
  };
  ink.strokeStyle = theme.ink;
  ink.lineWidth = 1.2;
  if (dim && !many) view.seen(f, w, h, (i, px, py) => { if (marks[i] && alone(i)) ring(i, px, py, 1); });
  for (const { point } of view.neighbours(view.pinned)) ring(point, f.x(f.p.x[point]), f.y(f.p.y[point]), 1);
  for (const i of new Set([view.under, view.echo, view.pinned])) if (i >= 0) ring(i, f.x(f.p.x[i]), f.y(f.p.y[i]), 3);
  outline(view, ink, f, theme);
  ink.font = `11.5px ${FONT}`;
  ink.direction = 'ltr';
  ink.lineJoin = 'round';
  for (const { text, x, y } of labels(view, f, w, h, (t) => ink.measureText(t).width)) {
    ink.strokeStyle = theme.paper;
    ink.lineWidth = 3.5;
    ink.strokeText(text, x, y);
    ink.fillStyle = theme.ink;
    ink.fillText(text, x, y);
  }
  ink.restore();
}

/** The lasso: while it is drawn, and about what it selected. */
function outline(view, ink, f, theme) {
  const { drag, lasso } = view;
  const { left, right, low, high } = f.p;
  const pixels = drag || (lasso && lasso.layout === view.layout
    ? lasso.polygon.map(([x, y]) => [f.x(left + x * (right - left)), f.y(low + y * (high - low))]) : []);
  if (pixels.length < 2) return;
  ink.save();
  ink.strokeStyle = theme.ink;
  ink.setLineDash([5, 4]);
  ink.beginPath();
  pixels.forEach(([x, y], k) => (k ? ink.lineTo(x, y) : ink.moveTo(x, y)));
  ink.closePath();
  ink.stroke();
  ink.restore();
}

/** The lines and words of axes, for whoever draws them: line(x1, y1, x2, y2, colour), text(words, x, y, anchor, colour). */
function axes(view, f, theme, line, text) {
  const { across, up } = view.finding.layouts[view.layout];
  const right = f.box.left + f.wide;
  const foot = f.box.top + f.tall;
  axisTicks(f.ux(f.box.left), f.ux(right), across, Math.max(2, f.wide / 90)).forEach((t) => {
    line(f.x(t.at), foot, f.x(t.at), foot + 3, theme.faint);
    text(t.text, f.x(t.at), foot + 15, 'middle', theme.soft);
  });
  axisTicks(f.uy(foot), f.uy(f.box.top), up, Math.max(2, f.tall / 60)).forEach((t) => {
    line(f.box.left, f.y(t.at), right, f.y(t.at), theme.hair);
    text(t.text, f.box.left - 6, f.y(t.at) + 4, 'end', theme.soft);
  });
  line(f.box.left, foot, right, foot, theme.faint);
  text(`↑ ${visible(named(up))}`, 8, 16, 'start', theme.soft);
  text(`${visible(named(across))} →`, right, foot + 33, 'end', theme.soft);
}

function drawAxes(view, ink, f, theme) {
  ink.font = `11px ${FONT}`;
  axes(view, f, theme, (x1, y1, x2, y2, colour) => {
    ink.strokeStyle = colour;
    ink.lineWidth = 1;
    ink.beginPath();
    ink.moveTo(x1, y1);
    ink.lineTo(x2, y2);
    ink.stroke();
  }, (words, x, y, align, colour) => {
    ink.fillStyle = colour;
    ink.textAlign = align === 'middle' ? 'center' : align;
    ink.fillText(words, x, y);
    ink.textAlign = 'start';
  });
}

/** What a view shows, as SVG. */
export function pointsSvg(view, width, height, theme) {
  const f = view.frame(width, height);
  const { codes, palette } = pointColours(view.colouring(), view.n, theme);
  const paths = palette.map(() => []);
  view.seen(f, width, height, (i, px, py) => { if (view.alone(i)) paths[codes[i]].push(`M${px.toFixed(1)} ${py.toFixed(1)}h0`); });
  const picture = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': FONT });
  if (!f.p.map) {
    axes(view, f, theme, (x1, y1, x2, y2, stroke) => picture.append(svg('line', { x1, y1, x2, y2, stroke })),
      (words, x, y, align, fill) => picture.append(svg('text', { x, y, fill, 'font-size': 11, 'text-anchor': align }, words)));
  }
  paths.forEach((d, k) => {
    if (d.length) {
      picture.append(svg('path', {
        d: d.join(''), fill: 'none', stroke: palette[k], 'stroke-width': (2 * view.radius()).toFixed(2), 'stroke-linecap': 'round', 'stroke-opacity': 0.85,
      }));
    }
  });
  labels(view, f, width, height, (t) => textWidth(t, 11.5)).forEach(({ text, x, y }) => picture.append(svg('text', {
    x, y, fill: theme.ink, 'font-size': 11.5, stroke: '#ffffff', 'stroke-width': 3, 'paint-order': 'stroke',
  }, text)));
  return new XMLSerializer().serializeToString(picture);
}
