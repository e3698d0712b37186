/*
 * What lies folded until a reader wants it, and opens where an address leads into it.
 */
import { el } from './elements.js';

export const folded = (title, ...content) => el('details', { class: 'folded' }, el('summary', {}, title), ...content);

/** Opens whatever the place that the address names lies in, and goes there; #all opens everything. */
export function reveal() {
  if (!location.hash) return;
  if (location.hash === '#all') {
    document.querySelectorAll('.folded').forEach((d) => { d.open = true; });
    return;
  }
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  for (let d = place.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
  place.scrollIntoView();
}
addEventListener('hashchange', reveal);
