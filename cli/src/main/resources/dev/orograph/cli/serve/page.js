/*
 * The list of runs and what can be asked of them. Whatever comes from a run becomes text, never
 * an element. What is shown stands behind the # of the address.
 */
'use strict';

const by = (id) => document.getElementById(id);
const state = new URLSearchParams(location.hash.slice(1));
let listed = { runs: [], reports: '' };
const picked = new Set();

function make(name, text = '', attributes = {}) {
  const e = document.createElement(name);
  e.textContent = text;
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  return e;
}

function remember(key, value) {
  if (value) state.set(key, value);
  else state.delete(key);
  history.replaceState(null, '', '#' + state);
}

async function ask(path, body) {
  const how = body === undefined ? {} : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  };
  const answer = await fetch(path, how);
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.fault);
  by('fault').textContent = '';
  return said;
}

const tell = (fault) => { by('fault').textContent = fault.message; };

const COLUMNS = [
  { key: 'model', title: 'Model', of: (r) => r.model.toLowerCase() },
  { key: 'family', title: 'Family', of: (r) => r.family.toLowerCase() },
  { key: 'parameters', title: 'Parameters', num: true, of: (r) => r.parameters ?? -1 },
  { key: 'says', title: 'What stands out', of: (r) => (r.headlines[0] || '').toLowerCase() },
  { key: 'analyses', title: 'Analyses', num: true, of: (r) => r.analyses.length },
  { key: 'started', title: 'Started', of: (r) => r.started },
  { key: 'seconds', title: 'Took', num: true, of: (r) => r.seconds ?? -1 },
];

function parameters(n) {
  if (n === null) return '';
  const [size, unit] = n >= 1e9 ? [1e9, ' B'] : n >= 1e6 ? [1e6, ' M'] : n >= 1e3 ? [1e3, ' k'] : [1, ''];
  return (n / size).toPrecision(3).replace(/e\+?\d+$/, '') + unit;
}

function time(s) {
  if (s === null) return '';
  if (s < 60) return Math.round(s) + ' s';
  return s < 3600 ? `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`
    : `${Math.floor(s / 3600)} h ${Math.round(s / 60) % 60} min`;
}

const report = (...ids) => listed.reports + 'report?'
  + ids.map((id) => 'run=' + encodeURIComponent(id)).join('&');

const says = (r) => (r.status === 'done' ? r.headlines[0] || ''
  : r.status === 'running' ? 'not finished' : r.fault);

function shown() {
  const words = (state.get('q') || '').toLowerCase().split(/\s+/).filter(Boolean);
  const column = COLUMNS.find((c) => c.key === state.get('sort')) || COLUMNS[5];
  const down = state.has('sort') ? state.get('down') === '1' : true;
  return listed.runs
    .filter((r) => {
      const text = [r.id, r.model, r.family, r.kind, r.status, ...r.headlines, ...r.analyses].join(' ').toLowerCase();
      return words.every((w) => text.includes(w));
    })
    .sort((a, b) => {
      const x = column.of(a);
      const y = column.of(b);
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
}

function drawHead() {
  const row = make('tr');
  row.append(make('th', '', { 'aria-label': 'Chosen to compare' }));
  const sort = COLUMNS.some((c) => c.key === state.get('sort')) ? state.get('sort') : 'started';
  for (const c of COLUMNS) {
    const cell = make('th', '', c.num ? { class: 'num' } : {});
    const down = state.has('sort') ? state.get('down') === '1' : true;
    if (c.key === sort) cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const button = make('button', c.title, { type: 'button' });
    button.addEventListener('click', () => {
      remember('down', (c.key === sort ? !down : Boolean(c.num)) ? '1' : '0');
      remember('sort', c.key);
      draw();
    });
    cell.append(button);
    row.append(cell);
  }
  row.append(make('th'));
  document.querySelector('#runs thead').replaceChildren(row);
}

function line(r) {
  const row = make('tr', '', { 'aria-selected': r.id === state.get('run') });
  const box = make('input', '', { type: 'checkbox', 'aria-label': 'compare ' + r.id });
  box.checked = picked.has(r.id);
  box.disabled = r.kind !== 'model';
  box.addEventListener('change', () => {
    if (box.checked) picked.add(r.id);
    else picked.delete(r.id);
    offer();
  });
  const first = make('td');
  first.append(box);
  const name = make('td', '', { class: 'name' });
  const choose = make('a', r.model, { href: '#', title: r.id });
  choose.addEventListener('click', (e) => {
    e.preventDefault();
    remember('run', r.id);
    by('found').replaceChildren();
    draw();
  });
  name.append(choose);
  const open = make('td');
  if (r.status === 'done') {
    open.append(make('a', 'Report', { href: report(r.id), target: '_blank', rel: 'noopener' }));
  }
  row.append(
    first, name, make('td', r.kind === 'comparison' ? 'comparison' : r.family),
    make('td', parameters(r.parameters), { class: 'num' }),
    make('td', says(r), { class: r.status === 'broken' ? 'says bad' : 'says' }),
    make('td', r.analyses.length || '', { class: 'num' }),
    make('td', r.started.replace('T', ' ').replace('Z', ''), { class: 'num' }),
    make('td', time(r.seconds), { class: 'num' }), open);
  return row;
}

function offer() {
  const ids = [...picked].filter((id) => listed.runs.some((r) => r.id === id));
  const button = by('compare');
  button.textContent = ids.length ? `Compare ${ids.length}` : 'Compare';
  if (ids.length > 1 && ids.length <= 8) button.href = report(...ids);
  else button.removeAttribute('href');
  button.title = ids.length > 1 ? '' : 'choose two or more runs of models';
}

function drawChosen() {
  const run = listed.runs.find((r) => r.id === state.get('run'));
  by('chosen').hidden = !run;
  if (!run) return;
  by('chosen-name').textContent = run.model;
  by('chosen-about').textContent = run.id + (run.analyses.length ? ': ' + run.analyses.join(', ') : '');
  by('headlines').replaceChildren(...run.headlines.map((h) => make('li', h)));
  document.querySelector('.asks').hidden = run.kind !== 'model';
}

function draw() {
  drawHead();
  const rows = shown();
  document.querySelector('#runs tbody').replaceChildren(...rows.map(line));
  by('count').textContent = rows.length === listed.runs.length
    ? `${rows.length} ${rows.length === 1 ? 'run' : 'runs'}` : `${rows.length} of ${listed.runs.length} runs`;
  offer();
  drawChosen();
}

function drawFound(found, metric) {
  const words = found.words.map((w) => `'${w.word}' is token ${w.tokens.join(', ')}`
    + (w.tokens.length > 1 ? ' (the mean of their rows)' : '')).join('; ');
  const table = make('table');
  const head = make('tr');
  head.append(make('th', 'Token'), make('th', metric === 'cosine' ? 'cosine' : 'distance', { class: 'num' }), make('th', 'id', { class: 'num' }));
  table.append(head);
  for (const h of found.hits) {
    const row = make('tr');
    const word = make('td');
    const link = make('a', h.text || '#' + h.token, { href: '#' });
    link.addEventListener('click', (e) => {
      e.preventDefault();
      by('neighbours').elements.word.value = '#' + h.token;
      by('neighbours').requestSubmit();
    });
    word.append(link);
    const value = metric === 'cosine' ? 1 - h.distance : h.distance;
    row.append(word, make('td', value.toFixed(4), { class: 'num' }), make('td', h.token, { class: 'num' }));
    table.append(row);
  }
  by('found').replaceChildren(
    make('p', `${words}; over all rows of '${found.tensor}'.`, { class: 'faint' }), table, make('p', found.given
      ? `Nearest of all is '${found.given.text}' itself, one of the three: the answer rests on leaving them out.` : ''));
}

function answers(form, names) {
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const question = new URLSearchParams({ run: state.get('run'), k: '10' });
    for (const n of names) question.set(n, form.elements[n].value);
    for (const n of names) remember(form.id + '.' + n, form.elements[n].value);
    remember('asked', form.id);
    by('found').replaceChildren(make('p', 'searching …'));
    try {
      drawFound(await ask(form.id + '?' + question), form.elements.metric.value);
    } catch (fault) {
      by('found').replaceChildren();
      tell(fault);
    }
  });
  for (const n of names) {
    if (state.has(form.id + '.' + n)) form.elements[n].value = state.get(form.id + '.' + n);
  }
}

function left(s) {
  const known = s.status === 'running' && s.share > 0 && (s.share >= 0.05 || s.seconds >= 10);
  return known ? `, ${time(s.seconds * (1 - s.share) / s.share)} left` : '';
}

let running = false;
function drawSurveys(all) {
  const table = make('table');
  for (const s of all) {
    const row = make('tr');
    const bar = make('td');
    bar.append(make('progress', '', { max: 1, value: s.share, 'aria-label': 'done' }));
    const stop = make('td');
    if (s.status === 'running' || s.status === 'waiting') {
      const button = make('button', 'Stop', { type: 'button' });
      button.addEventListener('click', () => ask('stop', { id: s.id }).then(drawSurveys, tell));
      stop.append(button);
    }
    const told = { waiting: 'waits', running: s.piece, done: 'done', stopped: 'stopped; the same survey goes on from here', failed: s.fault }[s.status];
    row.append(make('td', s.model), bar,
      make('td', s.status === 'waiting' ? '' : time(s.seconds) + left(s), { class: 'num' }),
      make('td', told, { class: s.status === 'failed' ? 'bad' : 'says' }), stop);
    table.append(row);
  }
  by('surveys').replaceChildren(...(all.length ? [table] : []));
  const now = all.some((s) => s.status === 'running' || s.status === 'waiting');
  if (running && !now) load();
  running = now;
  if (now) setTimeout(() => ask('surveys').then(drawSurveys, tell), 1000);
}

async function load() {
  try {
    listed = await ask('runs');
    by('where').textContent = listed.folder;
    by('start').hidden = !listed.mayStart;
    const only = by('survey').elements.only;
    if (listed.mayStart && !only.options.length) only.append(...listed.analyses.map((a) => make('option', a)));
    draw();
  } catch (fault) {
    tell(fault);
  }
}

by('filter').value = state.get('q') || '';
by('filter').addEventListener('input', () => {
  remember('q', by('filter').value.trim());
  draw();
});
answers(by('neighbours'), ['word', 'metric', 'k']);
answers(by('analogy'), ['a', 'b', 'c', 'metric']);
by('survey').addEventListener('submit', (e) => {
  e.preventDefault();
  const form = by('survey').elements;
  ask('surveys', { model: form.model.value, only: [...form.only.selectedOptions].map((o) => o.value) })
    .then(() => ask('surveys')).then(drawSurveys, tell);
});
load().then(() => {
  if (listed.mayStart) ask('surveys').then(drawSurveys, tell);
  if (state.has('run') && ['neighbours', 'analogy'].includes(state.get('asked'))) by(state.get('asked')).requestSubmit();
  document.body.dataset.ready = 'true';
});
addEventListener('focus', load);
