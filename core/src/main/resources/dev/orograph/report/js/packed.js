/*
 * Long lists of numbers as HtmlReport packs them: little-endian numbers of a few bytes each in base64,
 * which plus from and divided by a power of ten are the very numbers of results.json.
 */

/** The list; what is not packed is it already. */
function unpacked(list) {
  if (list === null || list === undefined || list.packed === undefined) return list;
  const { width, from, nulls } = list;
  const bytes = atob(list.packed);
  const unit = 10 ** list.decimals;
  const none = 256 ** width - 1;
  const values = new Array(bytes.length / width);
  for (let i = 0, at = 0; i < values.length; i++, at += width) {
    let v = 0;
    for (let b = width - 1; b >= 0; b--) v = v * 256 + bytes.charCodeAt(at + b);
    values[i] = nulls && v === none ? null : (v + from) / unit;
  }
  return values;
}

/** Unpacks the lists of a finding of kind scatter. */
export function unpackScatter(s) {
  s.ids = unpacked(s.ids);
  for (const l of s.layouts) Object.assign(l, { x: unpacked(l.x), y: unpacked(l.y) });
  for (const c of s.colourings) {
    if (c.members) c.members = unpacked(c.members);
    if (c.values) c.values = unpacked(c.values);
  }
  for (const k of s.neighbours || []) Object.assign(k, { points: unpacked(k.points), values: unpacked(k.values) });
}
