/*
 * Text from the data as it may stand on the page: characters that act instead of showing are spelled
 * out.
 */

// Characters that act instead of showing (terminal escapes, bidirectional overrides, zero-width
// marks) are spelled out, as in the CSV files.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const hex = (c) => Array.from({ length: c.length }, (_, i) =>
  '\\u' + c.charCodeAt(i).toString(16).padStart(4, '0')).join('');
export const visible = (text) => String(text).replace(HIDDEN, (c) =>
  ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[c] || hex(c));
// Prose keeps its paragraphs.
export const prose = (text) => String(text).split('\n').map(visible).join('\n');

/** A name on one line: spaces at its ends and characters that act are spelled out, the rest is cut. */
export function spelled(text, most) {
  if (text === '') return '(empty)';
  const letters = Array.from(text.slice(0, 2 * most));
  return visible(letters.slice(0, most).join('')).replace(/^ +| +$/g, (spaces) => '␣'.repeat(spaces.length))
    + (letters.length > most || text.length > 2 * most ? '…' : '');
}
