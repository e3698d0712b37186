/*
 * Rows of a table in an order and by a filter that the reader types.
 */
import { has } from './numbers.js';

const collator = new Intl.Collator('en', { numeric: true });

export function compare(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

/** Words and conditions: text in any cell, or column<number; all must hold. */
export function parseFilter(text, columns) {
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
