/*
 * The bar of groups and of the sections of the group in view, with the one in view marked.
 */
import { results } from './data.js';
import { el, sectionId } from './elements.js';

export function navigation() {
  const nav = document.getElementById('nav');
  const below = document.getElementById('subnav');
  const groupOf = new Map((results.analyses || []).map((a) => [a.id, a.group]));
  const groups = [...new Set(results.sections.map((s) => groupOf.get(s.id)))].filter(Boolean);
  const heads = groups.length < 2 ? [] : groups.map((g) =>
    el('a', { href: '#' + sectionId(results.sections.find((s) => groupOf.get(s.id) === g).id) }, g));
  const links = results.sections.map((s) => el('a', { href: '#' + sectionId(s.id) }, s.title));
  nav.append(...(heads.length ? heads : links));
  if (heads.length) below.append(...links);
  const bar = document.querySelector('.bar');
  const mark = (a, on) => (on ? a.setAttribute('aria-current', 'true') : a.removeAttribute('aria-current'));
  const spy = () => {
    bar.classList.toggle('away', scrollY > 30);
    let at = -1;
    results.sections.forEach((s, i) => {
      if (document.getElementById(sectionId(s.id)).getBoundingClientRect().top < 140) at = i;
    });
    const group = at < 0 ? null : groupOf.get(results.sections[at].id);
    links.forEach((a, i) => {
      mark(a, i === at);
      const own = groupOf.get(results.sections[i].id);
      a.hidden = Boolean(heads.length && own) && own !== group;
    });
    heads.forEach((a, i) => mark(a, groups[i] === group));
    below.parentElement.hidden = heads.length === 0 || at < 0;
    if (at >= 0 && heads.length) below.scrollLeft = links[at].offsetLeft - below.offsetLeft - 40;
  };
  spy();
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
