/*
 * Shapes as an SVG file: paths alone, so that every program draws the same.
 */
import { svg } from './elements.js';

const short = (v) => String(Math.round(v * 100) / 100);
const data = (d) => d.map(([c, ...p]) => c + p.map(short).join(' ')).join('');
const hex = (c) => '#' + c.slice(0, 3).map((v) => Math.round(v).toString(16).padStart(2, '0')).join('');

/** An SVG file of a picture, with its title and words about it. */
export function svgFile({ width, height, shapes }, title, about) {
  const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' }, svg('title', {}, title), svg('desc', {}, about));
  const clips = new Map();
  const clipped = (clip) => {
    const d = data(clip);
    if (!clips.has(d)) {
      clips.set(d, `c${clips.size}`);
      root.append(svg('clipPath', { id: clips.get(d) }, svg('path', { d })));
    }
    return `url(#${clips.get(d)})`;
  };
  for (const s of shapes) {
    const look = { d: data(s.d), fill: s.fill ? hex(s.fill) : 'none' };
    if (s.fill && s.fillOpacity < 1) look['fill-opacity'] = short(s.fillOpacity);
    if (s.stroke) {
      Object.assign(look, { stroke: hex(s.stroke), 'stroke-width': short(s.width) });
      if (s.dash.length) look['stroke-dasharray'] = s.dash.join(' ');
      if (s.cap !== 'butt') look['stroke-linecap'] = s.cap;
      if (s.join !== 'miter') look['stroke-linejoin'] = s.join;
      if (s.strokeOpacity < 1) look['stroke-opacity'] = short(s.strokeOpacity);
    }
    const within = s.clip.map(clipped);
    root.append(within.reduce((inner, url) => svg('g', { 'clip-path': url }, inner), svg('path', look)));
  }
  return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(root) + '\n';
}
