/*
 * A finding of kind heatmap: a matrix of colours (rows, columns, values), around the null (middle)
 * where there is one.
 */
import { visible } from './text.js';
import { has, fmt, full, unitOf, named } from './numbers.js';
import { extent } from './scales.js';
import { FONT, mix, isDark, textWidth } from './theme.js';
import { scaleLegend } from './legend.js';
import { axisStyle, label, baseOption, tooltip, tip, labelStep, isOrdinal } from './chart.js';

/**
 * What colours mean, for one heat map or for several alike: around their null, as far to one side
 * as to the other, where they have one, else from the smallest value to the largest.
 */
export function colourScale(maps) {
  const middle = has(maps[0].middle) ? maps[0].middle : null;
  const range = extent(maps.flatMap((m) => m.values), has);
  let [low, high] = range || [0, 1];
  if (middle !== null) {
    // At least a twentieth of the null, so that noise about it does not fill the scale.
    const reach = Math.max(Math.abs(high - middle), Math.abs(low - middle), Math.abs(middle) / 20) || 1;
    [low, high] = [middle - reach, middle + reach];
  } else if (low === high) {
    high = low + (Math.abs(low) || 1);
  }
  const colours = (theme) => (middle === null ? theme.sequence : theme.diverging);
  return { low, high, middle, colours, colour: (v, theme) => mix(colours(theme), (v - low) / (high - low)) };
}

/**
 * A heat map; family is what it shares with those beside it: their scale of colours, unless each
 * has its own, and how many cells they have together.
 */
export function heatmapChart(map, family) {
  const { columns, rows, values } = map;
  const all = values.flat().filter(has);
  const own = colourScale([map]);
  const scale = () => (family && family.scale) || own;
  const beside = Boolean(family);
  const labelWidth = (labels) => Math.max(0, ...labels.map((l) => textWidth(visible(l), 11)));
  const rowWords = labelWidth(rows);
  const columnWords = labelWidth(columns);
  const left = (width) => Math.ceil(Math.min(rowWords + 14, width * 0.34));

  function layout(width) {
    const from = left(width);
    const room = width - from - 6;
    const square = rows.length === columns.length && rows.length > 2;
    const largest = square ? (beside ? 40 : Math.max(14, Math.min(46, 580 / rows.length))) : 74;
    const cellWidth = Math.min(room / Math.max(1, columns.length), largest);
    // Rows with names need a line of text each; numbers may be thinned out.
    const lowest = rows.length > 60 ? 7 : isOrdinal(map.y) ? 9 : 14;
    const cellHeight = square ? cellWidth : Math.max(lowest, Math.min(26, cellWidth));
    const upright = !isOrdinal(map.x) && columnWords > cellWidth - 6 && columns.length > 1;
    const foot = upright ? Math.min(110, columnWords + 12) : 22;
    return { left: from, top: map.y ? 20 : 4, width: cellWidth * columns.length, height: Math.max(20, cellHeight * rows.length), cellWidth, cellHeight, foot, upright };
  }

  const height = (width) => {
    const l = layout(width);
    return Math.ceil(l.top + l.height + l.foot + (map.x.label ? 20 : 4));
  };

  /** A stroke through every cell without a value: blank, it would look like the null's colour. */
  function strokes(l, theme) {
    const empty = values.flatMap((row, r) => row.flatMap((v, c) => (has(v) ? [] : [[c, r]])));
    return empty.length === 0 ? [] : [{
      type: 'custom', silent: true, z: 3, data: [[0, 0]], tooltip: { show: false },
      renderItem: ({ coordSys }) => {
        const [w, h] = [coordSys.width / columns.length, coordSys.height / rows.length];
        return {
          type: 'path',
          shape: { pathData: empty.map(([c, r]) => `M${coordSys.x + (c + 0.2) * w} ${coordSys.y + (r + 0.8) * h}L${coordSys.x + (c + 0.8) * w} ${coordSys.y + (r + 0.2) * h}`).join('') },
          style: { fill: 'none', stroke: theme.faint, lineWidth: 1 },
        };
      },
    }];
  }

  function option(width, theme) {
    const l = layout(width);
    const style = axisStyle(theme);
    const colours = scale();
    const printed = Math.max(0, ...all.map((v) => textWidth(fmt(v, 2), 10.5))) < l.cellWidth - 4 && l.cellHeight >= 14 && all.length <= 400;
    const data = [];
    values.forEach((row, r) => row.forEach((v, c) => {
      if (!has(v)) return;
      data.push({
        value: [c, r, v],
        label: printed ? { show: true, color: isDark(colours.colour(v, theme)) ? '#ffffff' : '#14181a' } : undefined,
      });
    }));
    const xName = map.x.label ? `${visible(named(map.x))} →` : '';
    return {
      ...baseOption(theme),
      grid: { left: l.left, top: l.top, width: l.width, height: l.height },
      xAxis: {
        ...style, type: 'category', data: columns.map(visible), axisTick: { show: false }, axisLine: { show: false },
        splitArea: { show: false },
        axisLabel: {
          ...style.axisLabel, rotate: l.upright ? 90 : 0, width: l.upright ? 100 : undefined, overflow: l.upright ? 'truncate' : 'none',
          interval: labelStep(map.x, columns, l.cellWidth, l.upright ? 13 : columnWords + 6) - 1,
        },
      },
      yAxis: {
        ...style, type: 'category', data: rows.map(visible), inverse: true, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { ...style.axisLabel, width: l.left - 10, overflow: 'truncate', interval: labelStep(map.y, rows, l.cellHeight, 12) - 1 },
      },
      visualMap: { show: false, type: 'continuous', seriesIndex: 0, min: colours.low, max: colours.high, inRange: { color: colours.colours(theme) } },
      series: [{
        type: 'heatmap', data, progressive: 0,
        label: { show: false, fontSize: 10.5, fontFamily: FONT, formatter: (p) => fmt(p.value[2], 2) },
        itemStyle: { borderColor: theme.paper, borderWidth: l.cellWidth > 9 && l.cellHeight > 9 ? 1 : 0 },
        emphasis: { itemStyle: { borderColor: theme.ink, borderWidth: 1.5 } },
      }, ...strokes(l, theme)],
      tooltip: {
        ...tooltip(theme), trigger: 'item',
        formatter: (p) => tip(`${map.y ? map.y.label + ' ' : ''}${rows[p.value[1]]} · ${map.x.label ? map.x.label + ' ' : ''}${columns[p.value[0]]}`,
          [[map.value.label, full(p.value[2]) + unitOf(map.value.unit)],
            ...(colours.middle === null ? [] : [['null', full(colours.middle)]])]),
      },
      graphic: [
        ...(map.y ? [label(theme, `↓ ${visible(named(map.y))}`, 0, 1)] : []),
        ...(xName ? [label(theme, xName, Math.max(l.left, l.left + l.width - textWidth(xName)), l.top + l.height + l.foot)] : []),
      ],
    };
  }

  return {
    height,
    option,
    legend: (theme) => scaleLegend(scale(), [map], theme),
    switches: [],
    heavy: (family ? family.cells : all.length) > 6000,
    data: () => ({
      columns: ['row', 'column', 'value'],
      rows: rows.flatMap((r, i) => columns.map((c, j) => [r, c, has(values[i][j]) ? values[i][j] : null])),
    }),
    warning: null,
    label: `Heat map of ${named(map.value)}: ${rows.length} rows by ${columns.length} columns`
      + (own.middle === null ? '' : `, coloured around the null ${fmt(own.middle)}`)
      + (all.length < rows.length * columns.length ? `; ${rows.length * columns.length - all.length} of ${rows.length * columns.length} cells have no value and are struck through` : ''),
  };
}
