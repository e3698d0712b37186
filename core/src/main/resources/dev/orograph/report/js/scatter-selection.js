/*
 * The points of a scatter that are selected: how many, as a table, and as CSV.
 */
import { visible } from './text.js';
import { el } from './elements.js';
import { csv, save } from './save.js';
import { dataTable } from './table.js';

/**
 * A place for them below the picture, and show, which fills it; data gives columns and rows of points.
 */
export function selectionList(view, data) {
  const place = el('div', { class: 'selection' });
  let shown = null;
  return {
    place,
    show() {
      const { selected, finding } = view;
      if (selected === shown) return;
      shown = selected;
      if (!view.lasso) {
        place.replaceChildren();
        return;
      }
      const { columns, rows } = data(selected);
      const id = finding.id + '.selected';
      const button = (name, about, act) => el('button', { type: 'button', class: 'quiet', 'aria-label': visible(about), title: visible(about), onclick: act }, name);
      place.replaceChildren(
        el('div', { class: 'hits' }, el('span', { role: 'status' }, `${view.noun(selected.length)} selected`),
          selected.length ? button('CSV', `Save the selected ${finding.point}s as CSV`, () => save(id + '.csv', 'text/csv', csv(columns, rows))) : null,
          button('Let go', 'Select nothing', () => view.select(null))),
        ...(selected.length ? [dataTable({ id, columns, rows, about: [], page: 10, caption: `Selected ${finding.point}s of ${finding.title}` })] : []));
    },
  };
}
