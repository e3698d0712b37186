/*
 * The foot of the page: how the run was made (run.json), how to read the page, the files beside it.
 */
import { results, run, files } from './data.js';
import { el } from './elements.js';
import { has, fmt, duration } from './numbers.js';
import { folded } from './folded.js';

/** Any JSON as words: for settings and timings, whose shape is the run's own business. */
function words(v) {
  if (!has(v)) return '–';
  if (typeof v === 'number') return fmt(v);
  if (typeof v !== 'object') return String(v);
  if (Array.isArray(v)) return v.map(words).join(', ');
  return Object.entries(v).map(([k, x]) => `${k} ${words(x)}`).join(', ');
}

const pairs = (entries) => el('dl', { class: 'pairs' },
  entries.filter(([, v]) => has(v) && v !== '').flatMap(([k, v]) => [el('dt', {}, k), el('dd', {}, v instanceof Node ? v : words(v))]));

function timings(t) {
  if (!has(t)) return null;
  const entries = Array.isArray(t)
    ? t.map((x) => (typeof x === 'object' && x ? [x.id || x.name || x.analysis || '', has(x.seconds) ? x.seconds : words(x)] : ['', x]))
    : Object.entries(t).map(([k, v]) => [k, v && typeof v === 'object' && has(v.seconds) ? v.seconds : v]);
  return entries.length ? folded('Timings', pairs(entries.map(([k, v]) => [k, typeof v === 'number' ? duration(v) : v]))) : null;
}

/** Shows or hides the columns of the reference notebooks, which are off at first. */
function notebookSwitch() {
  const button = el('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false' }, 'Show their columns');
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    button.textContent = on ? 'Hide their columns' : 'Show their columns';
    document.documentElement.dataset.notebooks = on ? 'on' : 'off';
  });
  return button;
}

export function pageFoot() {
  const machine = run.machine || {};
  const settings = Object.entries({ ...(results.settings || {}), ...(run.settings && typeof run.settings === 'object' ? run.settings : {}) });
  const seed = settings.find(([k]) => k === 'seed');
  const names = (run.arrays || []).map((a) => (typeof a === 'string' ? a : words(a)));
  const list = (items) => el('ul', { class: 'files' }, items.map((i) => el('li', {}, el('code', {}, i))));
  const tableFiles = Object.values(files);
  document.getElementById('foot').append(el('div', { class: 'foot' },
    el('section', {}, el('h2', {}, 'How this was made'),
      pairs([
        ['Orograph', run.version], ['Java', run.java || machine.java],
        ['Machine', [machine.cpu, has(machine.cores) ? `${machine.cores} cores` : null, machine.os, machine.arch].filter(has).join(', ')],
        ['Kernels', machine.kernels], ['Seed', seed && seed[1]], ['Started', run.started],
        ['Peak memory', has(run.peak_memory_bytes) ? `${fmt(run.peak_memory_bytes / 2 ** 20, 3)} MiB` : null],
        ['Took', has(run.seconds) ? (typeof run.seconds === 'number' ? duration(run.seconds) : run.seconds) : null],
        ['Fingerprint', results.model.fingerprint && el('code', {}, results.model.fingerprint)],
      ]),
      timings(run.timings),
      settings.length ? folded('Settings', pairs(settings)) : null),
    el('section', {}, el('h2', {}, 'How to read this'),
      el('p', {}, 'The ', el('b', {}, 'null'), ' is what the same measurement gives where there is nothing to find: a closed form, or many draws with the structure destroyed. ',
        el('b', {}, 'z'), ' counts how many of its standard deviations a value lies away. A large z says that chance does not explain the value; it does not say that the value matters.'),
      el('p', {}, 'The figures of the ', el('b', {}, 'reference notebooks'), ' (called seed in results.json; italic in tables, hollow in charts) are what the code prints in which these analyses were first written down. They are here for reproduction; where they differ from the value, the value is the one to use. ', notebookSwitch()),
      el('p', {}, 'Figures show four significant digits; hover for all of them. Click a column to sort.')),
    el('section', {}, el('h2', {}, 'Files beside this one'),
      pairs([
        [el('code', {}, 'results.json'), 'everything above as data'],
        [el('code', {}, 'run.json'), 'versions, settings, machine, timings'],
      ].map(([a, b]) => [a.textContent, b])),
      tableFiles.length ? folded(`tables/ (${tableFiles.length} CSV files in full precision)`, list(tableFiles)) : null,
      names.length ? folded(`arrays/ (${names.length} safetensors files for NumPy)`, list(names.map((n) => (n.includes('/') ? n : 'arrays/' + n)))) : null,
      el('p', {}, 'One number by its name: ', el('code', {}, 'orograph get RUN ID'), '. Hover over a title to see its id, click the id to copy it.'))));
}
