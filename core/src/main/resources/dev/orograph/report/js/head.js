/*
 * The top of the page: results.model (name, family, parameters, paragraph, facts).
 */
import { results } from './data.js';
import { visible } from './text.js';
import { el } from './elements.js';
import { grouped, has } from './numbers.js';

export function pageHead() {
  const m = results.model;
  const facts = Object.entries(m.facts || {});
  document.title = `${visible(m.name)} – Orograph`;
  document.getElementById('head').append(el('div', { class: 'head' },
    el('h1', {}, m.name),
    el('p', { class: 'kicker' }, [m.family, has(m.parameters) ? `${grouped(String(m.parameters))} parameters` : null]
      .filter(Boolean).join(' · ')),
    m.paragraph ? el('p', { class: 'lead' }, m.paragraph) : null,
    facts.length === 0 ? null : el('dl', { class: 'facts' }, facts.map(([name, value]) =>
      el('div', { class: String(value).length > 26 ? 'long' : null }, el('dt', {}, name), el('dd', {}, value))))));
}
