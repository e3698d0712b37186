/*
 * Says beside what is wider than its place that it goes on, and how far: a scrollbar is easily
 * missed, and a telephone shows none.
 */
import { el } from './elements.js';
import { grouped } from './numbers.js';

const looks = new Map();
const watcher = new ResizeObserver((seen) => seen.forEach(({ target }) => looks.get(target)()));

/** A scrolling element with a shade at the edge where its columns are cut, and words below. */
export function withBeyond(scroll, heads) {
  const said = el('p', { class: 'beyond', hidden: true });
  const frame = el('div', { class: 'wide' }, scroll);
  function look() {
    const from = scroll.scrollLeft;
    const to = from + scroll.clientWidth;
    const right = heads.filter((th) => th.offsetLeft + th.offsetWidth > to + 2).length;
    const left = scroll.scrollWidth > scroll.clientWidth + 2 && from > 2;
    frame.classList.toggle('goes-on', right > 0);
    // The words stay while the table is too wide, so that nothing jumps at its end.
    said.hidden = !right && !left;
    said.textContent = right ? `${grouped(String(right))} more column${right > 1 ? 's' : ''} to the right \u2192`
      : '\u2190 more columns to the left';
  }
  scroll.addEventListener('scroll', look, { passive: true });
  for (const node of [scroll, scroll.firstChild]) {
    looks.set(node, look);
    watcher.observe(node);
  }
  frame.append(said);
  return frame;
}
