/*
 * A finding of kind curve: lines over a common pair of axes (panels[].lines), grey or pale bands for
 * what chance gives (panels[].bands), the seed's lines hollow.
 */
import { visible } from './text.js';
import { el } from './elements.js';
import { has, fmt, full, unitOf, named } from './numbers.js';
import { extent, tick } from './scales.js';
import { textWidth } from './theme.js';
import { swatch, ramp } from './legend.js';
import { axisStyle, label, baseOption, tooltip, tip } from './chart.js';
import { panelScale, panelColumns, panelBoxes, panelGrids, panelValueAxis, panelWords, panelTitled, onPointing, ownScales } from './panels.js';
import { CROWD, lineLooks } from './curve-lines.js';

export function curveChart(curve) {
  const panels = curve.panels;
  const lines = panels.flatMap((p) => p.lines);
  const bands = panels.flatMap((p) => p.bands);
  const usable = (axis) => (v) => has(v) && (!axis.log || v > 0);
  const okX = usable(curve.x);
  const okY = usable(curve.y);
  let shared = curve.apart !== true;

  const { solid, hollow, ramped, most, crowded, colourOf, dashOf } = lineLooks(curve);

  const dropped = lines.reduce((n, l) => n + l.x.filter((x, i) =>
    (has(x) && !okX(x)) || (has(l.y[i]) && !okY(l.y[i]))).length, 0);

  const xs = extent([...lines, ...bands].map((l) => l.x), okX) || [curve.x.log ? 1 : 0, curve.x.log ? 10 : 1];
  // A single place stands in the middle, not on the edge.
  if (xs[0] === xs[1]) {
    const [x] = xs;
    xs[0] = curve.x.log ? x / 2 : x - 1;
    xs[1] = curve.x.log ? x * 2 : x + 1;
  }
  const wholeX = !curve.x.log && [...lines, ...bands].every((l) => l.x.every((v) => !has(v) || Number.isInteger(v)));

  const scaleY = (of) => panelScale(curve.y, extent([...of.flatMap((p) => p.lines).map((l) => l.y),
    ...of.flatMap((p) => p.bands).flatMap((b) => [b.low, b.high])], okY), panels.length);

  function layout(width) {
    const n = panels.length;
    const columns = panelColumns(width, n, width < 560 ? 165 : 205);
    // Names at the ends of lines, where there are few enough to be told apart there.
    const longest = Math.max(0, ...lines.map((l) => textWidth(visible(l.name))));
    const slot = (width - 46) / columns;
    const repeats = solid.length + hollow.length <= 1 && n > 1;
    const direct = !ramped && !repeats && n <= 2 && most <= 7 && most > 0
      && longest < Math.min(190, slot * 0.34);
    const scales = shared ? [scaleY(panels)] : panels.map((p) => scaleY([p]));
    return { ...panelBoxes(width, n, columns, scales, panelTitled(curve), direct ? longest + 12 : 16), direct };
  }

  /** Names beside the ends of a panel's lines, pushed apart where they would collide. */
  function endLabels(panel, box, theme) {
    const { min, max, logBase } = box.scale;
    const y = (v) => {
      const at = logBase ? Math.log(v / min) / Math.log(max / min) : (v - min) / (max - min);
      return box.top + box.height * (1 - at);
    };
    const labels = panel.lines.map((line) => {
      let k = line.y.length - 1;
      while (k >= 0 && !(okX(line.x[k]) && okY(line.y[k]))) k--;
      return k < 0 ? null : { text: visible(line.name), at: y(line.y[k]), colour: colourOf(line, theme) };
    }).filter(Boolean).sort((a, b) => a.at - b.at);
    const apart = 14;
    for (let pass = 0; pass < 60; pass++) {
      for (let i = 1; i < labels.length; i++) {
        const overlap = apart - (labels[i].at - labels[i - 1].at);
        if (overlap > 0) {
          labels[i].at += overlap / 2;
          labels[i - 1].at -= overlap / 2;
        }
      }
    }
    return labels.map((l) => label(theme, l.text, box.left + box.width + 8, l.at - 7, { fill: l.colour }));
  }

  function option(width, theme) {
    const place = layout(width);
    const { boxes, direct } = place;
    const series = [];
    const owner = [];
    panels.forEach((panel, i) => {
      const scale = boxes[i].scale;
      panel.bands.forEach((band) => {
        series.push(bandSeries(band, i, scale, theme));
        owner.push(null);
      });
      panel.lines.forEach((line) => {
        const colour = colourOf(line, theme);
        const points = line.x.map((x, k) => [okX(x) ? x : null, okY(line.y[k]) ? line.y[k] : null]);
        // Marks where there is room between them; the seed's stay hollow, so they stay, smaller.
        const spacing = boxes[i].width / Math.max(1, points.length - 1);
        const marked = line.seed ? spacing > 4 : spacing > 14 && !ramped && !crowded;
        series.push({
          type: 'line', name: visible(line.name), xAxisIndex: i, yAxisIndex: i, data: points,
          showSymbol: marked || points.length === 1, showAllSymbol: true,
          symbol: 'circle', symbolSize: line.seed ? (spacing > 14 ? 6 : 4) : 5,
          itemStyle: line.seed
            ? { color: theme.paper, borderColor: colour, borderWidth: spacing > 14 ? 1.4 : 1 }
            : { color: colour },
          lineStyle: { color: colour, width: line.seed || crowded ? 1.1 : ramped ? 1.3 : 2, type: dashOf(line), opacity: crowded ? Math.max(0.35, 8 / most) : 1 },
          emphasis: { disabled: true },
          sampling: points.length > 3000 ? 'lttb' : undefined,
          z: line.seed ? 4 : 3,
        });
        owner.push({ panel, line, colour });
      });
    });
    const xAxis = panels.map((_, i) => {
      const style = axisStyle(theme);
      const scale = curve.x.log
        ? { type: 'log', logBase: 10, min: xs[0], max: xs[1] }
        : { type: 'value', min: xs[0], max: xs[1],
          splitNumber: Math.max(2, Math.floor(boxes[i].width / 60)), minInterval: wholeX ? 1 : 0,
          ...(xs[0] === 0 && xs[1] === 1 ? { interval: wholeX ? 1 : boxes[i].width > 300 ? 0.2 : 0.5 } : {}) };
      return {
        ...style, ...scale, gridIndex: i,
        axisLabel: { ...style.axisLabel, show: boxes[i].last || !shared, formatter: tick },
        axisLine: { ...style.axisLine, onZero: false },
        axisPointer: { show: true, snap: true, label: { show: false }, lineStyle: { color: theme.faint, type: 'solid' } },
      };
    });
    return {
      ...baseOption(theme),
      grid: panelGrids(boxes),
      xAxis, yAxis: boxes.map((box, i) => panelValueAxis(theme, box, i, shared)), series,
      axisPointer: { link: [{ xAxisIndex: 'all' }], triggerTooltip: true },
      tooltip: { ...tooltip(theme), trigger: 'axis', formatter: (params) => hover(params, owner) },
      graphic: [
        ...panelWords(theme, curve, place, shared),
        ...(direct ? panels.flatMap((p, i) => endLabels(p, boxes[i], theme)) : []),
      ],
    };
  }

  function bandSeries(band, panel, scale, theme) {
    const pieces = [[]];
    band.x.forEach((x, k) => {
      if (okX(x) && has(band.low[k]) && okY(band.high[k])) {
        pieces[pieces.length - 1].push([x, Math.max(band.low[k], scale.logBase ? scale.min : -Infinity), band.high[k]]);
      } else if (pieces[pieces.length - 1].length) {
        pieces.push([]);
      }
    });
    const filled = pieces.filter((p) => p.length);
    const own = has(band.of) ? colourOf({ name: band.of }, theme) : null;
    return {
      type: 'custom', name: visible(band.name), xAxisIndex: panel, yAxisIndex: panel, silent: true, z: 1,
      clip: true, tooltip: { show: false }, data: filled.map((p) => [p[0][0], p[0][1]]),
      renderItem: (params, api) => {
        let piece = filled[params.dataIndex];
        if (piece.length === 1) {
          // A single place has no width of its own: give it some, or the null would not be seen.
          const half = (xs[1] - xs[0] || 1) * 0.02;
          const [x, low, high] = piece[0];
          piece = [[x - half, low, high], [x + half, low, high]];
        }
        return {
          type: 'polygon',
          shape: { points: [
            ...piece.map(([x, , high]) => api.coord([x, high])),
            ...[...piece].reverse().map(([x, low]) => api.coord([x, low])),
          ] },
          style: own
            ? { fill: own, stroke: own, lineWidth: 1, fillOpacity: 0.16, strokeOpacity: 0.45 }
            : { fill: theme.band, stroke: theme.bandEdge, lineWidth: 1 },
        };
      },
    };
  }

  let pointed = null; // the panel under the pointer
  let height = null; // and the value there
  function hover(params, owner) {
    const mine = params.filter((p) => owner[p.seriesIndex]
      && (!pointed || owner[p.seriesIndex].panel === pointed));
    if (!mine.length) return el('span', {});
    const { panel } = owner[mine[0].seriesIndex];
    const x = mine[0].value[0];
    // Of a crowd those nearest to the pointer, and how far the others reach.
    const near = nearest(mine.map((p) => {
      const { line, colour } = owner[p.seriesIndex];
      const y = line.y[line.x.indexOf(p.value[0])];
      return { line, colour, y: has(y) ? y : p.value[1] };
    }));
    const pairs = near.shown.map(({ line, colour, y }) => {
      return [line.name, full(y) + unitOf(curve.y.unit), colour, line.seed];
    });
    if (near.rest) pairs.push([`${near.rest} more`, `${fmt(near.low)} to ${fmt(near.high)} in all`]);
    for (const band of panel.bands) {
      const k = band.x.indexOf(x);
      if (k >= 0 && has(band.low[k])) {
        pairs.push([has(band.of) ? `${band.of}: ${band.name}` : band.name, `${fmt(band.low[k], 6)} to ${fmt(band.high[k], 6)}`, '#9aa3a5', false]);
      }
    }
    const heading = (panels.length > 1 ? panel.title + ' · ' : '') + `${curve.x.label} ${full(x)}${unitOf(curve.x.unit)}`;
    return tip(heading, pairs);
  }

  function nearest(found) {
    if (found.length <= CROWD) return { shown: found };
    const known = found.filter((p) => has(p.y)).sort((a, b) => b.y - a.y);
    const at = curve.y.log ? (v) => Math.log(v) : (v) => v;
    const closest = known.reduce((best, p, i) => (has(height)
      && Math.abs(at(p.y) - at(height)) < Math.abs(at(known[best].y) - at(height)) ? i : best), 0);
    const from = Math.max(0, Math.min(closest - CROWD / 2, known.length - CROWD));
    const shown = known.slice(from, from + CROWD);
    return { shown, rest: known.length - shown.length, low: known.length && known[known.length - 1].y, high: known.length && known[0].y };
  }

  return {
    height: (width) => layout(width).height,
    option,
    direct: (width) => layout(width).direct,
    ready(chart) {
      onPointing(chart, (w) => layout(w).boxes, (at, y) => {
        pointed = at < 0 ? null : panels[at];
        height = at < 0 ? null : chart.convertFromPixel({ yAxisIndex: at }, y);
      });
    },
    legend(theme, width) {
      const items = [];
      if (!layout(width).direct) {
        if (ramped) {
          items.push([ramp(theme), `${solid[0]} to ${solid[solid.length - 1]}`]);
        } else if (solid.length > 1 || hollow.length) {
          solid.forEach((name) => items.push([swatch('line', colourOf({ name }, theme)), name]));
        } else if (panels.length > 1 && solid.length === 1) {
          items.push([swatch('line', colourOf({ name: solid[0] }, theme)), solid[0]]);
        }
        hollow.forEach((line) => items.push([swatch('hollow', colourOf(line, theme)), line.name]));
      }
      [...new Set(bands.map((b) => (has(b.of) ? `pale, in each line's colour: ${b.name}` : b.name)))]
        .forEach((name) => items.push([swatch('band', theme.band), name]));
      return items;
    },
    switches: panels.length > 1 && !curve.apart ? [ownScales(() => { shared = !shared; })] : [],
    data() {
      const rows = [];
      for (const panel of panels) {
        for (const l of panel.lines) {
          l.x.forEach((x, k) => rows.push([panel.title, l.name, l.seed, x, has(l.y[k]) ? l.y[k] : null, null, null]));
        }
        for (const b of panel.bands) {
          b.x.forEach((x, k) => rows.push([panel.title, has(b.of) ? `${b.of}: ${b.name}` : b.name, false, x, null, b.low[k], b.high[k]]));
        }
      }
      return { columns: ['panel', 'series', 'seed', 'x', 'y', 'null_low', 'null_high'], rows };
    },
    warning: dropped ? `${dropped} point${dropped > 1 ? 's' : ''} at or below zero cannot stand on a logarithmic axis and ${dropped > 1 ? 'are' : 'is'} left out of the picture; the data have ${dropped > 1 ? 'them' : 'it'}.` : null,
    label: `Line chart${panels.length > 1 ? ` in ${panels.length} panels (${panels.map((p) => p.title).slice(0, 20).join(', ')})` : ''}: `
      + `${named(curve.y)} against ${named(curve.x)}; lines ${[...solid, ...hollow.map((l) => l.name)].slice(0, 12).join(', ')}`
      + (bands.length ? `; grey: ${[...new Set(bands.map((b) => b.name))].join(', ')}` : ''),
  };
}
