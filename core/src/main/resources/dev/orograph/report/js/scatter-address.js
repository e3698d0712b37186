/*
 * How a scatter stands, in the address of the page behind the place of its finding: what is sought,
 * selected and chosen, layout, measure, colouring and zoom. Copied, it shows the same again.
 */
import { anchor } from './elements.js';

const PAUSE = 250; // milliseconds after the last change

/** What is not as it was at first, as text; empty where all is. */
function told(view) {
  const { finding, centre, lasso } = view;
  const p = new URLSearchParams();
  const layout = finding.layouts[view.layout];
  if (view.measure > 0) p.set('metric', view.measures[view.measure]);
  if (layout.name !== finding.layouts[0].name) p.set('layout', layout.name);
  if (view.colour > 0) p.set('colour', finding.colourings[view.colour].name);
  if (view.only !== null) p.set('only', String(view.only));
  if (view.zoom !== 1) p.set('at', [...centre.map((c) => c.toFixed(4)), view.zoom.toPrecision(4)].join(','));
  if (view.sought) p.set('find', view.sought);
  if (lasso && lasso.layout >= 0) p.set('lasso', [lasso.layout, ...lasso.polygon.flat()].join(','));
  if (view.pinned >= 0) p.set('id', String(finding.ids[view.pinned]));
  return p.toString();
}

const numbers = (text) => (text || '').split(',').map(Number);

/** Makes a view stand as an address says; whatever of it does not fit is passed over. */
function stand(view, text, seek) {
  const { finding } = view;
  const p = new URLSearchParams(text);
  const found = (list, name) => Math.max(0, list.findIndex((o) => o === name));
  const names = finding.layouts.map((l) => l.name);
  Object.assign(view, { zoom: 1, centre: [0.5, 0.5], only: null, pinned: -1 });
  view.arrange(names[found(names, p.get('layout'))], found(view.measures, p.get('metric')));
  view.colour = found(finding.colourings.map((c) => c.name), p.get('colour'));
  const only = Number(p.get('only'));
  const c = view.colouring();
  if (p.has('only') && c && c.members && Number.isInteger(only) && only >= 0 && only < c.categories.length) view.only = only;
  seek(p.get('find') || '');
  const [layout, ...corners] = numbers(p.get('lasso'));
  const polygon = corners.flatMap((v, i) => (i % 2 ? [[corners[i - 1], v]] : []));
  const fits = polygon.length > 2 && finding.layouts[layout] && corners.every(Number.isFinite);
  view.lassoed(fits ? polygon : null, fits ? layout : 0);
  const [x, y, zoom] = numbers(p.get('at'));
  if ([x, y, zoom].every(Number.isFinite)) {
    Object.assign(view, { centre: [x, y].map((v) => Math.max(0, Math.min(1, v))), zoom: Math.max(1, Math.min(400, zoom)) });
  }
  view.pinned = p.has('id') ? finding.ids.indexOf(Number(p.get('id'))) : -1;
  if (view.pinned >= 0 && !p.has('at')) view.goTo(view.pinned);
}

/**
 * Keeps the address: stood is called after the view was made to stand as one says. Returns restored,
 * which takes over what the address says, and noted, to be called whenever something was drawn: whether
 * the view stands otherwise than at first; silent leaves the address as it is.
 */
export function addressOf(view, seek, stood) {
  const place = '#' + anchor(view.finding.id);
  let last = '';
  let waiting = 0;
  const restored = () => {
    const [where, text] = location.hash.split(/\?(.*)/s);
    if (decodeURIComponent(where) !== place || text === undefined || text === last) return;
    stand(view, text, seek);
    last = told(view);
    stood();
  };
  addEventListener('hashchange', restored);
  return {
    restored,
    noted(silent) {
      const now = told(view);
      const stands = now !== '';
      if (now === last) return stands;
      last = now;
      if (silent) return stands;
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        try {
          history.replaceState(null, '', place + (now ? '?' + now : ''));
        } catch {
          // A page in a frame without an address of its own; it works without.
        }
      }, PAUSE);
      return stands;
    },
  };
}
