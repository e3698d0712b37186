/*
 * A chart as a file for a paper: SVG or PDF, with text as outlines.
 */
import { visible } from './text.js';
import { svg } from './elements.js';
import { THEMES, FONT, textWidth } from './theme.js';
import { captionOf } from './cite.js';
import { shapesOf } from './picture.js';
import { svgFile } from './write-svg.js';
import { pdfFile } from './write-pdf.js';

function drawnSvg(option, width, height) {
  const holder = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  holder.setOption(option);
  const picture = holder.renderToSVGString();
  holder.dispose();
  return picture;
}

/** A chart for a paper: light whatever the screen is, on white, with its legend in words. */
function pictureOf(chart, width, finding) {
  const theme = THEMES.light;
  const items = chart.legend(theme, width);
  // As many rows as the words need.
  const places = [];
  let [x, row] = [0, 0];
  for (const [mark, text] of items) {
    const wide = Number(mark.getAttribute('width')) + 22 + textWidth(visible(text));
    if (x > 0 && x + wide > width + 16) [x, row] = [0, row + 1];
    places.push({ x, row });
    x += wide;
  }
  const head = 30 + (items.length ? 22 + 20 * row : 0);
  const height = chart.height(width);
  const inner = chart.own ? chart.own.svg(width, theme) : drawnSvg(chart.option(width, theme), width, height);
  const outer = svg('svg', { width, height: height + head, viewBox: `0 0 ${width} ${height + head}`, 'font-family': FONT });
  outer.append(svg('rect', { width, height: height + head, fill: '#ffffff' }));
  outer.append(svg('text', { x: 0, y: 17, 'font-size': 15, 'font-weight': 600, fill: theme.ink }, finding.title));
  for (const [i, [mark, text]] of items.entries()) {
    const wide = Number(mark.getAttribute('width'));
    const g = svg('g', { transform: `translate(${places[i].x} ${29 + 20 * places[i].row})` });
    g.append(...mark.childNodes);
    g.append(svg('text', { x: wide + 6, y: 10, 'font-size': 12, fill: theme.soft }, text));
    outer.append(g);
  }
  // Joined as text: what a chart drew is text already.
  return shapesOf(new XMLSerializer().serializeToString(outer).replace(/var\(--paper\)/g, '#ffffff')
    .replace(/<\/svg>$/, () => inner.replace('<svg ', `<svg y="${head}" `) + '</svg>'));
}

/**
 * A chart as a file of that kind.
 * @param boxes is told the letters that have no outlines and are boxes in the file
 */
const written = (write, chart, width, finding, boxes) => {
  const picture = pictureOf(chart, width, finding);
  boxes(picture.boxes);
  return write(picture, finding.title, captionOf(finding));
};
export const exportSvg = (...of) => written(svgFile, ...of);
export const exportPdf = (...of) => written(pdfFile, ...of);
