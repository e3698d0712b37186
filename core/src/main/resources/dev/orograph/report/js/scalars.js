/*
 * Findings of kind scalar as one table per section: value, the seed's figure, interval, null, z, p,
 * unit.
 */
import { prose } from './text.js';
import { el, anchor } from './elements.js';
import { has, fmt, plusMinus, full, fmtZ, fmtP } from './numbers.js';
import { copyButton } from './save.js';
import { dataTable } from './table.js';

export function chance(s) {
  if (!has(s.null)) return null;
  return plusMinus(s.null, s.null_sd);
}

export function scalarTable(scalars, section) {
  const columns = ['finding', 'value', 'notebook', '95 % interval', 'null', 'z', 'p', 'unit'];
  const about = [
    'What was measured. Its id, for "orograph get", shows beside it and is copied by a click.',
    'The sound figure, the headline.',
    "What the reference notebook's own code prints for this; it stands here for comparison.",
    '95 % interval of the value.',
    'Mean ± standard deviation under the null model: what chance gives.',
    '(value − null) / standard deviation under the null.',
    'Two-sided permutation p-value, (1 + b) / (1 + m).',
    'Unit of the value; empty for a pure number.',
  ];
  const of = new Map();
  const all = scalars.map((s) => {
    const row = [s.title, s.value, has(s.seed) ? s.seed : null, s.interval ? s.interval[0] : null,
      has(s.null) ? s.null : null, has(s.z) ? s.z : null, has(s.p) ? s.p : null, s.unit === '1' ? '' : s.unit || ''];
    of.set(row, s);
    return row;
  });
  // A column that nobody fills is left out.
  const used = columns.map((_, j) => j < 2 || all.some((r) => has(r[j]) && r[j] !== ''));
  const pick = (list) => list.filter((_, j) => used[j]);
  const rows = all.map((r) => {
    const short = pick(r);
    of.set(short, of.get(r));
    return short;
  });
  const names = pick(columns);
  return dataTable({
    id: section.id, columns: names, about: pick(about), seed: ['notebook'], rows, page: 30, caption: `Figures: ${section.title}`,
    cell: (v, j, row) => {
      const s = of.get(row);
      switch (names[j]) {
        case 'finding':
          return el('td', { class: 'text', id: anchor(s.id), title: s.sentence ? prose(s.sentence) : null }, s.title, copyButton(s.id));
        case '95 % interval':
          return s.interval
            ? el('td', { class: 'num', title: s.interval.map(full).join(' to ') }, `${fmt(s.interval[0])} to ${fmt(s.interval[1])}`) : null;
        case 'null':
          return has(s.null)
            ? el('td', { class: 'num', title: full(s.null) + (has(s.null_sd) ? ` ± ${full(s.null_sd)}` : '') + (has(s.null_draws) ? `, ${fmt(s.null_draws)} draws` : ', closed form') }, chance(s)) : null;
        case 'z':
          return has(s.z) ? el('td', { class: 'num', title: full(s.z) }, fmtZ(s.z)) : null;
        case 'p':
          return has(s.p) ? el('td', { class: 'num', title: full(s.p) }, fmtP(s.p)) : null;
        case 'unit':
          return el('td', { class: 'text' }, row[j]);
        default:
          return null;
      }
    },
  });
}
