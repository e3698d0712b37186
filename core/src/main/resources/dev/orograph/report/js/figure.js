/*
 * A chart on the page: its title with id, tools (SVG, PDF, PNG, CSV), legend, picture, reading, and its data
 * as a table; drawn when it comes into view, and again for another width, theme or paper.
 */
import { fault } from './faults.js';
import { visible, prose } from './text.js';
import { el, anchor } from './elements.js';
import { THEMES, themeName } from './theme.js';
import { csv, save, copyButton } from './save.js';
import { dataTable } from './table.js';
import { legendItems } from './legend.js';
import { exportSvg, exportPdf } from './export.js';
import { paperWords } from './cite.js';

export const drawn = new Set(); // every chart on the page, whether drawn yet or not

// While the page is on its way to paper, widths of the window do not count.
export const printing = { now: false };

const watcher = 'IntersectionObserver' in window
  ? new IntersectionObserver((entries) => {
    for (const e of entries) if (e.isIntersecting) e.target.draw();
  }, { rootMargin: '700px 0px' })
  : null;

export const toolButton = (name, about, act) =>
  el('button', { type: 'button', class: 'quiet', 'aria-label': spoken(name, about), title: visible(about), onclick: act }, name);

/** What a button is called aloud: what it shows is a part of that. */
const spoken = (name, about) => visible(about.toLowerCase().includes(name.toLowerCase()) ? about : `${name}: ${about}`);

/** A chart with its title, tools and data; as one of several it may leave words to what they share. */
export function chartFigure(finding, make, empty, member) {
  if (empty) {
    return el('section', { class: 'finding', id: anchor(finding.id) },
      el('div', { class: 'finding-head' }, el('h3', {}, finding.title, copyButton(finding.id))),
      el('p', { class: 'reading' }, 'There is nothing to draw: no values were found.'));
  }
  const chart = make(finding);
  const canvas = el('div', {
    class: 'canvas', role: chart.own ? 'group' : 'img', 'aria-label': prose(`${finding.title}. ${chart.label}. ${finding.reading || ''}`),
  });
  const legend = el('ul', { class: 'legend' });
  const file = finding.id;
  const tool = (name, about, act) => {
    const b = toolButton(name, about, act);
    b.setAttribute('aria-label', spoken(name, `${about}: ${finding.title}`));
    return b;
  };
  const switches = chart.switches.map((s) => {
    const b = tool(s.name, s.about, () => {
      s.toggle();
      b.setAttribute('aria-pressed', String(b.getAttribute('aria-pressed') !== 'true'));
      state.redraw();
    });
    b.setAttribute('aria-pressed', 'false');
    return b;
  });
  const data = el('details', { class: 'data' }, el('summary', {}, 'Data as a table'));
  data.addEventListener('toggle', () => {
    if (data.open && data.children.length === 1) {
      const { columns, rows } = chart.data();
      data.append(dataTable({ id: file + '.data', columns, rows, about: [], page: 50 }));
    }
  });

  const state = {
    instance: null,
    width: 0,
    draw(width, name) {
      // On paper those that stand beside others stand in pairs.
      const w = Math.floor((member && width ? width / 2 - 12 : width) || canvas.clientWidth);
      const theme = THEMES[name || themeName()];
      if (!w || (!chart.own && typeof echarts === 'undefined')) return;
      const h = chart.height(w);
      canvas.style.height = h + 'px';
      try {
        if (chart.own) {
          state.instance = chart.own;
          chart.own.draw(canvas, w, h, theme);
        } else if (!state.instance) {
          state.instance = echarts.init(canvas, null, { renderer: chart.heavy ? 'canvas' : 'svg', width: w, height: h });
          if (chart.ready) chart.ready(state.instance);
        } else {
          // A tip that is still up would be moved after its own component is gone.
          state.instance.dispatchAction({ type: 'hideTip' });
          state.instance.resize({ width: w, height: h });
        }
        if (!chart.own) state.instance.setOption(chart.option(w, theme), true);
      } catch (e) {
        fault(`${finding.id}: ${e.message}`);
      }
      legend.replaceChildren(...legendItems(!member || member.legend() ? chart.legend(theme, w) : []));
      state.width = w;
    },
    redraw() {
      if (state.instance) state.draw();
    },
    drawn: () => state.instance !== null,
  };
  canvas.draw = () => {
    if (!state.instance) state.draw();
  };
  if (chart.own) chart.own.changed = state.redraw;
  drawn.add(state);

  const boxed = el('p', { class: 'reading', role: 'status' });
  const tellBoxes = (letters) => {
    boxed.textContent = !letters.length ? ''
      : `The saved file shows ${letters.length === 1 ? 'a letter' : letters.length + ' letters'} as a box, having no outlines of them: ${visible(letters.slice(0, 20).join(' '))}`;
  };
  const figure = el('figure', { class: 'finding', id: anchor(finding.id) },
    el('div', { class: 'finding-head' },
      el(member ? 'h4' : 'h3', {}, member ? member.title : finding.title, copyButton(finding.id)),
      el('div', { class: 'tools' }, switches,
        tool('SVG', 'Save the chart as SVG', () => save(file + '.svg', 'image/svg+xml', [exportSvg(chart, member ? 640 : state.width || 900, finding, tellBoxes)])),
        tool('PDF', 'Save the chart as PDF', async () => save(file + '.pdf', 'application/pdf', await exportPdf(chart, member ? 640 : state.width || 900, finding, tellBoxes))),
        chart.own ? tool('PNG', 'Save the picture as PNG', () => chart.own.png((picture) => save(file + '.png', 'image/png', [picture]))) : null,
        tool('CSV', 'Save the data as CSV', () => {
          const { columns, rows } = chart.data();
          save(file + '.csv', 'text/csv', [csv(columns, rows)]);
        }))),
    chart.own ? chart.own.above : null, legend, canvas,
    el('figcaption', {},
      chart.own ? chart.own.below : null,
      finding.reading && (!member || member.reading) ? el('p', { class: 'reading' }, finding.reading) : null,
      chart.warning ? el('p', { class: 'reading' }, chart.warning) : null,
      boxed),
    data, paperWords(finding));

  figure.redraw = state.redraw;
  // The place is kept before the picture is there, so that nothing jumps while reading.
  requestAnimationFrame(() => {
    if (!chart.own && typeof echarts === 'undefined') return;
    if (!state.instance && canvas.clientWidth) canvas.style.height = chart.height(canvas.clientWidth) + 'px';
    if (watcher) watcher.observe(canvas);
    else canvas.draw();
    new ResizeObserver(() => {
      if (printing.now) return;
      if (state.instance && Math.abs(canvas.clientWidth - state.width) > 1) state.draw();
      else if (!state.instance && canvas.clientWidth) canvas.style.height = chart.height(canvas.clientWidth) + 'px';
    }).observe(figure);
  });
  return figure;
}
