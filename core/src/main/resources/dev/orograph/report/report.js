'use strict';
/*
 * The report's program: takes the JSON in #data and builds the page.
 *
 * Three rules hold everywhere. Text from the data reaches the page only through text nodes or
 * textContent (el() and visible()), never through HTML. Nothing is fetched or stored. One finding
 * that cannot be drawn says so in its place and leaves the others alone.
 */
(() => {
  /* ------------------------------------------------------------------ faults */

  // Faults are kept where a test, or a curious reader, finds them.
  const faults = [];
  function fault(what) {
    faults.push(String(what));
    if (document.body) document.body.dataset.errors = faults.join(' | ');
  }
  addEventListener('error', (e) => fault(e.message));
  addEventListener('unhandledrejection', (e) => fault(e.reason));
  document.addEventListener('securitypolicyviolation', (e) =>
    fault(`policy: ${e.violatedDirective} ${e.blockedURI}`));

  const { results, run, files } = JSON.parse(document.getElementById('data').textContent);

  /* ------------------------------------------------------------------ text and elements */

  // Characters that act instead of showing (terminal escapes, bidirectional overrides, zero-width
  // marks) are spelled out, as in the CSV files.
  const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
  const hex = (c) => Array.from({ length: c.length }, (_, i) =>
    '\\u' + c.charCodeAt(i).toString(16).padStart(4, '0')).join('');
  const visible = (text) => String(text).replace(HIDDEN, (c) =>
    ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[c] || hex(c));
  // Prose keeps its paragraphs.
  const prose = (text) => String(text).split('\n').map(visible).join('\n');

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? '' : value);
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined) {
        node.append(child instanceof Node ? child : document.createTextNode(prose(child)));
      }
    }
    return node;
  }

  function svg(tag, attributes, ...children) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    for (const child of children) {
      node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
    }
    return node;
  }

  const anchor = (id) => 'f-' + String(id).replace(/[^\w.-]/g, '_');

  /* ------------------------------------------------------------------ numbers */

  const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const superscript = (n) => String(n).replace('-', '⁻').replace(/\d/g, (d) => SUPERSCRIPT[d]);
  const minus = (s) => s.replace('-', '−');
  const grouped = (s) => s.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const has = (v) => v !== null && v !== undefined;

  function scientific(v, digits) {
    const [m, e] = v.toExponential(digits - 1).split('e');
    const short = Number(`${m}e${e}`) === v ? m.replace(/\.?0+$/, '') : m;
    const mantissa = short === '1' ? '' : short === '-1' ? '-' : `${short} × `;
    return minus(`${mantissa}10`) + superscript(Number(e));
  }

  /** The digits a reader needs: four significant ones, or fewer where the number is exact. */
  function fmt(v, digits = 4) {
    if (!has(v)) return '–';
    if (typeof v !== 'number') return visible(v);
    if (v === 0) return '0';
    const size = Math.abs(v);
    if (Number.isInteger(v) && size < 1e15) return minus(grouped(String(v)));
    if (size >= 1e6 || size < 1e-4) return scientific(v, digits);
    if (size >= 10 ** (digits - 1)) return minus(grouped(String(Math.round(v))));
    const rounded = v.toPrecision(digits);
    const exact = String(v);
    return minus(exact.length < rounded.length ? exact : rounded);
  }

  /** A mean with as many decimals as its standard deviation has meaning: 3.000 ± 0.038. */
  function plusMinus(mean, sd) {
    if (!has(sd)) return fmt(mean);
    const decimals = sd > 0 ? Math.max(0, 1 - Math.floor(Math.log10(sd))) : 9;
    return Math.abs(mean) < 1e6 && decimals < 9
      ? `${minus(mean.toFixed(decimals).replace(/^-?\d+/, grouped))} ± ${fmt(sd, 2)}` : `${fmt(mean)} ± ${fmt(sd, 2)}`;
  }
  const full = (v) => (has(v) ? (typeof v === 'number' ? minus(String(v)) : visible(v)) : 'no value');
  const unitOf = (unit) => (!unit || unit === '1' ? '' : ' ' + unit);
  const named = (axis) => axis.label + (unitOf(axis.unit) ? ` (${axis.unit})` : '');
  const fmtZ = (z) => (Math.abs(z) > 1000
    ? `beyond ${z < 0 ? '−' : ''}1000`
    : (z > 0 ? '+' : '') + fmt(Number(z.toPrecision(3)), 3));
  const fmtP = (p) => (p < 0.0001 ? fmt(p, 2) : String(Number(p.toPrecision(2))));

  function duration(seconds) {
    if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < 90) return `${Number(seconds.toPrecision(3))} s`;
    const minutes = Math.floor(seconds / 60);
    return minutes < 90
      ? `${minutes} min ${Math.round(seconds % 60)} s`
      : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }

  /** Round ticks that cover [low, high]. */
  function niceScale(low, high, count) {
    if (low === high) {
      const pad = Math.abs(low) * 0.1 || 1;
      low -= pad;
      high += pad;
    }
    const raw = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999) * power;
    const tidy = (v) => Number(v.toPrecision(12));
    return {
      min: tidy(Math.floor(low / step + 1e-9) * step),
      max: tidy(Math.ceil(high / step - 1e-9) * step),
      interval: tidy(step),
    };
  }

  /** Bounds of a logarithmic axis; base 2 where decades would leave fewer than two ticks. */
  function logScale(low, high) {
    const base = Math.floor(Math.log10(high * 1.1)) - Math.ceil(Math.log10(low / 1.1)) < 1 ? 2 : 10;
    const at = (v) => Math.log(v) / Math.log(base);
    const lower = Math.floor(at(low) + 1e-9);
    const upper = Math.max(lower + 1, Math.ceil(at(high) - 1e-9));
    return { min: base ** lower, max: base ** upper, logBase: base };
  }

  /** The same for lines, which need not end at a tick: the ends carry no number then. */
  function tightLogScale(low, high) {
    const whole = logScale(low, high);
    return { ...whole, min: Math.max(whole.min, low / 1.3), max: Math.min(whole.max, high * 1.3), tight: true };
  }

  /** How an axis writes its ticks: all with the same decimals. */
  function ticks({ min, max, interval, logBase }) {
    if (logBase || !interval || Math.max(Math.abs(min), Math.abs(max)) >= 1e6 || interval < 1e-4) {
      return (v) => (Math.abs(v) >= 1e6 ? scientific(Number(v.toPrecision(6)), 4) : fmt(Number(v.toPrecision(6))));
    }
    let decimals = Math.max(0, -Math.floor(Math.log10(interval) + 1e-9));
    if (Math.abs(interval * 10 ** decimals - Math.round(interval * 10 ** decimals)) > 1e-6) decimals++;
    return (v) => minus(v.toFixed(decimals).replace(/^-?\d+/, grouped));
  }
  const tick = ticks({});

  /* ------------------------------------------------------------------ saving */

  // Text that a spreadsheet would run as a formula gets an apostrophe, numbers never.
  function csvCell(v) {
    if (!has(v)) return '';
    if (typeof v !== 'string') return String(v);
    let shown = visible(v);
    if (/^[=+\-@\t\r＝＋－＠]/.test(v)) shown = "'" + shown;
    return /[",]|^\s|\s$/.test(shown) ? `"${shown.replace(/"/g, '""')}"` : shown;
  }

  const csv = (columns, rows) => [columns, ...rows].map((r) => r.map(csvCell).join(',')).join('\r\n') + '\r\n';

  function save(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = el('a', { href: url, download: name.replace(/[^\w.-]/g, '_') });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  function copyButton(id) {
    const button = el('button', {
      type: 'button', class: 'id', title: 'Copy this id', 'aria-label': `Copy the id ${visible(id)}`,
    }, id);
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(id);
      } catch {
        // Clipboard access may be refused for local files; selecting it is the next best thing.
        getSelection().selectAllChildren(button);
        document.execCommand('copy');
      }
      button.textContent = 'copied';
      button.classList.add('copied');
      setTimeout(() => {
        button.textContent = visible(id);
        button.classList.remove('copied');
      }, 1200);
    });
    return button;
  }

  /* ------------------------------------------------------------------ colours */

  // Okabe and Ito's palette with its yellow, unreadable on paper, replaced; two more from Tol.
  const THEMES = {
    light: {
      paper: '#fdfdfb', ink: '#1b2124', soft: '#545d61', faint: '#727a7d', rule: '#d3d7d2',
      hair: '#eceeea', band: '#d5d9d6', bandEdge: '#bcc2bf', expected: '#80888a',
      lines: ['#0072b2', '#d55e00', '#009e73', '#c4609b', '#b98200', '#4aa3d9', '#882255', '#7a7a1f'],
      sequence: ['#eff3e6', '#c5dfc6', '#86bfae', '#4596a5', '#27658c', '#1d3764'],
      diverging: ['#174a86', '#5f97c9', '#b9d2e6', '#edebe4', '#f0cda8', '#d98a48', '#8f4204'],
      ramp: ['#9cc9b8', '#4596a5', '#27658c', '#1d2f5c'],
    },
    dark: {
      paper: '#14181a', ink: '#e6e8e4', soft: '#aab2b3', faint: '#8b9496', rule: '#3a4347',
      hair: '#252b2e', band: '#363f43', bandEdge: '#4d585c', expected: '#99a2a4',
      lines: ['#56b4e9', '#f08040', '#2cc295', '#e39ac4', '#edb93c', '#a9d8f5', '#cf8fb0', '#c9c760'],
      sequence: ['#1e2629', '#234257', '#2a6a86', '#3f9a9b', '#8fcb9c', '#eef3b6'],
      diverging: ['#8cc6fa', '#4a8ac0', '#2c4e6b', '#262c2f', '#6b4a2c', '#c27c3c', '#ffbe7d'],
      ramp: ['#2f5f74', '#3f9a9b', '#8fcb9c', '#eef3b6'],
    },
  };
  // Single quotes: ECharts writes the name into an attribute of the exported SVG as it is.
  const FONT = (getComputedStyle(document.documentElement).getPropertyValue('--sans').trim() || 'sans-serif')
    .replace(/"/g, "'");

  function mix(colours, t) {
    const at = Math.min(Math.max(t, 0), 1) * (colours.length - 1);
    const i = Math.min(Math.floor(at), colours.length - 2);
    const channel = (hexColour, k) => parseInt(hexColour.slice(1 + 2 * k, 3 + 2 * k), 16);
    const rgb = [0, 1, 2].map((k) => Math.round(
      channel(colours[i], k) + (at - i) * (channel(colours[i + 1], k) - channel(colours[i], k))));
    return '#' + rgb.map((c) => c.toString(16).padStart(2, '0')).join('');
  }

  const isDark = (colour) => [1, 3, 5]
    .map((k) => parseInt(colour.slice(k, k + 2), 16) / 255)
    .reduce((sum, c, k) => sum + c * [0.299, 0.587, 0.114][k], 0) < 0.52;

  const pen = document.createElement('canvas').getContext('2d');
  function textWidth(text, size = 12, weight = '') {
    pen.font = `${weight} ${size}px ${FONT}`;
    return pen.measureText(text).width;
  }

  function clip(text, width, size = 12) {
    let shown = visible(text);
    if (textWidth(shown, size) <= width) return shown;
    while (shown.length > 1 && textWidth(shown + '…', size) > width) shown = shown.slice(0, -1);
    return shown + '…';
  }

  /* ------------------------------------------------------------------ charts: common */

  // A chart is made of functions of width and theme, so that it can be drawn again for paper, for
  // another colour scheme and for export: height(width), option(width, theme), legend(theme),
  // data() as {columns, rows}, and label for those who do not see it.

  const axisStyle = (theme) => ({
    axisLine: { show: true, lineStyle: { color: theme.faint, width: 1 } },
    axisTick: { show: true, length: 3, lineStyle: { color: theme.faint } },
    axisLabel: { color: theme.soft, fontSize: 11, fontFamily: FONT, hideOverlap: true },
    splitLine: { show: false, lineStyle: { color: theme.hair } },
    nameTextStyle: { color: theme.soft, fontFamily: FONT },
  });

  const label = (theme, text, left, top, more) => ({
    type: 'text', left, top, silent: true, z: 10,
    style: { text, fill: theme.soft, font: `12px ${FONT}`, ...more },
  });

  const base = (theme) => ({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT, color: theme.ink },
  });

  const tooltip = (theme) => ({
    confine: true,
    backgroundColor: theme.paper,
    borderColor: theme.rule,
    borderWidth: 1,
    padding: [7, 10],
    transitionDuration: 0,
    extraCssText: 'box-shadow:0 2px 10px rgba(0,0,0,.16);border-radius:4px;',
    textStyle: { color: theme.ink, fontSize: 12.5, fontFamily: FONT },
  });

  /** What hovering shows: a heading and aligned pairs, exact. */
  function tip(heading, pairs) {
    return el('div', { class: 'tip' }, el('b', {}, heading), el('table', {}, el('tbody', {},
      pairs.map(([name, value, colour, hollow]) => {
        const swatch = el('span', { class: 'swatch' });
        if (colour) {
          swatch.style.borderColor = colour;
          if (!hollow) swatch.style.background = colour;
        }
        return el('tr', {}, el('td', {}, colour ? swatch : null, name), el('td', {}, value));
      }))));
  }

  function swatch(kind, colour) {
    const s = svg('svg', { width: 24, height: 12, viewBox: '0 0 24 12', 'aria-hidden': 'true' });
    if (kind === 'band') {
      s.append(svg('rect', { x: 1, y: 2, width: 22, height: 8, fill: colour }));
    } else if (kind === 'expected') {
      s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour, 'stroke-width': 2 }));
    } else if (kind === 'bar' || kind === 'hollow-bar') {
      s.append(svg('rect', {
        x: 6, y: 1.5, width: 12, height: 9, stroke: colour, 'stroke-width': 1.5,
        fill: kind === 'bar' ? colour : 'none',
      }));
    } else if (kind === 'empty') {
      s.append(svg('path', { d: 'M8 10L16 2', stroke: colour }));
    } else if (kind === 'dot') {
      s.append(svg('circle', { cx: 12, cy: 6, r: 2.5, stroke: colour, fill: 'var(--paper)' }));
    } else if (kind === 'point') {
      s.append(svg('circle', { cx: 12, cy: 6, r: 4.5, fill: colour }));
    } else if (kind === 'box') {
      s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour }),
        svg('rect', { x: 6, y: 2, width: 12, height: 8, fill: colour, 'fill-opacity': 0.45, stroke: colour }),
        svg('line', { x1: 11, y1: 1.5, x2: 11, y2: 10.5, stroke: colour, 'stroke-width': 2 }));
    } else if (kind === 'hollow') {
      s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour, 'stroke-width': 1.2, 'stroke-dasharray': '3 3' }));
      s.append(svg('circle', { cx: 12, cy: 6, r: 3.2, stroke: colour, 'stroke-width': 1.5, fill: 'var(--paper)' }));
    } else {
      s.append(svg('line', { x1: 1, y1: 6, x2: 23, y2: 6, stroke: colour, 'stroke-width': 2 }));
    }
    return s;
  }

  /** The name of what a seed's line or bar is the seed of: "recall (seed)" gives "recall". */
  const bare = (name) => name.replace(/[\s(,_-]*\bseed\b('s)?[\s)_-]*/i, '').trim().toLowerCase();

  /* ------------------------------------------------------------------ charts: small multiples */

  function extent(sets, ok) {
    let low = Infinity;
    let high = -Infinity;
    for (const set of sets) {
      for (const v of set) {
        if (ok(v)) {
          if (v < low) low = v;
          if (v > high) high = v;
        }
      }
    }
    return low <= high ? [low, high] : null;
  }

  /** The value axis of panels for a range of values, or for none. */
  function panelScale(axis, range, panels) {
    if (!range) return axis.log ? logScale(1, 10) : niceScale(0, 1, 4);
    if (axis.log) return tightLogScale(...range);
    const [low, high] = range;
    // A scale that nearly reaches zero may as well show it.
    return niceScale(low > 0 && low < 0.25 * high ? 0 : low, high, panels > 1 ? 3 : 5);
  }

  /** How wide the numbers along a value axis are. */
  function tickWidth(s) {
    const power = (v) => Math.log(v) / Math.log(s.logBase);
    const shown = s.logBase
      ? Array.from({ length: Math.floor(power(s.max) + 1e-9) - Math.ceil(power(s.min) - 1e-9) + 1 },
        (_, i) => s.logBase ** (Math.ceil(power(s.min) - 1e-9) + i))
      : Array.from({ length: Math.round((s.max - s.min) / s.interval) + 1 }, (_, i) => s.min + i * s.interval);
    return Math.max(8, ...shown.map((v) => textWidth(ticks(s)(v), 11)));
  }

  /** How many panels stand in a row, each at least that wide. */
  function panelColumns(width, n, least) {
    const most = n === 1 ? 1 : Math.max(1, Math.min(5, Math.floor(width / least)));
    return Math.ceil(n / Math.ceil(n / most));
  }

  /** Where n panels stand; scales is one for all or one for each, end the room right of each. */
  function panelBoxes(width, n, columns, scales, titled, end) {
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

  const panelGrids = (boxes) => boxes.map(({ left, top, width, height }) => ({ left, top, width, height }));

  function panelValueAxis(theme, box, i, shared) {
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
  function panelWords(theme, { x, y, panels }, { boxes, titled }, shared) {
    const lastBox = boxes[boxes.length - 1];
    const xName = `${visible(named(x))} →`;
    return [
      label(theme, `↑ ${visible(named(y))}${shared || panels.length < 2 ? '' : ' (each panel its own scale)'}`, 0, 3),
      label(theme, xName, Math.max(0, lastBox.left + lastBox.width - textWidth(xName)), lastBox.top + lastBox.height + 22),
      ...(titled ? panels.map((p, i) => label(theme, clip(p.title, boxes[i].width, 12.5), boxes[i].left, boxes[i].top - 19,
        { fill: theme.ink, font: `600 12.5px ${FONT}` })) : []),
    ];
  }

  const panelTitled = ({ panels, title }) => panels.length > 1 || Boolean(panels[0].title && panels[0].title !== title);

  /** Tells which panel the pointer is over and how high: linked axes report all of them. */
  function onPointing(chart, boxesAt, tell) {
    chart.getZr().on('mousemove', (e) => {
      tell(boxesAt(chart.getWidth()).findIndex((b) => e.offsetX >= b.left - 8 && e.offsetX <= b.left + b.width + 8
        && e.offsetY >= b.top - 8 && e.offsetY <= b.top + b.height + 8), e.offsetY);
    });
  }

  const ownScales = (toggle) => ({ name: 'Own scales', about: 'Give each panel its own vertical scale', toggle });

  /** Of the labels along an axis, every how many have room; round steps where they are numbers. */
  function labelStep(labels, room, needed) {
    const steps = areNumbers(labels) ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] : labels.map((_, i) => i + 1);
    return steps.find((step) => step * room >= needed) || labels.length || 1;
  }
  const areNumbers = (labels) => labels.every((l) => l.trim() !== '' && !Number.isNaN(Number(l)));

  /* ------------------------------------------------------------------ charts: curves */

  const CROWD = 12;

  function curveChart(curve) {
    const panels = curve.panels;
    const lines = panels.flatMap((p) => p.lines);
    const bands = panels.flatMap((p) => p.bands);
    const usable = (axis) => (v) => has(v) && (!axis.log || v > 0);
    const okX = usable(curve.x);
    const okY = usable(curve.y);
    let shared = true;

    // A name keeps its colour in every panel. The seed's line takes the colour of the line that it
    // is the seed of: the one of the same name, or the only one there is.
    const solid = [...new Set(lines.filter((l) => !l.seed).map((l) => l.name))];
    const hollow = [...new Set(lines.filter((l) => l.seed).map((l) => l.name))];
    const order = new Map(solid.map((name, i) => [name, i]));
    const orderOf = (line) => {
      if (!line.seed) return order.get(line.name);
      const twin = solid.findIndex((name) => name.toLowerCase() === bare(line.name));
      if (twin >= 0) return twin;
      if (solid.length === 1 && hollow.length === 1) return 0;
      return solid.length + hollow.indexOf(line.name);
    };
    // Many lines with numbers in their names are a sequence (layers): a ramp reads better than hues.
    // Models have numbers in their names too, but differ in words.
    const ramped = solid.length > 6 && solid.every((name) => /\d/.test(name))
      && new Set(solid.map((name) => name.replace(/\d+/g, '#'))).size * 3 <= solid.length;
    // Beyond a dozen in one panel lines are drawn thin and let each other, and the null, show through.
    const most = Math.max(0, ...panels.map((p) => p.lines.length));
    const crowded = most > CROWD;
    const colourOf = (line, theme) => {
      const i = orderOf(line);
      if (ramped && i < solid.length) return mix(theme.ramp, i / (solid.length - 1));
      // A seed's line that belongs to none of several is neutral, not in the next one's colour.
      if (i >= solid.length && hollow.length === 1 && solid.length > 1) return theme.soft;
      return theme.lines[i % theme.lines.length];
    };
    const dashOf = (line) => {
      if (line.seed) return [3, 3];
      const round = ramped ? 0 : Math.floor(orderOf(line) / 8);
      return round === 0 ? 'solid' : round === 1 ? [7, 3] : [2, 2];
    };

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
        ...base(theme),
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
        return [line.name + (line.seed && !/seed/i.test(line.name) ? ' (seed)' : ''), full(y) + unitOf(curve.y.unit), colour, line.seed];
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
          hollow.forEach((name) => items.push([swatch('hollow', colourOf({ name, seed: true }, theme)), name]));
        }
        [...new Set(bands.map((b) => (has(b.of) ? `pale, in each line's colour: ${b.name}` : b.name)))]
          .forEach((name) => items.push([swatch('band', theme.band), name]));
        return items;
      },
      switches: panels.length > 1 ? [ownScales(() => { shared = !shared; })] : [],
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
        + `${named(curve.y)} against ${named(curve.x)}; lines ${[...solid, ...hollow].slice(0, 12).join(', ')}`
        + (bands.length ? `; grey: ${[...new Set(bands.map((b) => b.name))].join(', ')}` : ''),
    };
  }

  function ramp(theme) {
    const s = svg('svg', { width: 72, height: 10, viewBox: '0 0 72 10', 'aria-hidden': 'true' });
    for (let i = 0; i < 12; i++) {
      s.append(svg('rect', { x: i * 6, y: 2, width: 6.2, height: 6, fill: mix(theme.ramp, i / 11) }));
    }
    return s;
  }

  /* ------------------------------------------------------------------ charts: bars */

  function barsChart(bars) {
    const groups = bars.groups;
    const { categories } = bars;
    const ok = (v) => has(v) && (!bars.y.log || v > 0);
    const values = groups.flatMap((g) => [...g.values, g.expected]).filter(ok);
    const solid = groups.filter((g) => !g.seed);
    const colourOf = (group, theme) => {
      if (!group.seed) return theme.lines[solid.indexOf(group) % theme.lines.length];
      const twin = solid.length === 1 ? 0 : solid.findIndex((g) => g.name.toLowerCase() === bare(group.name));
      return twin < 0 ? theme.soft : theme.lines[twin % theme.lines.length];
    };
    const longest = Math.max(...categories.map((c) => textWidth(visible(c), 11)), 0);
    // Words need each its place; numbers may be thinned out and stay readable.
    const wordy = categories.some((c) => Number.isNaN(Number(c)));
    const lying = (width) => wordy && longest > (width - 110) / Math.max(1, categories.length) - 10;
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
        axisLabel: { ...style.axisLabel, color: theme.ink, interval: wordy ? 0 : 'auto', width: names - 12, overflow: flat ? 'truncate' : 'none' },
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
        ...base(theme),
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

  /* ------------------------------------------------------------------ charts: boxes */

  function boxesChart(chart) {
    const { panels } = chart;
    const FIVE = ['min', 'q1', 'median', 'q3', 'max'];
    const expected = has(chart.expected) ? chart.expected : null;
    const ok = (v) => has(v) && (!chart.y.log || v > 0);
    const drawable = (b) => FIVE.every((k) => ok(b[k]));
    const every = panels.flatMap((p) => p.boxes);
    const dropped = every.filter((b) => !drawable(b)).length;
    // The same label stands at the same place in every panel.
    const labels = [...new Set(every.map((b) => b.label))];
    if (areNumbers(labels)) labels.sort((a, b) => a - b);
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
      const words = areNumbers(labels) ? longest + 10 : Math.min(longest + 10, Math.max(44, slot));
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
        ...base(theme),
        grid: panelGrids(boxes),
        xAxis: boxes.map((box, i) => ({
          ...style, type: 'category', data: labels.map(visible), gridIndex: i, boundaryGap: true,
          axisTick: { show: false }, axisLine: { ...style.axisLine, onZero: false },
          axisLabel: {
            ...style.axisLabel, show: box.last || !shared, interval: labelStep(labels, slot, words) - 1,
            ...(areNumbers(labels) ? {} : { width: words - 8, overflow: 'truncate' }),
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

  /* ------------------------------------------------------------------ charts: histograms */

  function histogramChart(chart) {
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
        ...base(theme),
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

  /* ------------------------------------------------------------------ charts: heat maps */

  /**
   * What colours mean, for one heat map or for several alike: around their null, as far to one side
   * as to the other, where they have one, else from the smallest value to the largest.
   */
  function colourScale(maps) {
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

  /** The key of a scale: its colours between its ends, and the mark of a cell without a value. */
  function scaleLegend(scale, maps, theme) {
    const end = (v) => fmt(Number(v.toPrecision(4)), 3);
    const [low, high] = [end(scale.low), end(scale.high)];
    const from = Math.ceil(textWidth(low, 12)) + 6;
    const bar = 144;
    const wide = Math.ceil(from + bar + 6 + textWidth(high, 12));
    const key = svg('svg', { width: wide, height: 12, viewBox: `0 0 ${wide} 12`, 'aria-hidden': 'true' });
    const text = (x, words) => svg('text', { x, y: 10, 'font-size': 12, fill: theme.soft }, words);
    key.append(text(0, low), text(from + bar + 6, high));
    const steps = 48;
    for (let i = 0; i < steps; i++) {
      key.append(svg('rect', { x: from + (i * bar) / steps, y: 1, width: bar / steps + 0.3, height: 10, fill: mix(scale.colours(theme), i / (steps - 1)) }));
    }
    if (scale.middle !== null) key.append(svg('rect', { x: from + bar / 2 - 0.5, y: 0, width: 1, height: 12, fill: theme.ink }));
    const items = [[key, visible(named(maps[0].value)) + (scale.middle === null ? '' : `; null ${end(scale.middle)} in the middle`)]];
    if (maps.some((m) => m.values.some((row) => row.some((v) => !has(v))))) items.push([swatch('empty', theme.faint), 'no value']);
    return items;
  }

  /**
   * A heat map; family is what it shares with those beside it: their scale of colours, unless each
   * has its own, and how many cells they have together.
   */
  function heatmapChart(map, family) {
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
      const lowest = rows.length > 60 ? 7 : areNumbers(rows) ? 9 : 14;
      const cellHeight = square ? cellWidth : Math.max(lowest, Math.min(26, cellWidth));
      const upright = !areNumbers(columns) && columnWords > cellWidth - 6 && columns.length > 1;
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
        ...base(theme),
        grid: { left: l.left, top: l.top, width: l.width, height: l.height },
        xAxis: {
          ...style, type: 'category', data: columns.map(visible), axisTick: { show: false }, axisLine: { show: false },
          splitArea: { show: false },
          axisLabel: {
            ...style.axisLabel, rotate: l.upright ? 90 : 0, width: l.upright ? 100 : undefined, overflow: l.upright ? 'truncate' : 'none',
            interval: labelStep(columns, l.cellWidth, l.upright ? 13 : columnWords + 6) - 1,
          },
        },
        yAxis: {
          ...style, type: 'category', data: rows.map(visible), inverse: true, axisTick: { show: false }, axisLine: { show: false },
          axisLabel: { ...style.axisLabel, width: l.left - 10, overflow: 'truncate', interval: labelStep(rows, l.cellHeight, 12) - 1 },
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

  /**
   * Heat maps of one quantity and one null, as small multiples. They share a scale of colours, so
   * that the same colour is the same number in all of them; what they all say, their key, their
   * reading, the beginning of their titles, is said once.
   */
  function mapsFigure(maps) {
    const common = colourScale(maps);
    const family = { scale: common, cells: maps.reduce((n, m) => n + m.values.flat().length, 0) };
    const lead = /^.*(, |: )/.exec(maps[0].title);
    const shared = lead && maps.every((m) => m.title.startsWith(lead[0]) && m.title.length > lead[0].length) ? lead[0] : '';
    const told = maps.every((m) => m.reading === maps[0].reading);
    const members = maps.map((m) => chartFigure(m, (f) => heatmapChart(f, family), false,
      { title: m.title.slice(shared.length), reading: !told, legend: () => family.scale === null }));
    // Wide enough for cells of some six pixels.
    const least = Math.max(...maps.map((m) => Math.min(130, 14 + Math.max(0, ...m.rows.map((r) => textWidth(visible(r), 11)))) + 6.5 * m.columns.length));
    const grid = el('div', { class: 'maps' }, members);
    grid.style.setProperty('--least', Math.round(Math.max(200, Math.min(520, least))) + 'px');
    const legend = el('ul', { class: 'legend' });
    const key = {
      draw(width, name) {
        legend.replaceChildren(...legendItems(family.scale === null ? [] : scaleLegend(common, maps, THEMES[name || themeName()])));
      },
      redraw: () => key.draw(),
    };
    drawn.add(key);
    key.draw();
    const own = button('Own scales', 'Give each heat map its own scale of colours', () => {
      family.scale = family.scale ? null : common;
      own.setAttribute('aria-pressed', String(family.scale === null));
      key.redraw();
      members.forEach((m) => m.redraw());
    });
    own.setAttribute('aria-pressed', 'false');
    return el('section', { class: 'finding' },
      el('div', { class: 'finding-head' }, el('h3', {}, shared ? shared.replace(/(, |: )$/, '') : named(maps[0].value)),
        el('div', { class: 'tools' }, own)),
      legend, grid, told && maps[0].reading ? el('p', { class: 'reading' }, maps[0].reading) : null);
  }

  /* ------------------------------------------------------------------ charts: points */

  /** A name on one line: spaces at its ends and characters that act are spelled out, the rest is cut. */
  function spelled(text, most) {
    if (text === '') return '(empty)';
    const letters = Array.from(text.slice(0, 2 * most));
    return visible(letters.slice(0, most).join('')).replace(/^ +| +$/g, (spaces) => '␣'.repeat(spaces.length))
      + (letters.length > most || text.length > 2 * most ? '…' : '');
  }

  const LABELS = 90; // most names written at a time
  const CROWDED = 300; // points in view beyond which none is named unasked

  /** Where points of a layout lie in a unit square (a map keeps its proportions), and their axes. */
  function plane(layout) {
    const place = (values, axis) => Float64Array.from(values, (v) =>
      (!has(v) || (axis && axis.log && v <= 0) ? NaN : axis && axis.log ? Math.log10(v) : v));
    const x = place(layout.x, layout.across);
    const y = place(layout.y, layout.up);
    const spread = (values) => {
      const [low, high] = extent([values], (v) => !Number.isNaN(v)) || [0, 1];
      return high > low ? [low, high] : [low - 0.5, high + 0.5];
    };
    const [left, right] = spread(x);
    const [low, high] = spread(y);
    const missing = x.reduce((count, v, i) => count + (Number.isNaN(v) || Number.isNaN(y[i]) ? 1 : 0), 0);
    return { x, y, left, right, low, high, missing, map: !has(layout.across) };
  }

  /** Numbers from low to high worth writing along an axis, with where they lie on it. */
  function axisTicks(low, high, axis, count) {
    if (!axis.log) {
      const s = niceScale(low, high, count);
      const many = Math.round((s.max - s.min) / s.interval) + 1;
      return Array.from({ length: many }, (_, i) => s.min + i * s.interval)
        .filter((v) => v >= low && v <= high).map((v) => ({ at: v, text: ticks(s)(v) }));
    }
    const decades = [];
    for (let p = Math.floor(low); p <= high; p++) {
      for (const m of high - low > 3 ? [1] : high - low > 1 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
        const at = p + Math.log10(m);
        if (at >= low && at <= high) decades.push({ at, text: tick(m * 10 ** p) });
      }
    }
    const every = Math.ceil(decades.length / (count * 1.6)) || 1;
    if (decades.length > 1) return decades.filter((_, i) => i % every === 0);
    return axisTicks(10 ** low, 10 ** high, { log: false }, count).map(({ at, text }) => ({ at: Math.log10(at), text }));
  }

  /** The colours of a colouring: one index per point into a palette, the last for those without. */
  function pointColours(colouring, n, theme) {
    const codes = new Uint8Array(n);
    if (!colouring) return { codes, palette: [theme.lines[0]] };
    if (colouring.members) {
      const palette = colouring.categories.map((_, i) =>
        (i < 8 ? theme.lines[i] : mix([theme.lines[i % 8], theme.ink], i < 16 ? 0.5 : 0.75)));
      colouring.members.forEach((m, i) => { codes[i] = has(m) ? Math.min(m, 254) : Math.min(palette.length, 255); });
      return { codes, palette: [...palette.slice(0, 255), theme.bandEdge] };
    }
    const STEPS = 48;
    const scale = pointScale(colouring);
    colouring.values.forEach((v, i) => {
      codes[i] = has(v) && (!scale.log || v > 0) ? Math.max(0, Math.min(STEPS - 1, Math.floor(scale.share(v) * STEPS))) : STEPS;
    });
    return { codes, palette: [...Array.from({ length: STEPS }, (_, i) => mix(theme.ramp, (i + 0.5) / STEPS)), theme.bandEdge] };
  }

  /** The range of colours: all values but the outermost hundredth at either end. */
  function pointScale({ value, values }) {
    const known = values.filter((v) => has(v) && (!value.log || v > 0)).sort((a, b) => a - b);
    const low = known.length ? known[Math.floor((known.length - 1) * 0.01)] : 0;
    const top = known.length ? known[Math.ceil((known.length - 1) * 0.99)] : 1;
    const high = top > low ? top : low + (Math.abs(low) || 1);
    const at = value.log ? Math.log : (v) => v;
    return { low, high, middle: null, log: value.log, colours: (theme) => theme.ramp, share: (v) => (at(v) - at(low)) / (at(high) - at(low)) };
  }

  /**
   * Points in the plane on a canvas of its own: tens of thousands move smoothly there. Dragging
   * moves, the wheel zooms once the map is chosen (so that it does not catch who scrolls past), and
   * everything the pointer does the keyboard does too.
   */
  function scatterChart(s) {
    const n = s.ids.length;
    const planes = s.layouts.map(plane);
    let at = 0; // which layout
    let paint = 0; // which colouring
    let only = null; // the one category that shows, if any
    let hits = [];
    let hit = -1; // the hit that was zoomed to
    let pinned = -1;
    let under = -1;
    let zoom = 1;
    let centre = [0.5, 0.5];
    let size = null; // {w, h, theme}
    let colours = null;
    const colouring = () => s.colourings[paint] || null;
    const groups = (c) => Boolean(c && c.members);
    const noun = (count) => `${grouped(String(count))} ${s.point}${count === 1 ? '' : 's'}`;

    const canvas = el('canvas', {
      class: 'points', tabindex: '0', role: 'img',
      'aria-label': visible(`${s.title}. Arrow keys move, plus and minus zoom, 0 shows all, Escape lets go. The search box and the table below give the same by text.`),
    });
    const card = el('div', { class: 'point-card', hidden: true });
    const hint = el('div', { class: 'hint', hidden: true }, 'Click the map first, or hold Ctrl, to zoom with the wheel.');
    const about = el('p', { class: 'reading layout-about' });

    /* What lies where */

    function frame(w, h) {
      const p = planes[at];
      const axes = !p.map;
      const box = axes ? { left: 58, top: 26, right: 12, bottom: 42 } : { left: 14, top: 14, right: 14, bottom: 14 };
      const wide = Math.max(10, w - box.left - box.right);
      const tall = Math.max(10, h - box.top - box.bottom);
      let kx = wide / (p.right - p.left);
      let ky = tall / (p.high - p.low);
      if (p.map) kx = ky = Math.min(kx, ky);
      kx *= zoom;
      ky *= zoom;
      const mx = p.left + centre[0] * (p.right - p.left);
      const my = p.low + centre[1] * (p.high - p.low);
      const ox = box.left + wide / 2 - mx * kx;
      const oy = box.top + tall / 2 + my * ky;
      return { p, box, wide, tall, kx, ky, x: (v) => ox + v * kx, y: (v) => oy - v * ky, ux: (px) => (px - ox) / kx, uy: (py) => (oy - py) / ky };
    }

    const radius = () => Math.min(5, (n > 8000 ? 1.7 : n > 1500 ? 2.2 : n > 300 ? 3 : 4) * zoom ** 0.3);
    const alone = (i) => only === null || colouring().members[i] === only;

    function seen(f, w, h, each) {
      const { x, y } = f.p;
      const inside = f.p.map ? [0, 0, w, h] : [f.box.left, f.box.top, f.box.left + f.wide, f.box.top + f.tall];
      for (let i = 0; i < n; i++) {
        const px = f.x(x[i]);
        const py = f.y(y[i]);
        if (px >= inside[0] - 4 && px <= inside[2] + 4 && py >= inside[1] - 4 && py <= inside[3] + 4) each(i, px, py);
      }
    }

    /** Which names are written and where: those searched for, or all where few are in view. */
    function labels(f, w, h, width) {
      const wanted = [];
      const first = [];
      const marked = new Set(hits.slice(0, 4000));
      if (pinned >= 0) marked.add(pinned);
      let inView = 0;
      seen(f, w, h, (i, px, py) => {
        if (!alone(i)) return;
        inView++;
        (marked.has(i) ? first : wanted).push([i, px, py]);
      });
      if (inView > CROWDED) wanted.length = 0;
      const taken = [];
      const placed = [];
      for (const [i, px, py] of [...first, ...wanted].slice(0, 1500)) {
        const text = spelled(s.labels[i], 20);
        const wide = width(text);
        for (const x of [px + radius() + 3, px - radius() - 3 - wide]) {
          const spot = [x, py - 7, x + wide, py + 7];
          if (x > 0 && x + wide < w && !taken.some((t) => spot[0] < t[2] + 3 && spot[2] + 3 > t[0] && spot[1] < t[3] && spot[3] > t[1])) {
            taken.push(spot);
            placed.push({ i, text, x, y: py + 4 });
            break;
          }
        }
        if (placed.length >= LABELS) break;
      }
      return placed;
    }

    /* Drawing */

    // Disks as shares of pixels covered, by radius and by where in a pixel their middle lies.
    const masks = new Map();
    function mask(r, right, down) {
      const key = (Math.round(r * 16) * 4 + right) * 4 + down;
      let made = masks.get(key);
      if (!made) {
        const reach = Math.ceil(r + 0.5);
        const side = 2 * reach + 1;
        const cover = new Float32Array(side * side);
        for (let k = 0; k < cover.length; k++) {
          const far = Math.hypot((k % side) - reach + 0.5 - (right + 0.5) / 4, Math.floor(k / side) - reach + 0.5 - (down + 0.5) / 4);
          cover[k] = Math.max(0, Math.min(1, r + 0.5 - far));
        }
        made = { reach, side, cover };
        masks.set(key, made);
      }
      return made;
    }

    const rgb = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));

    /** Writes points straight into the pixels: as shapes, tens of thousands of them would not keep up. */
    function spray(image, f, w, h, ratio, paper, colourOf, opacity, wanted) {
      const { data, width, height: tall } = image;
      const r = radius() * ratio;
      seen(f, w, h, (i, px, py) => {
        if (!wanted(i)) return;
        const [red, green, blue] = colourOf(i);
        const left = Math.floor(px * ratio);
        const top = Math.floor(py * ratio);
        const { reach, side, cover } = mask(r, Math.floor((px * ratio - left) * 4), Math.floor((py * ratio - top) * 4));
        for (let y = 0; y < side; y++) {
          const row = top - reach + y;
          if (row < 0 || row >= tall) continue;
          for (let x = 0; x < side; x++) {
            const share = cover[y * side + x] * opacity;
            const column = left - reach + x;
            if (share < 0.004 || column < 0 || column >= width) continue;
            const at_ = (row * width + column) * 4;
            if (data[at_ + 3] === 0) {
              [data[at_], data[at_ + 1], data[at_ + 2]] = paper;
              data[at_ + 3] = 255;
            }
            data[at_] += (red - data[at_]) * share;
            data[at_ + 1] += (green - data[at_ + 1]) * share;
            data[at_ + 2] += (blue - data[at_ + 2]) * share;
          }
        }
      });
    }

    function drawOn(target, w, h, theme, ratio, tints) {
      const [wide, tall] = [Math.round(w * ratio), Math.round(h * ratio)];
      if (target.width !== wide || target.height !== tall) Object.assign(target, { width: wide, height: tall });
      const ink = target.getContext('2d');
      const f = frame(w, h);
      const image = ink.createImageData(wide, tall);
      const colourful = tints.palette.map(rgb);
      const [paper, away] = [rgb(theme.paper), rgb(theme.bandEdge)];
      const own = (i) => colourful[tints.codes[i]];
      const dim = hits.length > 0;
      const rest = zoom > 4 ? 0.5 : 0.25;
      if (only !== null) {
        spray(image, f, w, h, ratio, paper, () => away, dim ? rest : 0.55, (i) => !alone(i));
        spray(image, f, w, h, ratio, paper, own, dim ? rest : 0.9, alone);
      } else {
        spray(image, f, w, h, ratio, paper, own, dim ? rest : n > 3000 ? 0.8 : 0.9, () => true);
      }
      ink.putImageData(image, 0, 0);
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
      // Whatever no point covers is seen through: axes and paper go behind.
      ink.globalCompositeOperation = 'destination-over';
      if (!f.p.map) drawAxes(ink, f, w, h, theme);
      ink.fillStyle = theme.paper;
      ink.fillRect(0, 0, w, h);
      ink.globalCompositeOperation = 'source-over';
      ink.save();
      if (!f.p.map) {
        ink.beginPath();
        ink.rect(f.box.left, f.box.top, f.wide, f.tall);
        ink.clip();
      }
      const r = radius();
      const marked = new Set(hits);
      const ring = (i, px, py, more) => {
        ink.fillStyle = tints.palette[tints.codes[i]];
        ink.beginPath();
        ink.arc(px, py, r + more, 0, 7);
        ink.fill();
        ink.stroke();
      };
      ink.strokeStyle = theme.ink;
      ink.lineWidth = 1.2;
      if (dim) seen(f, w, h, (i, px, py) => { if (marked.has(i) && alone(i)) ring(i, px, py, 1); });
      for (const i of new Set([under, pinned])) if (i >= 0) ring(i, f.x(f.p.x[i]), f.y(f.p.y[i]), 3);
      ink.font = `11.5px ${FONT}`;
      ink.direction = 'ltr';
      ink.lineJoin = 'round';
      for (const { text, x, y } of labels(f, w, h, (t) => ink.measureText(t).width)) {
        ink.strokeStyle = theme.paper;
        ink.lineWidth = 3.5;
        ink.strokeText(text, x, y);
        ink.fillStyle = theme.ink;
        ink.fillText(text, x, y);
      }
      ink.restore();
    }

    /** The lines and words of axes, for whoever draws them: line(x1, y1, x2, y2, colour), text(words, x, y, anchor, colour). */
    function axes(f, w, h, theme, line, text) {
      const layout = s.layouts[at];
      const right = f.box.left + f.wide;
      const foot = f.box.top + f.tall;
      axisTicks(f.ux(f.box.left), f.ux(right), layout.across, Math.max(2, f.wide / 90)).forEach((t) => {
        line(f.x(t.at), foot, f.x(t.at), foot + 3, theme.faint);
        text(t.text, f.x(t.at), foot + 15, 'middle', theme.soft);
      });
      axisTicks(f.uy(foot), f.uy(f.box.top), layout.up, Math.max(2, f.tall / 60)).forEach((t) => {
        line(f.box.left, f.y(t.at), right, f.y(t.at), theme.hair);
        text(t.text, f.box.left - 6, f.y(t.at) + 4, 'end', theme.soft);
      });
      line(f.box.left, foot, right, foot, theme.faint);
      text(`↑ ${visible(named(layout.up))}`, 8, 16, 'start', theme.soft);
      text(`${visible(named(layout.across))} →`, right, foot + 33, 'end', theme.soft);
    }

    function drawAxes(ink, f, w, h, theme) {
      ink.font = `11px ${FONT}`;
      axes(f, w, h, theme, (x1, y1, x2, y2, colour) => {
        ink.strokeStyle = colour;
        ink.lineWidth = 1;
        ink.beginPath();
        ink.moveTo(x1, y1);
        ink.lineTo(x2, y2);
        ink.stroke();
      }, (words, x, y, anchor, colour) => {
        ink.fillStyle = colour;
        ink.textAlign = anchor === 'middle' ? 'center' : anchor;
        ink.fillText(words, x, y);
        ink.textAlign = 'start';
      });
    }

    let waiting = false;
    function again() {
      if (waiting || !size) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        drawOn(canvas, size.w, size.h, size.theme, devicePixelRatio || 1, colours);
        showCard();
      });
    }

    /* What is under the pointer, or chosen */

    function facts(i) {
      const pairs = [['id', full(s.ids[i])]];
      for (const c of s.colourings) {
        if (c.members) pairs.push([c.name, has(c.members[i]) ? spelled(c.categories[c.members[i]], 60) : 'none']);
        else pairs.push([c.value.label, has(c.values[i]) ? full(c.values[i]) + unitOf(c.value.unit) : 'no value']);
      }
      const l = s.layouts[at];
      if (has(l.across)) pairs.push([l.across.label, full(l.x[i]) + unitOf(l.across.unit)], [l.up.label, full(l.y[i]) + unitOf(l.up.unit)]);
      return pairs;
    }

    const heading = (i) => spelled(s.labels[i], 120) + (s.labels[i].length > 240 ? ` (${grouped(String(s.labels[i].length))} characters)` : '');

    function showCard() {
      const i = under >= 0 ? under : pinned;
      const f = i >= 0 && size ? frame(size.w, size.h) : null;
      const x = f ? f.x(f.p.x[i]) : NaN;
      const y = f ? f.y(f.p.y[i]) : NaN;
      card.hidden = !(x >= 0 && x <= size?.w && y >= 0 && y <= size?.h);
      if (card.hidden) return;
      card.replaceChildren(tip(heading(i), facts(i)));
      const left = x + 14 + card.offsetWidth > size.w ? x - 14 - card.offsetWidth : x + 14;
      card.style.left = Math.max(0, left) + 'px';
      card.style.top = Math.max(0, Math.min(size.h - card.offsetHeight, y + 12)) + 'px';
    }

    function nearest(px, py) {
      const f = frame(size.w, size.h);
      let best = -1;
      let least = (radius() + 8) ** 2;
      seen(f, size.w, size.h, (i, x, y) => {
        const d = (x - px) ** 2 + (y - py) ** 2;
        if (d < least && alone(i)) [best, least] = [i, d];
      });
      return best;
    }

    /* Moving */

    function zoomBy(factor, px, py) {
      if (!size) return;
      const before = frame(size.w, size.h);
      const [x, y] = [before.ux(px), before.uy(py)];
      zoom = Math.max(1, Math.min(400, zoom * factor));
      const after = frame(size.w, size.h);
      centre[0] += (x - after.ux(px)) / (after.p.right - after.p.left);
      centre[1] += (y - after.uy(py)) / (after.p.high - after.p.low);
      settle();
    }

    function moveBy(dx, dy) {
      const f = frame(size.w, size.h);
      centre[0] -= dx / f.kx / (f.p.right - f.p.left);
      centre[1] += dy / f.ky / (f.p.high - f.p.low);
      settle();
    }

    function settle() {
      if (zoom === 1) centre = [0.5, 0.5];
      centre = centre.map((c) => Math.max(0, Math.min(1, c)));
      again();
    }

    function reset() {
      zoom = 1;
      settle();
    }

    function goTo(i) {
      const p = planes[at];
      if (Number.isNaN(p.x[i]) || Number.isNaN(p.y[i])) return;
      // As near as it takes to read the names around it.
      zoom = Math.max(zoom, Math.max(2, Math.sqrt(n / 60)));
      centre = [(p.x[i] - p.left) / (p.right - p.left), (p.y[i] - p.low) / (p.high - p.low)];
      pinned = i;
      again();
    }

    const spot = (e) => {
      const area = canvas.getBoundingClientRect();
      return [e.clientX - area.left, e.clientY - area.top];
    };
    const fingers = new Map();
    let moved = 0;
    canvas.addEventListener('pointerdown', (e) => {
      fingers.set(e.pointerId, spot(e));
      moved = 0;
      canvas.setPointerCapture(e.pointerId);
    });
    canvas.addEventListener('pointermove', (e) => {
      const now = spot(e);
      const before = fingers.get(e.pointerId);
      if (!before) {
        const i = nearest(...now);
        if (i !== under) {
          under = i;
          again();
        }
        return;
      }
      if (fingers.size === 1) {
        moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
        moveBy(now[0] - before[0], now[1] - before[1]);
      } else if (fingers.size === 2) {
        const other = [...fingers].find(([id]) => id !== e.pointerId)[1];
        const gap = (a) => Math.hypot(a[0] - other[0], a[1] - other[1]) || 1;
        moved += 10;
        zoomBy(gap(now) / gap(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      }
      fingers.set(e.pointerId, now);
    });
    const lift = (e) => {
      if (e.type === 'pointerup' && fingers.has(e.pointerId) && moved < 4) {
        pinned = nearest(...spot(e));
        under = -1;
        again();
      }
      fingers.delete(e.pointerId);
    };
    canvas.addEventListener('pointerup', lift);
    canvas.addEventListener('pointercancel', lift);
    canvas.addEventListener('pointerleave', () => {
      if (under >= 0) {
        under = -1;
        again();
      }
    });
    canvas.addEventListener('dblclick', (e) => zoomBy(2, ...spot(e)));
    let hinting = 0;
    canvas.addEventListener('wheel', (e) => {
      if (document.activeElement === canvas || e.ctrlKey) {
        e.preventDefault();
        zoomBy(2 ** (-Math.max(-240, Math.min(240, e.deltaY * (e.deltaMode ? 30 : 1))) / 240), ...spot(e));
        return;
      }
      hint.hidden = false;
      clearTimeout(hinting);
      hinting = setTimeout(() => { hint.hidden = true; }, 1500);
    }, { passive: false });
    const middle = () => [size.w / 2, size.h / 2];
    canvas.addEventListener('keydown', (e) => {
      const act = {
        ArrowLeft: () => moveBy(60, 0), ArrowRight: () => moveBy(-60, 0), ArrowUp: () => moveBy(0, 60), ArrowDown: () => moveBy(0, -60),
        '+': () => zoomBy(1.5, ...middle()), '=': () => zoomBy(1.5, ...middle()), '-': () => zoomBy(1 / 1.5, ...middle()), 0: reset,
        Escape: () => {
          pinned = -1;
          again();
          canvas.blur();
        },
      }[e.key];
      if (act && size && !e.ctrlKey && !e.metaKey && !e.altKey) {
        e.preventDefault();
        act();
      }
    });

    /* Searching */

    const input = el('input', {
      type: 'search', spellcheck: 'false', autocomplete: 'off', placeholder: `Find a ${visible(s.point)}, or #id`,
      'aria-label': visible(`Find a ${s.point} in ${s.title}: text, or # and its id. Enter goes from one to the next.`),
    });
    const count = el('span', { class: 'count' });
    const told = el('span', { class: 'hidden', role: 'status' });
    const idle = 'Names show where few are in view; Enter in the box goes from one to the next of what it finds.';
    const list = el('ul', { class: 'hits' }, el('li', {}, idle));
    let texts = null;

    function search(text) {
      const word = text.toLowerCase();
      hit = -1;
      if (word.trim() === '') return [];
      if (/^#\d+$/.test(word)) {
        const i = s.ids.indexOf(Number(word.slice(1)));
        return i < 0 ? [] : [i];
      }
      // Both as it is and as it is spelled out, so that what is read can be typed.
      texts = texts || s.labels.map((l) => {
        const raw = l.toLowerCase();
        const read = spelled(l, 200).toLowerCase();
        return raw === read ? [raw] : [raw, read];
      });
      const ranked = [[], [], []];
      texts.forEach((forms, i) => {
        let rank = 3;
        for (const form of forms) {
          const found = form.indexOf(word);
          if (found < 0) continue;
          const bareForm = form.replace(/^(?:[\s▁Ġ␣]|##)/, '');
          rank = Math.min(rank, form === word || bareForm === word ? 0 : found === 0 || bareForm.startsWith(word) ? 1 : 2);
        }
        if (rank < 3) ranked[rank].push(i);
      });
      return ranked.flat();
    }

    function find() {
      hits = search(input.value);
      pinned = -1;
      count.classList.toggle('bad', input.value.trim() !== '' && !hits.length);
      const sought = input.value.trim() !== '';
      count.textContent = !sought ? '' : hits.length ? noun(hits.length) : 'none found';
      told.textContent = count.textContent;
      list.replaceChildren(...(sought ? [] : [el('li', {}, idle)]), ...hits.slice(0, 8).map((i, k) => el('li', {},
        el('button', { type: 'button', class: 'quiet', onclick: () => show(k) }, spelled(s.labels[i], 24)))),
      ...(hits.length > 8 ? [el('li', {}, 'and more')] : []));
      again();
    }

    function show(k) {
      hit = (k + hits.length) % hits.length;
      goTo(hits[hit]);
      count.textContent = `${hit + 1} of ${noun(hits.length)}`;
      told.textContent = `${count.textContent}: ${heading(hits[hit])}, ${facts(hits[hit]).map((p) => p.join(' ')).join(', ')}`;
    }

    let typing = 0;
    input.addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(find, 80);
    });
    input.addEventListener('keydown', (e) => {
      if (e.key === 'Enter') {
        e.preventDefault();
        clearTimeout(typing);
        if (hit < 0) find();
        if (hits.length) show(hit + (e.shiftKey ? -1 : 1) + (hit < 0 && e.shiftKey ? 1 : 0));
      } else if (e.key === 'Escape') {
        input.value = '';
        find();
      }
    });

    /* Choosing */

    const choice = (what, names, chosen, act) => (names.length < 2 ? null : el('div', { class: 'choice', role: 'group', 'aria-label': visible(what) },
      el('span', {}, what), names.map((name, i) => {
        const b = el('button', { type: 'button', class: 'quiet', 'aria-pressed': String(i === chosen) }, spelled(name, 40));
        b.addEventListener('click', () => {
          b.parentNode.querySelectorAll('button').forEach((o) => o.setAttribute('aria-pressed', String(o === b)));
          act(i);
        });
        return b;
      })));

    const step = (name, words, act) => el('button', { type: 'button', class: 'quiet', 'aria-label': words, title: words, onclick: act }, name);
    const controls = el('div', { class: 'map-controls' },
      choice('Layout', s.layouts.map((l) => l.name), at, (i) => {
        at = i;
        zoom = 1;
        centre = [0.5, 0.5];
        own.changed();
      }),
      choice('Colour', s.colourings.map((c) => c.name), paint, (i) => {
        paint = i;
        only = null;
        own.changed();
      }),
      el('div', { class: 'controls' }, input, count, told),
      el('div', { class: 'choice' },
        step('−', 'Zoom out', () => size && zoomBy(1 / 1.6, ...middle())),
        step('+', 'Zoom in', () => size && zoomBy(1.6, ...middle())),
        step('All', 'Show all', reset)));

    function svgOf(width, theme) {
      const h = height(width);
      const f = frame(width, h);
      const { codes, palette } = pointColours(colouring(), n, theme);
      const paths = palette.map(() => []);
      seen(f, width, h, (i, px, py) => { if (alone(i)) paths[codes[i]].push(`M${px.toFixed(1)} ${py.toFixed(1)}h0`); });
      const picture = svg('svg', { width, height: h, viewBox: `0 0 ${width} ${h}`, 'font-family': FONT });
      if (!f.p.map) {
        axes(f, width, h, theme, (x1, y1, x2, y2, stroke) => picture.append(svg('line', { x1, y1, x2, y2, stroke })),
          (words, x, y, anchor, fill) => picture.append(svg('text', { x, y, fill, 'font-size': 11, 'text-anchor': anchor }, words)));
      }
      paths.forEach((d, k) => {
        if (d.length) {
          picture.append(svg('path', {
            d: d.join(''), fill: 'none', stroke: palette[k], 'stroke-width': (2 * radius()).toFixed(2), 'stroke-linecap': 'round', 'stroke-opacity': 0.85,
          }));
        }
      });
      labels(f, width, h, (t) => textWidth(t, 11.5)).forEach(({ text, x, y }) => picture.append(svg('text', {
        x, y, fill: theme.ink, 'font-size': 11.5, stroke: '#ffffff', 'stroke-width': 3, 'paint-order': 'stroke',
      }, text)));
      return new XMLSerializer().serializeToString(picture);
    }

    const height = (width) => Math.round(Math.max(320, Math.min(640, width * 0.62)));
    let chips = [];
    const own = {
      changed: null,
      above: [controls, list],
      below: about,
      draw(holder, w, h, theme) {
        if (!canvas.parentNode) holder.append(canvas, card, hint);
        size = { w, h, theme };
        colours = pointColours(colouring(), n, theme);
        canvas.style.width = w + 'px';
        canvas.style.height = h + 'px';
        const missing = planes[at].missing;
        about.textContent = prose(s.layouts[at].about || '') + (missing ? ` ${noun(missing)} ${missing === 1 ? 'has' : 'have'} no place in it.` : '');
        // At once, not on the next frame: paper does not wait.
        drawOn(canvas, w, h, theme, devicePixelRatio || 1, colours);
        showCard();
      },
      svg: svgOf,
      png(act) {
        const w = size ? size.w : 900;
        const sheet = document.createElement('canvas');
        drawOn(sheet, w, height(w), { ...THEMES.light, paper: '#ffffff' }, 2, pointColours(colouring(), n, THEMES.light));
        sheet.toBlob(act, 'image/png');
      },
    };

    return {
      height,
      own,
      legend(theme) {
        const c = colouring();
        chips = [];
        if (!c) return [];
        if (!groups(c)) return scaleLegend(pointScale(c), [{ value: c.value, values: [c.values] }], theme);
        const { palette } = pointColours(c, n, theme);
        const many = c.categories.map(() => 0);
        c.members.forEach((m) => { if (has(m)) many[m]++; });
        return c.categories.map((name, k) => [swatch('point', palette[Math.min(k, 254)]), `${spelled(name, 60)} (${grouped(String(many[k]))})`, {
          pressed: only === k,
          made: (b) => chips.push([k, b]),
          act: () => {
            only = only === k ? null : k;
            chips.forEach(([j, b]) => b.setAttribute('aria-pressed', String(j === only)));
            again();
          },
        }]).filter((_, k) => many[k] > 0);
      },
      switches: [],
      data: () => ({
        columns: ['id', s.point, ...s.layouts.flatMap((l) => [`${l.name} x`, `${l.name} y`]), ...s.colourings.map((c) => c.name)],
        rows: s.ids.map((id, i) => [id, s.labels[i], ...s.layouts.flatMap((l) => [l.x[i], l.y[i]]),
          ...s.colourings.map((c) => (c.members ? (has(c.members[i]) ? c.categories[c.members[i]] : null) : c.values[i]))]),
      }),
      warning: null,
      label: `${noun(n)} as points; layouts ${s.layouts.map((l) => l.name).join(', ')}; coloured by ${s.colourings.map((c) => c.name).join(', ') || 'nothing'}`,
    };
  }

  /* ------------------------------------------------------------------ charts: on the page */

  const drawn = new Set(); // every chart on the page, whether drawn yet or not
  const watcher = 'IntersectionObserver' in window
    ? new IntersectionObserver((entries) => {
      for (const e of entries) if (e.isIntersecting) e.target.draw();
    }, { rootMargin: '700px 0px' })
    : null;

  const themeName = () => document.documentElement.dataset.theme;

  const button = (name, about, act) =>
    el('button', { type: 'button', class: 'quiet', 'aria-label': visible(about), title: visible(about), onclick: act }, name);

  /** The lines of a legend: a mark and its words; one that can be chosen is a button. */
  const legendItems = (items) => items.map(([mark, text, choice]) => {
    if (!choice) return el('li', {}, mark, text);
    const b = el('button', { type: 'button', class: 'pick', 'aria-pressed': String(choice.pressed), title: 'Show these alone', onclick: choice.act }, mark, text);
    choice.made(b);
    return el('li', {}, b);
  });

  /** A chart with its title, tools and data; as one of several it may leave words to what they share. */
  function chartFigure(finding, make, empty, member) {
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
      const b = button(name, about, act);
      b.setAttribute('aria-label', visible(`${about}: ${finding.title}`));
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
        data.append(dataTable({ id: file + '.data', columns, rows, about: [], page: 50, plain: true }));
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

    const figure = el('figure', { class: 'finding', id: anchor(finding.id) },
      el('div', { class: 'finding-head' },
        el(member ? 'h4' : 'h3', {}, member ? member.title : finding.title, copyButton(finding.id)),
        el('div', { class: 'tools' }, switches,
          tool('SVG', 'Save the chart as SVG', () => save(file + '.svg', 'image/svg+xml', exportSvg(chart, member ? 640 : state.width || 900, finding))),
          chart.own ? tool('PNG', 'Save the picture as PNG', () => chart.own.png((picture) => save(file + '.png', 'image/png', picture))) : null,
          tool('CSV', 'Save the data as CSV', () => {
            const { columns, rows } = chart.data();
            save(file + '.csv', 'text/csv', csv(columns, rows));
          }))),
      chart.own ? chart.own.above : null, legend, canvas,
      el('figcaption', {},
        chart.own ? chart.own.below : null,
        finding.reading && (!member || member.reading) ? el('p', { class: 'reading' }, finding.reading) : null,
        chart.warning ? el('p', { class: 'reading' }, chart.warning) : null),
      data);

    figure.redraw = state.redraw;
    // The place is kept before the picture is there, so that nothing jumps while reading.
    requestAnimationFrame(() => {
      if (!chart.own && typeof echarts === 'undefined') return;
      if (!state.instance && canvas.clientWidth) canvas.style.height = chart.height(canvas.clientWidth) + 'px';
      if (watcher) watcher.observe(canvas);
      else canvas.draw();
      new ResizeObserver(() => {
        if (printing) return;
        if (state.instance && Math.abs(canvas.clientWidth - state.width) > 1) state.draw();
        else if (!state.instance && canvas.clientWidth) canvas.style.height = chart.height(canvas.clientWidth) + 'px';
      }).observe(figure);
    });
    return figure;
  }

  function drawnSvg(option, width, height) {
    const holder = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
    holder.setOption(option);
    const picture = holder.renderToSVGString();
    holder.dispose();
    return picture;
  }

  /** A chart for a paper: light whatever the screen is, on white, with its legend in words. */
  function exportSvg(chart, width, finding) {
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
    // Joined as text: parsed, the picture's own style attributes would offend this page's policy.
    return new XMLSerializer().serializeToString(outer).replace(/var\(--paper\)/g, '#ffffff')
      .replace(/<\/svg>$/, () => inner.replace('<svg ', `<svg y="${head}" `) + '</svg>');
  }

  /* ------------------------------------------------------------------ tables */

  const collator = new Intl.Collator('en', { numeric: true });

  function compare(a, b) {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return collator.compare(String(a), String(b));
  }

  /** Words and conditions: text in any cell, or column<number; all must hold. */
  function parseFilter(text, columns) {
    const tests = [];
    const unknown = [];
    for (const part of text.match(/"[^"]*"|\S+/g) || []) {
      const m = /^([^\s<>=!"]+)(<=|>=|!=|<|>|=)(.+)$/.exec(part);
      if (m) {
        const wanted = m[1].toLowerCase();
        const at = columns.findIndex((c) => c.toLowerCase() === wanted);
        if (at < 0) {
          unknown.push(m[1]);
          continue;
        }
        const number = Number(m[3]);
        const word = m[3].replace(/^"|"$/g, '').toLowerCase();
        const op = m[2];
        tests.push((row) => {
          const v = row[at];
          if (!has(v)) return false;
          if (typeof v === 'number' && !Number.isNaN(number)) {
            return op === '<' ? v < number : op === '>' ? v > number : op === '<=' ? v <= number
              : op === '>=' ? v >= number : op === '=' ? v === number : v !== number;
          }
          const same = String(v).toLowerCase() === word;
          return op === '=' ? same : op === '!=' ? !same : false;
        });
      } else {
        const word = part.replace(/^"|"$/g, '').toLowerCase();
        tests.push((row) => row.some((v) => has(v) && String(v).toLowerCase().includes(word)));
      }
    }
    return { keep: (row) => tests.every((t) => t(row)), unknown };
  }

  let tables = 0;
  const wide = []; // for print: tables that must shrink to fit the sheet

  /**
   * A table that sorts and filters. Only a page of rows is in the document at a time: thousands of
   * rows would make the whole report slow.
   */
  function dataTable({ id, columns, rows, about, page = 100, plain = false, cell, caption, file }) {
    const key = 't' + ++tables;
    const numeric = columns.map((_, j) => {
      const seen = rows.map((r) => r[j]).filter(has);
      return seen.length > 0 && seen.every((v) => typeof v === 'number');
    });
    const state = { shown: rows, limit: page, by: -1, down: false, text: '' };
    const body = el('tbody');
    const count = el('span', { class: 'count', role: 'status' });
    const heads = columns.map((name, j) => {
      const th = el('th', {
        scope: 'col', class: [numeric[j] ? 'num' : '', /(^|_)seed(_|$)/i.test(name) ? 'seed' : ''].join(' ').trim() || null,
        'aria-sort': 'none', title: about[j] ? visible(about[j]) : null,
      });
      th.append(el('button', {
        type: 'button', 'aria-describedby': about[j] ? `${key}-c${j}` : null, onclick: () => sortBy(j),
      }, visible(name).split(/(?<=_)/).flatMap((part, i) => (i ? [el('wbr'), part] : [part]))));
      return th;
    });
    const table = el('table', { class: 'grid' }, el('caption', { class: 'hidden' }, caption || id),
      el('thead', {}, el('tr', {}, heads)), body);
    const more = el('div', { class: 'more' });
    const printed = el('p', { class: 'printed' });

    function cellOf(v, j, row) {
      if (cell) {
        const own = cell(v, j, row);
        if (own) return own;
      }
      if (!has(v)) return el('td', { class: (numeric[j] ? 'num' : 'text') + ' none' }, '–');
      const kind = [numeric[j] ? 'num' : 'text', /(^|_)seed(_|$)/i.test(columns[j]) ? 'seed' : ''].join(' ').trim();
      if (typeof v !== 'number') return el('td', { class: kind + (String(v).length <= 48 ? ' short' : '') }, visible(typeof v === 'boolean' ? (v ? 'yes' : 'no') : v));
      const shown = fmt(v);
      return el('td', { class: kind, title: shown.replace(/,/g, '') === full(v) ? null : full(v) }, shown);
    }

    function show() {
      const visibleRows = state.shown.slice(0, state.limit);
      body.replaceChildren(...visibleRows.map((row) => el('tr', {}, row.map((v, j) => cellOf(v, j, row)))));
      const n = state.shown.length;
      const left = n - visibleRows.length;
      more.replaceChildren(...(left > 0 ? [
        el('span', {}, `${grouped(String(visibleRows.length))} of ${grouped(String(n))} rows shown.`),
        el('button', { type: 'button', class: 'quiet', onclick: () => grow(page) }, `Show ${Math.min(page, left)} more`),
        ...(left > page ? [el('button', { type: 'button', class: 'quiet', onclick: () => grow(left) }, `Show all ${grouped(String(n))}`)] : []),
      ] : []));
      printed.textContent = n > 50 ? `Printed: the first 50 of ${grouped(String(n))} rows. All of them are in ${visible(file || 'results.json')}.`
        : visibleRows.length < n ? `Printed: the first ${visibleRows.length} of ${n} rows.` : '';
    }

    function grow(by) {
      state.limit += by;
      show();
    }

    function arrange() {
      const { keep, unknown } = parseFilter(state.text, columns);
      const kept = rows.filter(keep);
      if (state.by >= 0) {
        const j = state.by;
        const sign = state.down ? -1 : 1;
        // Rows without a value stay last, whichever way.
        kept.sort((a, b) => (!has(a[j]) || !has(b[j]) ? (has(b[j]) ? 1 : 0) - (has(a[j]) ? 1 : 0) : sign * compare(a[j], b[j])));
      }
      state.shown = kept;
      heads.forEach((th, j) => th.setAttribute('aria-sort', j === state.by ? (state.down ? 'descending' : 'ascending') : 'none'));
      count.classList.toggle('bad', unknown.length > 0);
      count.textContent = unknown.length ? `There is no column called ${visible(unknown.join(', '))}.`
        : state.text ? `${grouped(String(kept.length))} of ${grouped(String(rows.length))} rows`
          : `${grouped(String(rows.length))} rows`;
      show();
    }

    // Once one way, once the other, then the order of the file again.
    function sortBy(j) {
      const firstDown = numeric[j];
      if (state.by !== j) Object.assign(state, { by: j, down: firstDown });
      else if (state.down === firstDown) state.down = !firstDown;
      else state.by = -1;
      state.limit = page;
      arrange();
    }

    const example = columns[numeric.findIndex((n) => n)];
    const filter = el('input', {
      type: 'search', 'aria-label': visible(`Filter the rows of ${caption || id}: text in any cell, or a column name, a comparison and a number`),
      placeholder: example ? `Filter: text, or ${visible(example)}<10` : 'Filter: text in any cell', spellcheck: 'false', autocomplete: 'off',
    });
    let pending = 0;
    filter.addEventListener('input', () => {
      clearTimeout(pending);
      pending = setTimeout(() => {
        state.text = filter.value.trim();
        state.limit = page;
        arrange();
      }, 120);
    });
    arrange();
    wide.push(table);
    const explained = about.some(Boolean);
    return el('div', {},
      rows.length > 8 ? el('div', { class: 'controls' }, filter, count) : null,
      el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': visible(caption || id) }, table),
      more, printed,
      explained ? el('details', { class: 'columns' }, el('summary', {}, 'What the columns mean'),
        el('dl', {}, columns.map((name, j) => (about[j] ? el('div', {}, el('dt', {}, name), el('dd', { id: `${key}-c${j}` }, about[j])) : null)))) : null);
  }

  function tableFinding(t) {
    const file = files[t.id] || `tables/${t.id}.csv`;
    return el('section', { class: 'finding', id: anchor(t.id) },
      el('div', { class: 'finding-head' },
        el('h3', {}, t.title, copyButton(t.id)),
        el('div', { class: 'tools' }, el('button', {
          type: 'button', class: 'quiet', title: 'Save the whole table as CSV, in full precision',
          'aria-label': visible(`Save as CSV: ${t.title}`), onclick: () => save(t.id + '.csv', 'text/csv', csv(t.columns, t.rows)),
        }, 'CSV'))),
      dataTable({ ...t, caption: t.title, file }));
  }

  /* ------------------------------------------------------------------ scalars */

  function chance(s) {
    if (!has(s.null)) return null;
    return plusMinus(s.null, s.null_sd);
  }

  function scalarTable(scalars, section) {
    const columns = ['finding', 'value', 'seed', '95 % interval', 'null', 'z', 'p', 'unit'];
    const about = [
      'What was measured. Its id, for "orograph get", shows beside it and is copied by a click.',
      'The sound figure, the headline.',
      "What the seed document's own code prints for this; it stands here for comparison.",
      '95 % interval of the value.',
      'Mean ± standard deviation under the null model: what chance gives.',
      '(value − null) / standard deviation under the null.',
      'Two-sided permutation p-value, (1 + b) / (1 + m).',
      'Unit of the value; empty for a pure number.',
    ];
    const of = new Map();
    const all = scalars.map((s) => {
      const row = [s.title, s.value, has(s.seed) ? s.seed : null, s.interval ? s.interval[0] : null,
        has(s.null) ? s.null : null, has(s.z) ? s.z : null, has(s.p) ? s.p : null, s.unit === '1' ? '' : s.unit || ''];
      of.set(row, s);
      return row;
    });
    // A column that nobody fills is left out.
    const used = columns.map((_, j) => j < 2 || all.some((r) => has(r[j]) && r[j] !== ''));
    const pick = (list) => list.filter((_, j) => used[j]);
    const rows = all.map((r) => {
      const short = pick(r);
      of.set(short, of.get(r));
      return short;
    });
    const names = pick(columns);
    return dataTable({
      id: section.id, columns: names, about: pick(about), rows, page: 30, caption: `Figures: ${section.title}`,
      cell: (v, j, row) => {
        const s = of.get(row);
        switch (names[j]) {
          case 'finding':
            return el('td', { class: 'text', id: anchor(s.id), title: s.sentence ? prose(s.sentence) : null }, s.title, copyButton(s.id));
          case '95 % interval':
            return s.interval
              ? el('td', { class: 'num', title: s.interval.map(full).join(' to ') }, `${fmt(s.interval[0])} to ${fmt(s.interval[1])}`) : null;
          case 'null':
            return has(s.null)
              ? el('td', { class: 'num', title: full(s.null) + (has(s.null_sd) ? ` ± ${full(s.null_sd)}` : '') + (has(s.null_draws) ? `, ${fmt(s.null_draws)} draws` : ', closed form') }, chance(s)) : null;
          case 'z':
            return has(s.z) ? el('td', { class: 'num', title: full(s.z) }, fmtZ(s.z)) : null;
          case 'p':
            return has(s.p) ? el('td', { class: 'num', title: full(s.p) }, fmtP(s.p)) : null;
          case 'unit':
            return el('td', { class: 'text' }, row[j]);
          default:
            return null;
        }
      },
    });
  }

  /** Where a value lies beside what chance gives: grey 2 sd around the null, dot, hollow seed. */
  function numberLine(s) {
    const height = 40;
    const y = 13;
    const sd = has(s.null_sd) ? s.null_sd : 0;
    const marks = [s.value, s.null - 2 * sd, s.null + 2 * sd, ...(s.interval || []), ...(has(s.seed) ? [s.seed] : [])];
    let low = Math.min(...marks);
    let high = Math.max(...marks);
    if (low === high) {
      low -= Math.abs(low) * 0.1 || 1;
      high += Math.abs(high) * 0.1 || 1;
    }
    // Places are shares of whatever width the card has; heights are pixels.
    const at = (v) => 4 + ((v - low) / (high - low)) * 92;
    const x = (v) => at(v).toFixed(2) + '%';
    const picture = svg('svg', {
      class: 'line', height, role: 'img',
      'aria-label': visible(`value ${fmt(s.value)}, null ${chance(s)}${has(s.seed) ? `, seed ${fmt(s.seed)}` : ''}`),
    });
    picture.append(svg('line', { class: 'base', x1: '0%', x2: '100%', y1: y, y2: y }));
    const from = Math.min(at(s.null - 2 * sd), at(s.null) - 0.5);
    const to = Math.max(at(s.null + 2 * sd), at(s.null) + 0.5);
    picture.append(svg('rect', { class: 'null', x: from + '%', y: y - 9, width: to - from + '%', height: 18, rx: 1.5 }));
    picture.append(svg('line', { class: 'null-mean', x1: x(s.null), x2: x(s.null), y1: y - 9, y2: y + 9 }));
    if (s.interval) {
      picture.append(svg('line', { class: 'whisker', x1: x(s.interval[0]), x2: x(s.interval[1]), y1: y, y2: y, 'stroke-width': 3 }));
    }
    picture.append(svg('circle', { class: 'dot', cx: x(s.value), cy: y, r: 5 }));
    if (has(s.seed)) picture.append(svg('circle', { class: 'hollow', cx: x(s.seed), cy: y, r: 4.5, 'stroke-width': 1.5 }));
    const text = (v, words) => {
      picture.append(svg('text', { x: x(v), y: height - 4, 'text-anchor': 'middle' }, words));
    };
    text(s.null, 'null');
    const far = (a, b) => Math.abs(at(a) - at(b)) > 14;
    if (far(s.value, s.null)) text(s.value, 'value');
    if (has(s.seed) && far(s.seed, s.null) && far(s.seed, s.value)) text(s.seed, 'seed');
    return picture;
  }

  function card(s, section) {
    return el('li', { class: 'card' },
      el('p', { class: 'where' }, el('a', { href: '#' + anchor(s.id) }, section.title)),
      el('h3', {}, s.title),
      el('p', { class: 'figure-line' },
        el('span', { class: 'big', title: full(s.value) }, fmt(s.value), unitOf(s.unit) ? el('small', {}, unitOf(s.unit)) : null),
        has(s.null) ? el('span', { class: 'against' }, 'null ', el('b', {}, chance(s))) : null,
        has(s.z) ? el('span', { class: 'against', title: full(s.z) }, Math.abs(s.z) > 1000 ? 'z ' : 'z = ', el('b', {}, fmtZ(s.z))) : null,
        has(s.seed) ? el('span', { class: 'against', title: full(s.seed) }, 'seed ', el('b', {}, fmt(s.seed))) : null),
      has(s.null) ? numberLine(s) : null,
      el('p', { class: 'sentence' }, s.sentence));
  }

  /* ------------------------------------------------------------------ the page */

  const comparison = results.model.family === 'comparison';
  const sectionId = (id) => 's-' + String(id).replace(/[^\w.-]/g, '_');

  function head() {
    const m = results.model;
    const facts = Object.entries(m.facts || {});
    const size = facts.find(([name]) => /^(parameters|size)$/i.test(name));
    document.title = `${visible(m.name)} – Orograph`;
    document.getElementById('head').append(el('div', { class: 'head' },
      el('h1', {}, m.name),
      el('p', { class: 'kicker' }, [m.family, size ? `${size[1]}${/^\d[\d,. ]*[kMGTB]?$/.test(size[1]) && /param/i.test(size[0]) ? ' parameters' : ''}` : null]
        .filter(Boolean).join(' · ')),
      m.paragraph ? el('p', { class: 'lead' }, m.paragraph) : null,
      facts.length === 0 ? null : el('dl', { class: 'facts' }, facts.map(([name, value]) =>
        el('div', { class: String(value).length > 26 ? 'long' : null }, el('dt', {}, name), el('dd', {}, value))))));
  }

  const keyItem = (draw, text) => {
    const s = svg('svg', { width: 34, height: 18, viewBox: '0 0 34 18', class: 'line', 'aria-hidden': 'true' });
    s.style.cssText = 'width:34px;margin:0';
    draw(s);
    return el('li', {}, s, text);
  };

  function highlights() {
    const at = new Map();
    for (const section of results.sections) {
      for (const f of section.findings) if (f.kind === 'scalar') at.set(f.id, [f, section]);
    }
    const chosen = (results.highlights || []).map((id) => at.get(id)).filter(Boolean);
    if (!chosen.length) return null;
    const farthest = Math.max(...chosen.map(([s]) => Math.abs(s.z)));
    // Of a few hundred figures one or two lie three deviations out by chance alone.
    const verdict = comparison
      ? ' Layers of one model are not independent samples, so a z of 3 is nothing rare.'
      : farthest < 4
      ? ` Even the first lies only ${fmt(farthest)} deviations out: nothing here differs from chance.` : '';
    return el('section', { class: 'block', 'aria-labelledby': 'h-far' },
      el('h2', { id: 'h-far' }, comparison ? 'Clearest differences' : 'Farthest from chance'),
      el('p', { class: 'aside' }, comparison ? `Differences that are largest against how the layers differ among themselves, each figure once.${verdict}` : `The ${chosen.length === 1 ? 'figure that stands' : chosen.length + ' figures that stand'} farthest from what the null model gives, each kind of claim once.${verdict}`),
      el('ol', { class: 'cards', 'data-count': chosen.length }, chosen.map(([s, section]) => card(s, section))),
      el('ul', { class: 'key', 'aria-label': 'Key' },
        keyItem((s) => s.append(svg('circle', { class: 'dot', cx: 17, cy: 9, r: 5 })), 'value, with its 95 % interval where there is one'),
        keyItem((s) => s.append(svg('rect', { class: 'null', x: 3, y: 2, width: 28, height: 14, rx: 1.5 }), svg('line', { class: 'null-mean', x1: 17, x2: 17, y1: 2, y2: 16 })), comparison ? 'no difference ± 2 standard errors' : 'null ± 2 standard deviations: what chance gives'),
        comparison ? null : keyItem((s) => s.append(svg('circle', { class: 'hollow', cx: 17, cy: 9, r: 4.5, 'stroke-width': 1.5 })), "the seed code's own figure")));
  }

  function contents() {
    const ran = new Map(results.sections.map((s) => [s.id, s]));
    const plural = (n, one) => (n ? `${grouped(String(n))} ${one}${n > 1 ? 's' : ''}` : null);
    const holds = (s) => {
      const n = (...kinds) => s.findings.filter((f) => kinds.includes(f.kind)).length;
      return [plural(n('scalar'), 'figure'), plural(n('curve', 'bars', 'boxes', 'heatmap', 'histogram', 'scatter'), 'chart'), plural(n('table'), 'table'), plural(n('note'), 'note')]
        .filter(Boolean).join(', ');
    };
    const line = (state, off, title, what) => el('li', { class: off ? 'off' : null },
      el('span', { class: 'state', 'aria-hidden': 'true' }, state), el('span', {}, title), el('span', { class: 'what' }, what));
    const known = new Set((results.analyses || []).map((a) => a.id));
    // What nobody asked for takes one line, whatever its number.
    const unasked = new Map();
    for (const a of results.analyses || []) {
      if (a.status === 'skipped' && !ran.has(a.id)) unasked.set(a.reason, [...(unasked.get(a.reason) || []), a.title]);
    }
    const rows = (results.analyses || []).filter((a) => ran.has(a.id) || a.status !== 'skipped').map((a) => {
      const section = ran.get(a.id);
      if (section) return line('✓', false, el('a', { href: '#' + sectionId(a.id) }, a.title), holds(section));
      const word = a.status === 'not_applicable' ? 'Does not apply' : a.status === 'done' ? 'Ran, and found nothing to show' : a.status;
      return line('–', true, a.title, a.reason ? `${word}: ${a.reason}` : word);
    });
    for (const s of results.sections) {
      if (!known.has(s.id)) rows.push(line('✓', false, el('a', { href: '#' + sectionId(s.id) }, s.title), holds(s)));
    }
    const all = rows.length + [...unasked.values()].reduce((n, titles) => n + titles.length, 0);
    for (const [reason, titles] of unasked) {
      rows.push(line('–', true, titles.length > 1 ? `${titles.length} others` : titles[0],
        (reason ? `Left out (${reason})` : 'Left out') + (titles.length > 1 ? ': ' + titles.join(', ') : '')));
    }
    return el('section', { class: 'block', 'aria-labelledby': 'h-contents' },
      el('h2', { id: 'h-contents' }, comparison ? 'What was compared' : 'What was surveyed'),
      comparison ? null : el('p', { class: 'aside' }, `${results.sections.length} of ${all} analyses ran.`),
      el('ul', { class: 'contents' }, rows));
  }

  const drawableMap = (f) => f.kind === 'heatmap' && f.rows.length > 0 && f.columns.length > 0;

  const alike = (a, b) => named(a.value) === named(b.value) && (has(a.middle) ? a.middle : null) === (has(b.middle) ? b.middle : null);

  /** The findings of a section, with the heat maps of one quantity that follow each other put together. */
  function findingsOf(findings) {
    const shown = [];
    for (let i = 0; i < findings.length; i++) {
      let end = i;
      while (end < findings.length && drawableMap(findings[end]) && alike(findings[i], findings[end])) end++;
      if (end - i > 1) {
        shown.push(guarded(findings[i], () => mapsFigure(findings.slice(i, end))));
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
      case 'note': return el('section', { class: 'finding note', id: anchor(f.id) }, el('h3', {}, f.title), el('p', {}, f.text));
      default: return el('p', { class: 'notice' }, `${f.title}: a kind of finding that this report does not know (${f.kind}); it is in results.json.`);
    }
  }

  function sectionOf(s) {
    const scalars = s.findings.filter((f) => f.kind === 'scalar');
    const about = [['Method', s.method], ['Source', s.source], ['What this does not show', s.limits]].filter(([, text]) => text);
    return el('section', { class: 'section', id: sectionId(s.id), 'aria-labelledby': 'h-' + sectionId(s.id) },
      el('h2', { id: 'h-' + sectionId(s.id) }, s.title),
      s.summary ? el('p', { class: 'summary' }, s.summary) : null,
      about.length ? el('dl', { class: 'about' }, about.map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', {}, text)))) : null,
      scalars.length ? el('div', { class: 'finding' }, scalarTable(scalars, s)) : null,
      findingsOf(s.findings.filter((f) => f.kind !== 'scalar')));
  }

  /** Any JSON as words: for settings and timings, whose shape is the run's own business. */
  function words(v) {
    if (!has(v)) return '–';
    if (typeof v === 'number') return fmt(v);
    if (typeof v !== 'object') return String(v);
    if (Array.isArray(v)) return v.map(words).join(', ');
    return Object.entries(v).map(([k, x]) => `${k} ${words(x)}`).join(', ');
  }

  const pairs = (entries) => el('dl', { class: 'pairs' },
    entries.filter(([, v]) => has(v) && v !== '').flatMap(([k, v]) => [el('dt', {}, k), el('dd', {}, v instanceof Node ? v : words(v))]));

  const folded = (title, ...content) => el('details', {}, el('summary', {}, title), ...content);

  function timings(t) {
    if (!has(t)) return null;
    const entries = Array.isArray(t)
      ? t.map((x) => (typeof x === 'object' && x ? [x.id || x.name || x.analysis || '', has(x.seconds) ? x.seconds : words(x)] : ['', x]))
      : Object.entries(t).map(([k, v]) => [k, v && typeof v === 'object' && has(v.seconds) ? v.seconds : v]);
    return entries.length ? folded('Timings', pairs(entries.map(([k, v]) => [k, typeof v === 'number' ? duration(v) : v]))) : null;
  }

  function foot() {
    const machine = run.machine || {};
    const settings = Object.entries({ ...(results.settings || {}), ...(run.settings && typeof run.settings === 'object' ? run.settings : {}) });
    const seed = settings.find(([k]) => k === 'seed');
    const names = (run.arrays || []).map((a) => (typeof a === 'string' ? a : words(a)));
    const list = (items) => el('ul', { class: 'files' }, items.map((i) => el('li', {}, el('code', {}, i))));
    const tableFiles = Object.values(files);
    document.getElementById('foot').append(el('div', { class: 'foot' },
      el('section', {}, el('h2', {}, 'How this was made'),
        pairs([
          ['Orograph', run.version], ['Java', run.java || machine.java],
          ['Machine', [machine.cpu, has(machine.cores) ? `${machine.cores} cores` : null, machine.os, machine.arch].filter(has).join(', ')],
          ['Kernels', machine.kernels], ['Seed', seed && seed[1]], ['Started', run.started],
          ['Peak memory', has(run.peak_memory_bytes) ? `${fmt(run.peak_memory_bytes / 2 ** 20, 3)} MiB` : null],
          ['Took', has(run.seconds) ? (typeof run.seconds === 'number' ? duration(run.seconds) : run.seconds) : null],
          ['Fingerprint', results.model.fingerprint && el('code', {}, results.model.fingerprint)],
        ]),
        timings(run.timings),
        settings.length ? folded('Settings', pairs(settings)) : null),
      el('section', {}, el('h2', {}, 'How to read this'),
        el('p', {}, 'The ', el('b', {}, 'null'), ' is what the same measurement gives where there is nothing to find: a closed form, or many draws with the structure destroyed. ',
          el('b', {}, 'z'), ' counts how many of its standard deviations a value lies away. A large z says that chance does not explain the value; it does not say that the value matters.'),
        el('p', {}, el('b', {}, 'Seed'), " figures, italic in tables and hollow in charts, are what the analysis' original notebook prints. They are here for reproduction; where they differ from the value, the value is the one to use."),
        el('p', {}, 'Figures show four significant digits; hover for all of them. Click a column to sort.')),
      el('section', {}, el('h2', {}, 'Files beside this one'),
        pairs([
          [el('code', {}, 'results.json'), 'everything above as data'],
          [el('code', {}, 'run.json'), 'versions, settings, machine, timings'],
        ].map(([a, b]) => [a.textContent, b])),
        tableFiles.length ? folded(`tables/ (${tableFiles.length} CSV files in full precision)`, list(tableFiles)) : null,
        names.length ? folded(`arrays/ (${names.length} safetensors files for NumPy)`, list(names.map((n) => (n.includes('/') ? n : 'arrays/' + n)))) : null,
        el('p', {}, 'One number by its name: ', el('code', {}, 'orograph get RUN ID'), '. Hover over a title to see its id, click the id to copy it.'))));
  }

  /* ------------------------------------------------------------------ theme, print, navigation */

  let chosen = false;
  function applyTheme(name) {
    document.documentElement.dataset.theme = name;
    const button = document.getElementById('theme');
    const other = name === 'dark' ? 'light' : 'dark';
    button.textContent = name === 'dark' ? '☀ Light' : '☾ Dark';
    button.setAttribute('aria-label', `Switch to ${other} colours`);
    drawn.forEach((c) => c.redraw());
  }
  const preference = matchMedia('(prefers-color-scheme: dark)');
  document.getElementById('theme').addEventListener('click', () => {
    chosen = true;
    applyTheme(themeName() === 'dark' ? 'light' : 'dark');
  });
  preference.addEventListener('change', (e) => {
    if (!chosen) applyTheme(e.matches ? 'dark' : 'light');
  });

  let printing = false;
  // A sheet of A4 or Letter between the margins is about this wide in CSS pixels.
  const SHEET = 680;
  addEventListener('beforeprint', () => {
    printing = true;
    for (const table of wide) {
      const fit = Math.min(1, SHEET / Math.max(1, table.scrollWidth * 0.87));
      table.style.setProperty('--print-zoom', Math.max(0.45, fit).toFixed(3));
    }
    drawn.forEach((c) => c.draw(SHEET, 'light'));
    document.querySelectorAll('.foot details').forEach((d) => { d.open = true; });
  });
  addEventListener('afterprint', () => {
    printing = false;
    drawn.forEach((c) => c.draw());
  });

  function navigation() {
    const nav = document.getElementById('nav');
    const links = results.sections.map((s) => el('a', { href: '#' + sectionId(s.id) }, s.title));
    nav.append(...links);
    const bar = document.querySelector('.bar');
    const spy = () => {
      bar.classList.toggle('away', scrollY > 30);
      let at = -1;
      results.sections.forEach((s, i) => {
        if (document.getElementById(sectionId(s.id)).getBoundingClientRect().top < 140) at = i;
      });
      links.forEach((a, i) => (i === at ? a.setAttribute('aria-current', 'true') : a.removeAttribute('aria-current')));
    };
    let waiting = false;
    addEventListener('scroll', () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        spy();
      });
    }, { passive: true });
  }

  const main = document.getElementById('main');
  document.documentElement.dataset.theme = preference.matches ? 'dark' : 'light';
  head();
  main.append(...[highlights(), contents()].filter(Boolean), ...results.sections.map(sectionOf));
  foot();
  navigation();
  applyTheme(themeName());
  if (typeof echarts === 'undefined') {
    main.prepend(el('p', { class: 'notice' }, 'The charts could not be drawn: the charting program inside this file did not run. Tables and figures are complete.'));
  }
  // The elements came after the address was read, so the place it names is looked up again.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.body.dataset.ready = 'true';
  }));
})();
