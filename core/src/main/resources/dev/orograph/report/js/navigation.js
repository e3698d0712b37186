/*
 * The bar of sections, with the one in view marked.
 */
import { results } from './data.js';
import { el, sectionId } from './elements.js';

export function navigation() {
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
