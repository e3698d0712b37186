/*
 * Small multiples: the panels of curves and boxes on one value axis, or each on its own.
 */
import { visible } from './text.js';
import { named } from './numbers.js';
import { niceScale, logScale, tightLogScale, ticks } from './scales.js';
import { FONT, textWidth, clip } from './theme.js';
import { axisStyle, label } from './chart.js';

/** The value axis of panels for a range of values, or for none. */
export function panelScale(axis, range, panels) {
  if (!range) return axis.log ? logScale(1, 10) : niceScale(0, 1, 4);
  if (axis.log) return tightLogScale(...range);
  const [low, high] = range;
  // A scale that nearly reaches zero may as well show it.
  return niceScale(low > 0 && low < 0.25 * high ? 0 : low, high, panels > 1 ? 3 : 5);
}

/** How wide the numbers along a value axis are. */
export function tickWidth(s) {
  const power = (v) => Math.log(v) / Math.log(s.logBase);
  const shown = s.logBase
    ? Array.from({ length: Math.floor(power(s.max) + 1e-9) - Math.ceil(power(s.min) - 1e-9) + 1 },
      (_, i) => s.logBase ** (Math.ceil(power(s.min) - 1e-9) + i))
    : Array.from({ length: Math.round((s.max - s.min) / s.interval) + 1 }, (_, i) => s.min + i * s.interval);
  return Math.max(8, ...shown.map((v) => textWidth(ticks(s)(v), 11)));
}

/** How many panels stand in a row, each at least that wide. */
export function panelColumns(width, n, least) {
  const most = n === 1 ? 1 : Math.max(1, Math.min(5, Math.floor(width / least)));
  return Math.ceil(n / Math.ceil(n / most));
}

/** Where n panels stand; scales is one for all or one for each, end the room right of each. */
export function panelBoxes(width, n, columns, scales, titled, end) {
  const common = scales.length === 1 && n > 1 ? scales[0] : null;
  const axis = Math.ceil(Math.max(...scales.map(tickWidth))) + 10;
  const gap = 12;
  const left = common ? axis : 0;
  const cell = (width - left + gap) / columns;
  const inner = cell - gap - end - (common ? 0 : axis);
  const plot = n === 1 ? Math.min(300, Math.max(200, width * 0.36)) : Math.min(170, Math.max(112, inner * 0.66));
  const rowHeight = plot + (titled ? 22 : 4) + (common ? 16 : 26);
  const top = 22;
  const boxes = Array.from({ length: n }, (_, i) => ({
    left: left + (i % columns) * cell + (common ? 0 : axis),
    top: top + Math.floor(i / columns) * rowHeight + (titled ? 22 : 4),
    width: inner,
    height: plot,
    first: i % columns === 0,
    last: i + columns >= n,
    scale: common || scales[i],
  }));
  return { boxes, titled, height: Math.ceil(top + Math.ceil(n / columns) * rowHeight + 26) };
}

export const panelGrids = (boxes) => boxes.map(({ left, top, width, height }) => ({ left, top, width, height }));

export function panelValueAxis(theme, box, i, shared) {
  const style = axisStyle(theme);
  const { tight, ...scale } = box.scale;
  return {
    ...style, gridIndex: i, type: scale.logBase ? 'log' : 'value', ...scale,
    axisLine: { show: false }, axisTick: { show: false },
    axisLabel: {
      ...style.axisLabel, show: !shared || box.first, formatter: ticks(scale),
      showMinLabel: !tight, showMaxLabel: !tight,
    },
    splitLine: { ...style.splitLine, show: true },
  };
}

/** The names of the axes, once, and the title over each panel. */
export function panelWords(theme, { x, y, panels }, { boxes, titled }, shared) {
  const lastBox = boxes[boxes.length - 1];
  const xName = `${visible(named(x))} →`;
  return [
    label(theme, `↑ ${visible(named(y))}${shared || panels.length < 2 ? '' : ' (each panel its own scale)'}`, 0, 3),
    label(theme, xName, Math.max(0, lastBox.left + lastBox.width - textWidth(xName)), lastBox.top + lastBox.height + 22),
    ...(titled ? panels.map((p, i) => label(theme, clip(p.title, boxes[i].width, 12.5), boxes[i].left, boxes[i].top - 19,
      { fill: theme.ink, font: `600 12.5px ${FONT}` })) : []),
  ];
}

export const panelTitled = ({ panels, title }) => panels.length > 1 || Boolean(panels[0].title && panels[0].title !== title);

/** Tells which panel the pointer is over and how high: linked axes report all of them. */
export function onPointing(chart, boxesAt, tell) {
  chart.getZr().on('mousemove', (e) => {
    tell(boxesAt(chart.getWidth()).findIndex((b) => e.offsetX >= b.left - 8 && e.offsetX <= b.left + b.width + 8
      && e.offsetY >= b.top - 8 && e.offsetY <= b.top + b.height + 8), e.offsetY);
  });
}

export const ownScales = (toggle) => ({ name: 'Own scales', about: 'Give each panel its own vertical scale', toggle });
