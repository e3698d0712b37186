/*
 * A finding of kind boxes: box plots in panels (panels[].boxes), the level under the null
 * (expected) as a grey line.
 */
import { visible } from './text.js';
import { el } from './elements.js';
import { has, fmt, full, unitOf, named } from './numbers.js';
import { extent } from './scales.js';
import { mix, textWidth } from './theme.js';
import { swatch } from './legend.js';
import { axisStyle, baseOption, tooltip, tip, labelStep, isOrdinal } from './chart.js';
import { panelScale, panelColumns, panelBoxes, panelGrids, panelValueAxis, panelWords, panelTitled, onPointing, ownScales } from './panels.js';

export function boxesChart(chart) {
  const { panels } = chart;
  const FIVE = ['min', 'q1', 'median', 'q3', 'max'];
  const expected = has(chart.expected) ? chart.expected : null;
  const ok = (v) => has(v) && (!chart.y.log || v > 0);
  const drawable = (b) => FIVE.every((k) => ok(b[k]));
  const every = panels.flatMap((p) => p.boxes);
  const dropped = every.filter((b) => !drawable(b)).length;
  // The same label stands at the same place in every panel.
  const labels = [...new Set(every.map((b) => b.label))];
  if (isOrdinal(chart.x)) labels.sort((a, b) => a - b);
  const longest = Math.max(0, ...labels.map((l) => textWidth(visible(l), 11)));
  let shared = true;

  const scaleY = (of) => panelScale(chart.y, extent([[expected],
    ...of.flatMap((p) => p.boxes).filter(drawable).map((b) => [b.min, b.max])], ok), panels.length);

  function layout(width) {
    // A box needs some six pixels of its own to show its middle.
    const columns = panelColumns(width, panels.length, Math.max(width < 560 ? 165 : 205, 46 + 6 * labels.length));
    return panelBoxes(width, panels.length, columns, shared ? [scaleY(panels)] : panels.map((p) => scaleY([p])), panelTitled(chart), 16);
  }

  /** One box: a line from end to end, the middle half filled, the median across, the mean a dot. */
  function drawBox(api, slot, theme) {
    const at = (k) => api.coord([api.value(0), api.value(k)]);
    const [x, low] = at(1);
    const [q1, median, q3, high] = [2, 3, 4, 5].map((k) => at(k)[1]);
    const half = Math.max(1, Math.min(16, slot * 0.36));
    const colour = theme.lines[0];
    const line = (x1, y1, x2, y2, lineWidth) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth } });
    const mean = api.value(6);
    return { type: 'group', children: [
      line(x, low, x, high, 1),
      ...(slot > 14 ? [line(x - half / 2, low, x + half / 2, low, 1), line(x - half / 2, high, x + half / 2, high, 1)] : []),
      {
        type: 'rect', shape: { x: x - half, y: q3, width: 2 * half, height: Math.max(0.5, q1 - q3) },
        style: { fill: mix([theme.paper, colour], 0.45), stroke: colour, lineWidth: slot > 10 ? 1 : 0.5 },
      },
      line(x - half - 0.5, median, x + half + 0.5, median, 2),
      ...(ok(mean) && slot > 16 ? [{
        type: 'circle', shape: { cx: x, cy: at(6)[1], r: 2.5 }, style: { fill: theme.paper, stroke: theme.ink, lineWidth: 1 },
      }] : []),
    ] };
  }

  function option(width, theme) {
    const place = layout(width);
    const { boxes } = place;
    const style = axisStyle(theme);
    const slot = boxes[0].width / labels.length;
    const words = isOrdinal(chart.x) ? longest + 10 : Math.min(longest + 10, Math.max(44, slot));
    const series = panels.flatMap((panel, i) => [
      {
        type: 'custom', name: visible(panel.title), xAxisIndex: i, yAxisIndex: i, z: 3, clip: true,
        data: panel.boxes.filter(drawable).map((b) => [labels.indexOf(b.label), ...FIVE.map((k) => b[k]), has(b.mean) ? b.mean : '-']),
        encode: { x: 0, y: [1, 2, 3, 4, 5] },
        renderItem: (params, api) => drawBox(api, slot, theme),
      },
      ...(ok(expected) ? [{
        type: 'custom', xAxisIndex: i, yAxisIndex: i, z: 2, silent: true, tooltip: { show: false }, data: [[0, expected]],
        renderItem: ({ coordSys }, api) => {
          const y = api.coord([0, expected])[1];
          return { type: 'line', shape: { x1: coordSys.x, x2: coordSys.x + coordSys.width, y1: y, y2: y }, style: { stroke: theme.expected, lineWidth: 2 } };
        },
      }] : []),
    ]);
    return {
      ...baseOption(theme),
      grid: panelGrids(boxes),
      xAxis: boxes.map((box, i) => ({
        ...style, type: 'category', data: labels.map(visible), gridIndex: i, boundaryGap: true,
        axisTick: { show: false }, axisLine: { ...style.axisLine, onZero: false },
        axisLabel: {
          ...style.axisLabel, show: box.last || !shared, interval: labelStep(chart.x, labels, slot, words) - 1,
          ...(isOrdinal(chart.x) ? {} : { width: words - 8, overflow: 'truncate' }),
        },
      })),
      yAxis: boxes.map((box, i) => panelValueAxis(theme, box, i, shared)),
      series,
      tooltip: {
        ...tooltip(theme), trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: theme.ink, opacity: 0.06 } },
        formatter: (params) => hover([params].flat(), theme),
      },
      graphic: panelWords(theme, chart, place, shared),
    };
  }

  let pointed = -1;
  function hover([first], theme) {
    const panel = panels[pointed];
    const name = first && labels[first.value[0]];
    const box = panel && panel.boxes.find((b) => b.label === name);
    if (!box) return el('span', {});
    const exact = (v) => full(v) + unitOf(chart.y.unit);
    return tip((panelTitled(chart) ? panel.title + ' · ' : '') + `${chart.x.label} ${name}`, [
      ['largest', exact(box.max)], ['upper quartile', exact(box.q3)], ['median', exact(box.median), theme.lines[0]],
      ['lower quartile', exact(box.q1)], ['smallest', exact(box.min)],
      ...(has(box.mean) ? [['mean', exact(box.mean), theme.ink, true]] : []),
      ['values', full(box.count)],
      ...(expected === null ? [] : [['null', exact(expected), theme.expected]]),
    ]);
  }

  return {
    height: (width) => layout(width).height,
    option,
    ready(canvas) {
      onPointing(canvas, (w) => layout(w).boxes, (at) => { pointed = at; });
    },
    legend: (theme, width) => [
      [swatch('box', theme.lines[0]), 'smallest to largest, middle half, median'],
      ...(every.some((b) => has(b.mean)) && layout(width).boxes[0].width / labels.length > 16 ? [[swatch('dot', theme.ink), 'mean']] : []),
      ...(expected === null ? [] : [[swatch('expected', theme.expected), `null ${fmt(expected)}`]]),
    ],
    switches: panels.length > 1 ? [ownScales(() => { shared = !shared; })] : [],
    data: () => ({
      columns: ['panel', 'x', 'count', ...FIVE, 'mean', 'null'],
      rows: panels.flatMap((p) => p.boxes.map((b) => [p.title, b.label, b.count, ...FIVE.map((k) => b[k]), has(b.mean) ? b.mean : null, expected])),
    }),
    warning: dropped ? `${dropped} box${dropped > 1 ? 'es that reach' : ' that reaches'} zero or below cannot stand on a logarithmic axis and ${dropped > 1 ? 'are' : 'is'} left out of the picture; the data have ${dropped > 1 ? 'them' : 'it'}.` : null,
    label: `Box plots${panels.length > 1 ? ` in ${panels.length} panels (${panels.map((p) => p.title).slice(0, 20).join(', ')})` : ''}: `
      + `${named(chart.y)} for ${labels.length === 1 ? labels[0] : `${labels.length} places along ${named(chart.x)}`}`
      + (expected === null ? '' : `; grey: the null ${fmt(expected)}`),
  };
}
