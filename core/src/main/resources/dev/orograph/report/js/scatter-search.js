/*
 * Finding points of a scatter by their name (labels) or their number (ids).
 */
import { visible, spelled } from './text.js';
import { el } from './elements.js';

/** The points that a text finds: whole names first, then beginnings, then any part. */
function searching({ ids, labels }) {
  let texts = null;
  return (text) => {
    const word = text.toLowerCase();
    if (word.trim() === '') return [];
    if (/^#\d+$/.test(word)) {
      const i = ids.indexOf(Number(word.slice(1)));
      return i < 0 ? [] : [i];
    }
    // Both as it is and as it is spelled out, so that what is read can be typed.
    texts = texts || labels.map((l) => {
      const raw = l.toLowerCase();
      const read = spelled(l, 200).toLowerCase();
      return raw === read ? [raw] : [raw, read];
    });
    const ranked = [[], [], []];
    texts.forEach((forms, i) => {
      let rank = 3;
      for (const form of forms) {
        const found = form.indexOf(word);
        if (found < 0) continue;
        // What tokenizers put before a word, or before the rest of one.
        const bareForm = form.replace(/^(?:[\s▁Ġ␣]|##)/, '');
        rank = Math.min(rank, form === word || bareForm === word ? 0 : found === 0 || bareForm.startsWith(word) ? 1 : 2);
      }
      if (rank < 3) ranked[rank].push(i);
    });
    return ranked.flat();
  };
}

/**
 * A box to search in, and what it found as a list to choose from; tell gives a point in words for
 * those who do not see it.
 */
export function searchBox(view, tell) {
  const { finding } = view;
  const search = searching(finding);
  let at = -1; // the hit that was gone to
  const input = el('input', {
    type: 'search', spellcheck: 'false', autocomplete: 'off', placeholder: `Find a ${visible(finding.point)}, or #id`,
    'aria-label': visible(`Find a ${finding.point} in ${finding.title}: text, or # and its id. Enter goes from one to the next.`),
  });
  const count = el('span', { class: 'count' });
  const told = el('span', { class: 'hidden', role: 'status' });
  const idle = 'Names show where few are in view; Enter in the box goes from one to the next of what it finds.';
  const list = el('ul', { class: 'hits' }, el('li', {}, idle));

  function find() {
    const hits = search(input.value);
    at = -1;
    view.mark(hits, view.selected);
    view.pinned = -1;
    view.sought = input.value;
    const sought = input.value.trim() !== '';
    count.classList.toggle('bad', sought && !hits.length);
    count.textContent = !sought ? '' : hits.length ? view.noun(hits.length) : 'none found';
    told.textContent = count.textContent;
    list.replaceChildren(...(sought ? [] : [el('li', {}, idle)]), ...hits.slice(0, 8).map((i, k) => el('li', {},
      el('button', { type: 'button', class: 'quiet', onclick: () => show(k) }, spelled(finding.labels[i], 24)))),
    ...(hits.length > 8 ? [el('li', {}, 'and more')] : []));
    view.again();
  }

  function show(k) {
    const { hits } = view;
    at = (k + hits.length) % hits.length;
    view.goTo(hits[at]);
    count.textContent = `${at + 1} of ${view.noun(hits.length)}`;
    told.textContent = `${count.textContent}: ${tell(hits[at])}`;
  }

  let typing = 0;
  input.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(find, 80);
  });
  input.addEventListener('keydown', (e) => {
    if (e.key === 'Enter') {
      e.preventDefault();
      clearTimeout(typing);
      if (at < 0) find();
      if (view.hits.length) show(at + (e.shiftKey ? -1 : 1) + (at < 0 && e.shiftKey ? 1 : 0));
    } else if (e.key === 'Escape') {
      input.value = '';
      find();
    }
  });
  /** As if that had been typed. */
  const seek = (text) => {
    input.value = text;
    find();
  };
  return { box: [input, count, told], list, seek };
}
