/*
 * A finding of kind bars: categories, each with a bar per group, the level that chance gives
 * (groups[].expected) as a line across, the seed's bars hollow.
 */
import { visible } from './text.js';
import { has, fmt, full, unitOf, named } from './numbers.js';
import { extent, niceScale, logScale, ticks } from './scales.js';
import { FONT, textWidth } from './theme.js';
import { swatch } from './legend.js';
import { axisStyle, label, baseOption, tooltip, tip } from './chart.js';

export function barsChart(bars) {
  const groups = bars.groups;
  const { categories } = bars;
  const ok = (v) => has(v) && (!bars.y.log || v > 0);
  const values = groups.flatMap((g) => [...g.values, g.expected]).filter(ok);
  const solid = groups.filter((g) => !g.seed);
  const colourOf = (group, theme) => {
    if (!group.seed) return theme.lines[solid.indexOf(group) % theme.lines.length];
    const twin = solid.findIndex((g) => g.name === group.of);
    return twin < 0 ? theme.soft : theme.lines[twin % theme.lines.length];
  };
  const longest = Math.max(...categories.map((c) => textWidth(visible(c), 11)), 0);
  // Each needs its place.
  const lying = (width) => longest > (width - 110) / Math.max(1, categories.length) - 10;
  const thickness = Math.max(8, Math.min(16, 26 / groups.length + 4));
  const dropped = groups.flatMap((g) => g.values).filter((v) => has(v) && !ok(v)).length;

  function scale() {
    if (!values.length) return niceScale(0, 1, 4);
    const low = Math.min(...values);
    const high = Math.max(...values);
    if (bars.y.log) return logScale(low, high);
    return niceScale(Math.min(0, low), Math.max(0, high), 5);
  }

  function option(width, theme) {
    const flat = lying(width);
    const names = Math.ceil(Math.min(longest + 18, width * 0.4));
    const bounds = scale();
    const style = axisStyle(theme);
    const category = {
      ...style, type: 'category', data: categories.map(visible), inverse: flat,
      axisTick: { show: false },
      axisLabel: { ...style.axisLabel, color: theme.ink, interval: 0, width: names - 12, overflow: flat ? 'truncate' : 'none' },
    };
    const value = {
      ...style, type: bounds.logBase ? 'log' : 'value', ...bounds, axisLine: { show: false }, axisTick: { show: false },
      axisLabel: { ...style.axisLabel, formatter: ticks(bounds) }, splitLine: { ...style.splitLine, show: true },
    };
    const gap = { barGap: '12%', barCategoryGap: '32%' };
    const series = groups.map((g) => {
      const colour = colourOf(g, theme);
      // A bar's length means nothing on a logarithmic axis, which has no zero: dots there.
      if (bars.y.log) {
        return {
          type: 'scatter', name: visible(g.name), symbolSize: 10, z: 3, emphasis: { disabled: true },
          data: g.values.map((v, k) => (flat ? [ok(v) ? v : null, k] : [k, ok(v) ? v : null])),
          itemStyle: g.seed ? { color: theme.paper, borderColor: colour, borderWidth: 1.6 } : { color: colour },
        };
      }
      return {
        type: 'bar', name: visible(g.name), ...gap, barMaxWidth: flat ? thickness : 34, barMinHeight: 1,
        data: g.values.map((v) => (ok(v) ? v : null)),
        itemStyle: g.seed
          ? { color: 'transparent', borderColor: colour, borderWidth: 1.4, borderType: [3, 2] }
          : { color: colour },
        emphasis: { disabled: true }, z: 2,
      };
    });
    // The level that chance gives: one line across where all groups share it, else a mark on each bar.
    const levels = groups.map((g) => g.expected);
    const known = levels.filter(ok);
    const same = known.length > 0 && known.every((v) => v === known[0]);
    const nullWords = same ? `null ${fmt(known[0])}` : '';
    if (known.length) {
      series.push({
        type: 'custom', name: 'null', silent: true, z: 5, clip: false, tooltip: { show: false },
        data: categories.map((_, i) => [i, known[0]]),
        encode: flat ? { x: 1, y: 0 } : { x: 0, y: 1 },
        renderItem: (params, api) => {
          const k = params.dataIndex;
          if (same && k > 0) return { type: 'group', children: [] };
          const area = params.coordSys;
          const band = flat ? Math.abs(api.size([0, 1])[1]) : api.size([1, 0])[0];
          const marks = [];
          const mark = (offset, extent, level) => {
            const [px, py] = api.coord(flat ? [level, k] : [k, level]);
            const shape = flat
              ? { x1: px, x2: px, y1: py + offset, y2: py + offset + extent }
              : { x1: px + offset, x2: px + offset + extent, y1: py, y2: py };
            marks.push(
              { type: 'line', shape, style: { stroke: theme.paper, lineWidth: 4.5 } },
              { type: 'line', shape, style: { stroke: theme.expected, lineWidth: 2 } });
          };
          if (same) {
            // The first category starts half a step inside; from there across the whole plot.
            mark(-band / 2, flat ? area.height : area.width, known[0]);
            const [px, py] = api.coord(flat ? [known[0], 0] : [0, known[0]]);
            marks.push({ type: 'text', style: {
              text: nullWords, x: flat ? px : area.x + area.width + 6, y: flat ? area.y - 3 : py,
              align: flat ? 'center' : 'left', verticalAlign: flat ? 'bottom' : 'middle',
              fill: theme.soft, font: `11px ${FONT}`,
            } });
          } else if (bars.y.log) {
            levels.filter(ok).forEach((level) => mark(-10, 20, level));
          } else {
            const slots = api.barLayout({ count: groups.length, barMaxWidth: flat ? thickness : 34, ...gap });
            levels.forEach((level, g) => {
              if (ok(level)) mark(slots[g].offset - 2, slots[g].width + 4, level);
            });
          }
          return { type: 'group', children: marks };
        },
      });
    }
    const axisName = visible(named(bars.y));
    return {
      ...baseOption(theme),
      grid: flat
        ? { left: names, right: 18, top: same ? 20 : 6, bottom: 40 }
        : { left: 10 + Math.max(...[bounds.min, bounds.max].map((v) => textWidth(ticks(bounds)(v), 11))), right: same ? textWidth(nullWords, 11) + 10 : 8, top: 26, bottom: 24 },
      xAxis: flat ? value : category,
      yAxis: flat ? category : value,
      series,
      tooltip: {
        ...tooltip(theme), trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: theme.ink, opacity: 0.05 } },
        formatter: (params) => {
          const k = params[0].dataIndex;
          return tip(categories[k], groups.flatMap((g) => [
            [g.name, full(g.values[k]) + unitOf(bars.y.unit), colourOf(g, theme), g.seed],
            ...(has(g.expected) ? [['null of ' + g.name, full(g.expected)]] : []),
          ]));
        },
      },
      graphic: [flat
        ? label(theme, `${axisName} →`, width - textWidth(`${axisName} →`) - 18, height(width) - 16)
        : label(theme, `↑ ${axisName}`, 0, 3)],
    };
  }

  const height = (width) => (lying(width)
    ? Math.ceil(categories.length * (groups.length * (thickness * 1.12) + 9) + 62)
    : 270);

  return {
    height,
    option,
    legend(theme) {
      const items = groups.length > 1
        ? groups.map((g) => [swatch(g.seed ? 'hollow-bar' : 'bar', colourOf(g, theme)), g.name]) : [];
      if (new Set(groups.map((g) => g.expected).filter(ok)).size > 1) items.push([swatch('expected', theme.expected), 'null: what chance gives']);
      return items;
    },
    switches: [],
    data: () => ({
      columns: ['category', 'group', 'seed', 'value', 'null'],
      rows: categories.flatMap((c, k) => groups.map((g) => [c, g.name, g.seed, has(g.values[k]) ? g.values[k] : null, has(g.expected) ? g.expected : null])),
    }),
    warning: dropped ? `${dropped} value${dropped > 1 ? 's' : ''} at or below zero cannot stand on a logarithmic axis.` : null,
    label: `Bar chart: ${named(bars.y)} for ${categories.slice(0, 20).join(', ')}; ${groups.map((g) => g.name).join(', ')}`,
  };
}
