/*
 * Scatters of one group (linked): the same points in the same order, seen by two models. What is under
 * the pointer, chosen, found or selected in one shows in the others.
 */
import { has } from './numbers.js';

const groups = new Map();

/** Links a view to those of its group; tell() brings them in line with it, drawn by their follow. */
export function linkTo(view, follow) {
  const { linked } = view.finding;
  if (!has(linked)) return { tell: () => {} };
  const group = groups.get(linked) || [];
  groups.set(linked, group);
  group.push({ view, follow });
  return {
    tell() {
      for (const { view: other, follow: again } of group) {
        if (other === view) continue;
        const marks = other.hits !== view.hits || other.selected !== view.selected;
        if (!marks && other.pinned === view.pinned && other.echo === view.under) continue;
        if (marks) {
          other.lasso = view.lasso && { polygon: [], layout: -1 };
          other.mark(view.hits, view.selected);
        }
        if (other.pinned !== view.pinned) {
          other.pinned = view.pinned;
          other.bringIn(view.pinned);
        }
        other.echo = view.under;
        again();
      }
    },
  };
}
