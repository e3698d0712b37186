/*
 * A finding of kind histogram: shares of values per bin (edges, series), what chance gives filled grey
 * behind, single values (marks) as lines across.
 */
import { visible } from './text.js';
import { el } from './elements.js';
import { has, fmt, full, unitOf, named } from './numbers.js';
import { extent, niceScale, ticks, tick } from './scales.js';
import { FONT, textWidth, clip } from './theme.js';
import { swatch } from './legend.js';
import { axisStyle, label, baseOption, tooltip, tip } from './chart.js';
import { tickWidth } from './panels.js';

export function histogramChart(chart) {
  const { edges, marks } = chart;
  const { log } = chart.x;
  // A logarithmic axis starts at the first edge above zero.
  const first = log ? edges.findIndex((e) => e > 0) : 0;
  const from = first < 0 ? edges.length - 1 : first;
  const steps = edges.slice(from);
  const standing = marks.filter((m) => !log || m.x > 0);
  const dropped = from + marks.length - standing.length;
  const order = [...chart.series].sort((a, b) => Number(b.expected) - Number(a.expected));
  const found = chart.series.filter((s) => !s.expected);
  const colourOf = (s, theme) => (s.expected ? theme.band : theme.lines[found.indexOf(s) % theme.lines.length]);
  const across = extent([steps, standing.map((m) => m.x)], has) || [0, 1];
  const scale = niceScale(0, Math.max(0, ...chart.series.flatMap((s) => s.shares.slice(from))) || 1, 4);

  function layout(width) {
    const left = Math.ceil(tickWidth(scale)) + 10;
    const inner = width - left - 16;
    const at = log ? Math.log : (v) => v;
    const px = (v) => left + inner * (at(v) - at(across[0])) / (at(across[1]) - at(across[0]) || 1);
    // Names stand over the plot, right of their lines (left where there is no room), each above
    // those whose lines it would cross.
    const names = [];
    for (const m of [...standing].sort((a, b) => b.x - a.x)) {
      const text = clip(m.name, 170, 11.5);
      const wide = textWidth(text, 11.5) + 4;
      const x = px(m.x) + 4 + wide > width ? px(m.x) - wide : px(m.x) + 4;
      const below = names.filter((o) => Math.min(o.x, px(o.mark.x)) < x + wide + 6 && Math.max(o.x + o.wide, px(o.mark.x)) > Math.min(x, px(m.x)) - 6);
      names.push({ mark: m, text, x, wide, up: Math.max(0, ...below.map((o) => o.up + 1)) });
    }
    const rows = Math.max(0, ...names.map((o) => o.up + 1));
    const top = 24 + 15 * rows;
    const height = Math.min(260, Math.max(170, width * 0.3));
    return { left, inner, top, height, names };
  }

  /** The outline of a series: along the tops of its bins, from zero to zero. */
  const outline = (s) => [[steps[0], 0], ...steps.slice(1).flatMap((e, i) =>
    [[steps[i], s.shares[from + i]], [e, s.shares[from + i]]]), [steps[steps.length - 1], 0]];

  function drawSeries(s, theme) {
    const colour = colourOf(s, theme);
    const filled = s.expected || found.length === 1;
    return {
      type: 'custom', name: visible(s.name), z: s.expected ? 1 : 3, clip: true,
      data: steps.slice(1).map((e, i) => [log ? Math.sqrt(steps[i] * e) : (steps[i] + e) / 2, s.shares[from + i]]),
      renderItem: ({ dataIndex }, api) => {
        if (dataIndex > 0) return { type: 'group', children: [] };
        const points = outline(s).map((p) => api.coord(p));
        return { type: 'group', children: [
          ...(filled ? [{ type: 'polygon', shape: { points }, style: { fill: colour, opacity: s.expected ? 1 : 0.3 } }] : []),
          { type: 'polyline', shape: { points }, style: { fill: 'none', stroke: s.expected ? theme.bandEdge : colour, lineWidth: s.expected ? 1 : 1.6 } },
        ] };
      },
    };
  }

  function drawMarks(place, theme) {
    return {
      type: 'custom', silent: true, z: 5, tooltip: { show: false }, data: [[across[0], 0]],
      renderItem: ({ coordSys }, api) => ({ type: 'group', children: place.names.map(({ mark, up }) => {
        const [x] = api.coord([mark.x, 0]);
        return {
          type: 'line', shape: { x1: x, x2: x, y1: coordSys.y - 15 * (up + 1), y2: coordSys.y + coordSys.height },
          style: { stroke: theme.ink, lineWidth: 1.2, lineDash: mark.seed ? [4, 3] : null },
        };
      }) }),
    };
  }

  let pointed = null; // the value under the pointer
  function hover(theme) {
    let bin = steps.findIndex((e, i) => i > 0 && pointed < e) - 1;
    if (bin < -1 || pointed >= steps[steps.length - 1]) bin = steps.length - 2;
    if (bin < 0 || pointed === null) return el('span', {});
    const end = bin === steps.length - 2 ? ']' : ')';
    return tip(`${chart.x.label} in [${full(steps[bin])}, ${full(steps[bin + 1])}${end}${unitOf(chart.x.unit)}`,
      chart.series.map((s) => [s.name, `${full(s.shares[from + bin])} of ${fmt(s.count)}`, s.expected ? theme.expected : colourOf(s, theme)]));
  }

  function option(width, theme) {
    const place = layout(width);
    const style = axisStyle(theme);
    const name = `${visible(named(chart.x))} →`;
    const step = niceScale(across[0], across[1], Math.max(2, place.inner / 80)).interval;
    const ticksAt = (v) => (log ? Math.log10(v) : v / step);
    const round = (v) => Math.abs(ticksAt(v) - Math.round(ticksAt(v))) < 1e-6;
    return {
      ...baseOption(theme),
      grid: { left: place.left, top: place.top, width: place.inner, height: place.height },
      xAxis: {
        ...style, type: log ? 'log' : 'value', min: across[0], max: across[1],
        ...(log ? { logBase: 10 } : { interval: step }),
        // The ends are edges of bins, which need not be round.
        axisLabel: { ...style.axisLabel, formatter: tick, showMinLabel: round(across[0]), showMaxLabel: round(across[1]) },
        axisPointer: { show: true, snap: false, label: { show: false }, lineStyle: { color: theme.faint, type: 'solid' } },
      },
      yAxis: {
        ...style, type: 'value', ...scale, axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { ...style.axisLabel, formatter: ticks(scale) }, splitLine: { ...style.splitLine, show: true },
      },
      series: [...order.map((s) => drawSeries(s, theme)), drawMarks(place, theme)],
      tooltip: { ...tooltip(theme), trigger: 'axis', formatter: () => hover(theme) },
      graphic: [
        label(theme, '↑ share of values in a bin', 0, 3),
        label(theme, name, Math.max(0, place.left + place.inner - textWidth(name)), place.top + place.height + 24),
        ...place.names.map(({ text, x, up }) => label(theme, text, x, place.top - 15 * (up + 1) - 2, { fill: theme.ink, font: `11.5px ${FONT}` })),
      ],
    };
  }

  return {
    height: (width) => layout(width).top + layout(width).height + 46,
    option,
    ready(canvas) {
      canvas.getZr().on('mousemove', (e) => { pointed = canvas.convertFromPixel({ xAxisIndex: 0 }, e.offsetX); });
    },
    legend: (theme) => order.map((s) => [swatch(s.expected ? 'band' : found.length === 1 ? 'bar' : 'line', colourOf(s, theme)), s.name]),
    switches: [],
    data: () => ({
      columns: ['series', 'expected', 'from', 'to', 'share', 'count'],
      rows: [...chart.series.flatMap((s) => s.shares.map((v, i) => [s.name, s.expected, edges[i], edges[i + 1], v, s.count])),
        ...marks.map((m) => [m.name, false, m.x, m.x, null, null])],
    }),
    warning: dropped ? `${dropped} bin${dropped > 1 ? 's or marks' : ' or mark'} at or below zero cannot stand on a logarithmic axis and ${dropped > 1 ? 'are' : 'is'} left out of the picture; the data have ${dropped > 1 ? 'them' : 'it'}.` : null,
    label: `Histogram of ${named(chart.x)} in ${steps.length - 1} bins: ${chart.series.map((s) => s.name).slice(0, 12).join(', ')}`
      + (marks.length ? `; marked: ${marks.slice(0, 12).map((m) => `${m.name} at ${fmt(m.x)}`).join(', ')}` : ''),
  };
}
