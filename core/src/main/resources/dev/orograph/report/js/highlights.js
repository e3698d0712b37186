/*
 * The scalars to read first (results.highlights), each on a card with a line of numbers; or that there
 * are none.
 */
import { results, comparison } from './data.js';
import { visible } from './text.js';
import { el, svg, anchor } from './elements.js';
import { has, fmt, full, unitOf, fmtZ } from './numbers.js';
import { chance } from './scalars.js';

/** Where a value lies beside what chance gives: grey 2 sd around the null, dot, hollow seed. */
function numberLine(s) {
  const height = 40;
  const y = 13;
  const sd = has(s.null_sd) ? s.null_sd : 0;
  const marks = [s.value, s.null - 2 * sd, s.null + 2 * sd, ...(s.interval || []), ...(has(s.seed) ? [s.seed] : [])];
  let low = Math.min(...marks);
  let high = Math.max(...marks);
  if (low === high) {
    low -= Math.abs(low) * 0.1 || 1;
    high += Math.abs(high) * 0.1 || 1;
  }
  // Places are shares of whatever width the card has; heights are pixels.
  const at = (v) => 4 + ((v - low) / (high - low)) * 92;
  const x = (v) => at(v).toFixed(2) + '%';
  const picture = svg('svg', {
    class: 'line', height, role: 'img',
    'aria-label': visible(`value ${fmt(s.value)}, null ${chance(s)}${has(s.seed) ? `, seed ${fmt(s.seed)}` : ''}`),
  });
  picture.append(svg('line', { class: 'base', x1: '0%', x2: '100%', y1: y, y2: y }));
  const from = Math.min(at(s.null - 2 * sd), at(s.null) - 0.5);
  const to = Math.max(at(s.null + 2 * sd), at(s.null) + 0.5);
  picture.append(svg('rect', { class: 'null', x: from + '%', y: y - 9, width: to - from + '%', height: 18, rx: 1.5 }));
  picture.append(svg('line', { class: 'null-mean', x1: x(s.null), x2: x(s.null), y1: y - 9, y2: y + 9 }));
  if (s.interval) {
    picture.append(svg('line', { class: 'whisker', x1: x(s.interval[0]), x2: x(s.interval[1]), y1: y, y2: y, 'stroke-width': 3 }));
  }
  picture.append(svg('circle', { class: 'dot', cx: x(s.value), cy: y, r: 5 }));
  if (has(s.seed)) picture.append(svg('circle', { class: 'hollow', cx: x(s.seed), cy: y, r: 4.5, 'stroke-width': 1.5 }));
  const text = (v, words) => {
    picture.append(svg('text', { x: x(v), y: height - 4, 'text-anchor': 'middle' }, words));
  };
  text(s.null, 'null');
  const far = (a, b) => Math.abs(at(a) - at(b)) > 14;
  if (far(s.value, s.null)) text(s.value, 'value');
  if (has(s.seed) && far(s.seed, s.null) && far(s.seed, s.value)) text(s.seed, 'seed');
  return picture;
}

function card(s, section) {
  return el('li', { class: 'card' },
    el('p', { class: 'where' }, el('a', { href: '#' + anchor(s.id) }, section.title)),
    el('h3', {}, s.title),
    el('p', { class: 'figure-line' },
      el('span', { class: 'big', title: full(s.value) }, fmt(s.value), unitOf(s.unit) ? el('small', {}, unitOf(s.unit)) : null),
      has(s.null) ? el('span', { class: 'against' }, 'null ', el('b', {}, chance(s))) : null,
      has(s.z) ? el('span', { class: 'against', title: full(s.z) }, Math.abs(s.z) > 1000 ? 'z ' : 'z = ', el('b', {}, fmtZ(s.z))) : null,
      has(s.seed) ? el('span', { class: 'against notebook', title: full(s.seed) }, 'notebook ', el('b', {}, fmt(s.seed))) : null),
    has(s.null) ? numberLine(s) : null,
    el('p', { class: 'sentence' }, s.sentence),
    results.standings && results.standings[s.id] ? el('p', { class: 'sentence standing' }, results.standings[s.id]) : null);
}

const keyItem = (draw, text) => {
  const s = svg('svg', { width: 34, height: 18, viewBox: '0 0 34 18', class: 'line', 'aria-hidden': 'true' });
  s.style.cssText = 'width:34px;margin:0';
  draw(s);
  return el('li', {}, s, text);
};

export function highlights() {
  const at = new Map();
  for (const section of results.sections) {
    for (const f of section.findings) if (f.kind === 'scalar') at.set(f.id, [f, section]);
  }
  const chosen = (results.highlights || []).map((id) => at.get(id)).filter(Boolean);
  const tested = [...at.values()].some(([s]) => s.claim && has(s.z));
  if (!tested) return null;
  const title = comparison ? 'Clearest differences' : 'What stands out';
  if (!chosen.length) {
    return el('section', { class: 'block', 'aria-labelledby': 'h-far' },
      el('h2', { id: 'h-far' }, title),
      el('p', {}, comparison
        ? 'No clear difference: none is at least four standard errors and a tenth of the figures themselves.'
        : 'Nothing stands out: no claim lies at least four deviations and a tenth from what chance gives.'));
  }
  return el('section', { class: 'block', 'aria-labelledby': 'h-far' },
    el('h2', { id: 'h-far' }, title),
    el('p', { class: 'aside' }, comparison
      ? 'Differences of at least a tenth that are four or more standard errors, each figure once. Layers of one model are not independent samples.'
      : 'Findings at least four deviations from their null whose size is at least a tenth, one of each kind: the least usual among reference models first, then the largest.'),
    el('ol', { class: 'cards', 'data-count': chosen.length }, chosen.map(([s, section]) => card(s, section))),
    el('ul', { class: 'key', 'aria-label': 'Key' },
      keyItem((s) => s.append(svg('circle', { class: 'dot', cx: 17, cy: 9, r: 5 })), 'value, with its 95 % interval where there is one'),
      keyItem((s) => s.append(svg('rect', { class: 'null', x: 3, y: 2, width: 28, height: 14, rx: 1.5 }), svg('line', { class: 'null-mean', x1: 17, x2: 17, y1: 2, y2: 16 })), comparison ? 'no difference ± 2 standard errors' : 'null ± 2 standard deviations: what chance gives'),
      comparison ? null : keyItem((s) => s.append(svg('circle', { class: 'hollow', cx: 17, cy: 9, r: 4.5, 'stroke-width': 1.5 })), 'what the reference notebook prints')));
}
