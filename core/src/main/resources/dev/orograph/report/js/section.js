/*
 * A section: one paragraph and one picture; then, folded, its other charts, its figures and tables, and
 * the method. Notes stay in sight.
 */
import { fault } from './faults.js';
import { el, sectionId } from './elements.js';
import { tableFinding } from './table.js';
import { curveChart } from './curve.js';
import { barsChart } from './bars.js';
import { boxesChart } from './boxes.js';
import { histogramChart } from './histogram.js';
import { heatmapChart } from './heatmap.js';
import { scatterChart } from './scatter.js';
import { chartFigure } from './figure.js';
import { linkedTo, scattersFigure } from './scatters.js';
import { together, mapsFigure } from './heatmaps.js';
import { scalarTable } from './scalars.js';
import { noteFinding } from './note.js';
import { folded } from './folded.js';

const drawableMap = (f) => f.kind === 'heatmap' && f.rows.length > 0 && f.columns.length > 0;

/** Findings as they are shown, with heat maps and scatters of one group that follow each other put together. */
function findingsOf(findings) {
  const shown = [];
  for (let i = 0; i < findings.length; i++) {
    const first = findings[i];
    const joins = (f) => (drawableMap(f) ? together(first, f) : linkedTo(first, f));
    let end = i;
    while (end < findings.length && joins(findings[end])) end++;
    if (end - i > 1) {
      const make = first.kind === 'scatter' ? scattersFigure : mapsFigure;
      shown.push(guarded(first, () => make(findings.slice(i, end))));
      i = end - 1;
    } else {
      shown.push(guarded(findings[i], () => findingOf(findings[i])));
    }
  }
  return shown;
}

function guarded(f, show) {
  try {
    return show();
  } catch (e) {
    fault(`${f.id}: ${e.message}`);
    return el('p', { class: 'notice' }, `${f.title} could not be drawn (${e.message}); its data are in results.json.`);
  }
}

function findingOf(f) {
  switch (f.kind) {
    case 'table': return tableFinding(f);
    case 'curve': return chartFigure(f, curveChart, !f.panels.some((p) => p.lines.length || p.bands.length));
    case 'bars': return chartFigure(f, barsChart, !f.categories.length || !f.groups.length);
    case 'boxes': return chartFigure(f, boxesChart, !f.panels.some((p) => p.boxes.length));
    case 'heatmap': return chartFigure(f, heatmapChart, !drawableMap(f));
    case 'histogram': return chartFigure(f, histogramChart, f.edges.length < 2 || !f.series.length);
    case 'scatter': return chartFigure(f, scatterChart, !f.ids.length);
    case 'note': return noteFinding(f);
    default: return el('p', { class: 'notice' }, `${f.title}: a kind of finding that this report does not know (${f.kind}); it is in results.json.`);
  }
}

export function sectionOf(s) {
  const scalars = s.findings.filter((f) => f.kind === 'scalar');
  const notes = s.findings.filter((f) => f.kind === 'note');
  const tables = s.findings.filter((f) => f.kind === 'table');
  const charts = findingsOf(s.findings.filter((f) => !['scalar', 'note', 'table'].includes(f.kind)));
  const count = (n, one) => (n === 0 ? null : `${n} ${one}${n > 1 ? 's' : ''}`);
  const about = [['Method', s.method], ['Source', s.source], ['What this does not show', s.limits]].filter(([, text]) => text);
  return el('section', { class: 'section', id: sectionId(s.id), 'aria-labelledby': 'h-' + sectionId(s.id) },
    el('h2', { id: 'h-' + sectionId(s.id) }, s.title),
    s.summary ? el('p', { class: 'summary' }, s.summary) : null,
    charts.slice(0, 1),
    findingsOf(notes),
    charts.length > 1 ? folded(`${count(charts.length - 1, 'more chart')}`, ...charts.slice(1)) : null,
    scalars.length + tables.length > 0
      ? folded([count(scalars.length, 'figure'), count(tables.length, 'table')].filter(Boolean).join(' and '),
        scalars.length ? el('div', { class: 'finding' }, scalarTable(scalars, s)) : null, ...findingsOf(tables))
      : null,
    about.length
      ? folded('Method, source and limits', el('dl', { class: 'about' },
        about.map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', {}, text)))))
      : null);
}
