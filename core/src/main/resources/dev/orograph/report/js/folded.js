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
  // What stands behind a question mark is how a chart stands: see scatter-address.js.
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1).split('?')[0]));
  if (!place) return;
  for (let d = place.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
  place.scrollIntoView();
}
addEventListener('hashchange', reveal);
