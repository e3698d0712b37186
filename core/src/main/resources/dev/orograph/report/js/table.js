/*
 * A finding of kind table (columns, about, rows; seed names the columns that hold the seed's
 * figures), and every other table of the page: sorted by a click, filtered, a page of rows at a time.
 */
import { files } from './data.js';
import { visible } from './text.js';
import { el, anchor } from './elements.js';
import { grouped, has, fmt, full } from './numbers.js';
import { csv, save, copyButton } from './save.js';
import { withBeyond } from './beyond.js';
import { compare, parseFilter } from './table-filter.js';

let tables = 0;
export const wideTables = []; // for print: tables that must shrink to fit the sheet

/**
 * A table that sorts and filters. Only a page of rows is in the document at a time: thousands of
 * rows would make the whole report slow.
 */
export function dataTable({ id, columns, rows, about, seed, page = 100, cell, caption, file }) {
  const key = 't' + ++tables;
  const numeric = columns.map((_, j) => {
    const seen = rows.map((r) => r[j]).filter(has);
    return seen.length > 0 && seen.every((v) => typeof v === 'number');
  });
  const seeds = new Set(seed);
  const state = { shown: rows, limit: page, by: -1, down: false, text: '' };
  const body = el('tbody');
  const count = el('span', { class: 'count', role: 'status' });
  const heads = columns.map((name, j) => {
    const th = el('th', {
      scope: 'col', class: [numeric[j] ? 'num' : '', seeds.has(name) ? 'seed' : ''].join(' ').trim() || null,
      'aria-sort': 'none', title: about[j] ? visible(about[j]) : null,
    });
    th.append(el('button', {
      type: 'button', 'aria-describedby': about[j] ? `${key}-c${j}` : null, onclick: () => sortBy(j),
    }, visible(name).split(/(?<=_)/).flatMap((part, i) => (i ? [el('wbr'), part] : [part]))));
    return th;
  });
  const table = el('table', { class: 'grid' }, el('caption', { class: 'hidden' }, caption || id),
    el('thead', {}, el('tr', {}, heads)), body);
  const more = el('div', { class: 'more' });
  const printed = el('p', { class: 'printed' });

  function cellOf(v, j, row) {
    if (cell) {
      const own = cell(v, j, row);
      if (own) return own;
    }
    if (!has(v)) return el('td', { class: (numeric[j] ? 'num' : 'text') + ' none' }, '–');
    const kind = [numeric[j] ? 'num' : 'text', seeds.has(columns[j]) ? 'seed' : ''].join(' ').trim();
    if (typeof v !== 'number') return el('td', { class: kind + (String(v).length <= 48 ? ' short' : '') }, visible(typeof v === 'boolean' ? (v ? 'yes' : 'no') : v));
    const shown = fmt(v);
    return el('td', { class: kind, title: shown.replace(/,/g, '') === full(v) ? null : full(v) }, shown);
  }

  function show() {
    const visibleRows = state.shown.slice(0, state.limit);
    body.replaceChildren(...visibleRows.map((row) => el('tr', {}, row.map((v, j) => cellOf(v, j, row)))));
    const n = state.shown.length;
    const left = n - visibleRows.length;
    more.replaceChildren(...(left > 0 ? [
      el('span', {}, `${grouped(String(visibleRows.length))} of ${grouped(String(n))} rows shown.`),
      el('button', { type: 'button', class: 'quiet', onclick: () => grow(page) }, `Show ${Math.min(page, left)} more`),
      ...(left > page ? [el('button', { type: 'button', class: 'quiet', onclick: () => grow(left) }, `Show all ${grouped(String(n))}`)] : []),
    ] : []));
    printed.textContent = n > 50 ? `Printed: the first 50 of ${grouped(String(n))} rows. All of them are in ${visible(file || 'results.json')}.`
      : visibleRows.length < n ? `Printed: the first ${visibleRows.length} of ${n} rows.` : '';
  }

  function grow(by) {
    state.limit += by;
    show();
  }

  function arrange() {
    const { keep, unknown } = parseFilter(state.text, columns);
    const kept = rows.filter(keep);
    if (state.by >= 0) {
      const j = state.by;
      const sign = state.down ? -1 : 1;
      // Rows without a value stay last, whichever way.
      kept.sort((a, b) => (!has(a[j]) || !has(b[j]) ? (has(b[j]) ? 1 : 0) - (has(a[j]) ? 1 : 0) : sign * compare(a[j], b[j])));
    }
    state.shown = kept;
    heads.forEach((th, j) => th.setAttribute('aria-sort', j === state.by ? (state.down ? 'descending' : 'ascending') : 'none'));
    count.classList.toggle('bad', unknown.length > 0);
    count.textContent = unknown.length ? `There is no column called ${visible(unknown.join(', '))}.`
      : state.text ? `${grouped(String(kept.length))} of ${grouped(String(rows.length))} rows`
        : `${grouped(String(rows.length))} rows`;
    show();
  }

  // Once one way, once the other, then the order of the file again.
  function sortBy(j) {
    const firstDown = numeric[j];
    if (state.by !== j) Object.assign(state, { by: j, down: firstDown });
    else if (state.down === firstDown) state.down = !firstDown;
    else state.by = -1;
    state.limit = page;
    arrange();
  }

  const example = columns[numeric.findIndex((n) => n)];
  const filter = el('input', {
    type: 'search', 'aria-label': visible(`Filter the rows of ${caption || id}: text in any cell, or a column name, a comparison and a number`),
    placeholder: example ? `Filter: text, or ${visible(example)}<10` : 'Filter: text in any cell', spellcheck: 'false', autocomplete: 'off',
  });
  let pending = 0;
  filter.addEventListener('input', () => {
    clearTimeout(pending);
    pending = setTimeout(() => {
      state.text = filter.value.trim();
      state.limit = page;
      arrange();
    }, 120);
  });
  arrange();
  wideTables.push(table);
  const explained = about.some(Boolean);
  return el('div', {},
    rows.length > 8 ? el('div', { class: 'controls' }, filter, count) : null,
    withBeyond(el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': visible(caption ? `${caption}, ${id}` : id) }, table), heads),
    more, printed,
    explained ? el('details', { class: 'columns' }, el('summary', {}, 'What the columns mean'),
      el('dl', {}, columns.map((name, j) => (about[j] ? el('div', {}, el('dt', {}, name), el('dd', { id: `${key}-c${j}` }, about[j])) : null)))) : null);
}

export function tableFinding(t) {
  const file = files[t.id] || `tables/${t.id}.csv`;
  return el('section', { class: 'finding', id: anchor(t.id) },
    el('div', { class: 'finding-head' },
      el('h3', {}, t.title, copyButton(t.id)),
      el('div', { class: 'tools' }, el('button', {
        type: 'button', class: 'quiet', title: 'Save the whole table as CSV, in full precision',
        'aria-label': visible(`Save as CSV: ${t.title}`), onclick: () => save(t.id + '.csv', 'text/csv', [csv(t.columns, t.rows)]),
      }, 'CSV'))),
    dataTable({ ...t, caption: t.title, file }));
}
