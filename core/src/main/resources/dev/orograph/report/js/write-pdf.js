/*
 * Shapes as a PDF file of one page (ISO 32000-1): paths alone, no fonts, a pixel being 3/4 point.
 */
const POINT = 0.75;
const short = (v) => String(Math.round(v * 1000) / 1000);
const OPERATORS = { M: 'm', L: 'l', C: 'c', Z: 'h' };
const CAPS = { butt: 0, round: 1, square: 2 };
const JOINS = { miter: 0, round: 1, bevel: 2 };

const data = (d) => d.map(([c, ...p]) => [...p.map(short), OPERATORS[c]].join(' ')).join('\n');
const channels = (c) => c.slice(0, 3).map((v) => short(v / 255)).join(' ');

/** What the page draws, and the opacities that it uses. */
function content({ height, shapes }) {
  const states = [];
  const state = (fill, stroke) => {
    const words = `<< /ca ${short(fill)} /CA ${short(stroke)} >>`;
    if (!states.includes(words)) states.push(words);
    return `/G${states.indexOf(words)} gs`;
  };
  const lines = [`${POINT} 0 0 ${-POINT} 0 ${short(height * POINT)} cm`];
  for (const s of shapes) {
    lines.push('q', ...s.clip.map((clip) => `${data(clip)}\nW n`));
    if (s.fillOpacity < 1 || s.strokeOpacity < 1) lines.push(state(s.fillOpacity, s.strokeOpacity));
    if (s.fill) lines.push(`${channels(s.fill)} rg`);
    if (s.stroke) {
      lines.push(`${channels(s.stroke)} RG ${short(s.width)} w ${CAPS[s.cap] || 0} J ${JOINS[s.join] || 0} j`);
      lines.push(`[${s.dash.map(short).join(' ')}] 0 d`);
    }
    lines.push(data(s.d), s.fill ? (s.stroke ? 'B' : 'f') : 'S', 'Q');
  }
  return { text: lines.join('\n'), states };
}

/** Words as a PDF spells them: UTF-16 with its mark, in hexadecimal digits. */
const spelledOut = (text) => '<FEFF' + Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0')).join('') + '>';

async function deflated(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

async function writePdf(picture, title, about) {
  const { text, states } = content(picture);
  const drawn = await deflated(text);
  const box = `[0 0 ${short(picture.width * POINT)} ${short(picture.height * POINT)}]`;
  const objects = [
    ['<< /Type /Catalog /Pages 2 0 R >>'],
    ['<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
    [`<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Contents 4 0 R /Group << /Type /Group /S /Transparency /CS /DeviceRGB >> /Resources << /ExtGState << ${states.map((s, i) => `/G${i} ${s}`).join(' ')} >> >> >>`],
    [`<< /Length ${drawn.length} /Filter /FlateDecode >>\nstream\n`, drawn, '\nendstream'],
    [`<< /Title ${spelledOut(title)} /Subject ${spelledOut(about)} /Creator (Orograph) >>`],
  ];
  const parts = [];
  let at = 0;
  const put = (part) => {
    parts.push(part);
    at += part.length;
  };
  put('%PDF-1.4\n');
  const places = objects.map((object, i) => {
    const from = at;
    put(`${i + 1} 0 obj\n`);
    object.forEach(put);
    put('\nendobj\n');
    return from;
  });
  const index = at;
  put(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((p) => String(p).padStart(10, '0') + ' 00000 n \n').join('')}`);
  put(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${index}\n%%EOF\n`);
  return parts;
}

/** A PDF file of a picture, as parts of a Blob, once it is packed. */
export const pdfFile = writePdf;
