/*
 * A finding of kind note: a title and a text.
 */
import { el, anchor } from './elements.js';

export const noteFinding = (note) => el('section', { class: 'finding note', id: anchor(note.id) },
  el('h3', {}, note.title), el('p', {}, note.text));
