/*
 * Which analyses ran and what each found; which did not, and why (results.analyses).
 */
import { results, comparison } from './data.js';
import { el, sectionId } from './elements.js';
import { grouped } from './numbers.js';

export function contents() {
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
  const more = results.sections.filter((s) => !known.has(s.id)).length;
  const all = rows.length - more + [...unasked.values()].reduce((n, titles) => n + titles.length, 0);
  for (const [reason, titles] of unasked) {
    rows.push(line('–', true, titles.length > 1 ? `${titles.length} others` : titles[0],
      (reason ? `Left out (${reason})` : 'Left out') + (titles.length > 1 ? ': ' + titles.join(', ') : '')));
  }
  return el('section', { class: 'block', 'aria-labelledby': 'h-contents' },
    el('h2', { id: 'h-contents' }, comparison ? 'What was compared' : 'What was surveyed'),
    comparison ? null : el('p', { class: 'aside' }, `${results.sections.length - more} of ${all} analyses ran. `, el('a', { href: '#all' }, 'Unfold everything'), '.'),
    el('ul', { class: 'contents' }, rows));
}
