/*
 * The page, from head to foot. Runs last.
 *
 * Three rules hold in all of these files. Text from the data reaches the page only through text nodes
 * or textContent (el and visible), never through HTML. Nothing is fetched or stored. One finding that
 * cannot be drawn says so in its place and leaves the others alone.
 */
import './faults.js';
import { results } from './data.js';
import { el } from './elements.js';
import { themeName } from './theme.js';
import { highlights } from './highlights.js';
import { pageHead } from './head.js';
import { contents } from './contents.js';
import { sectionOf } from './section.js';
import { pageFoot } from './foot.js';
import { preferredTheme, applyTheme } from './appearance.js';
import { navigation } from './navigation.js';
import { reveal } from './folded.js';

const main = document.getElementById('main');
document.documentElement.dataset.theme = preferredTheme();
pageHead();
main.append(...[highlights(), contents()].filter(Boolean), ...results.sections.map(sectionOf));
pageFoot();
navigation();
applyTheme(themeName());
if (typeof echarts === 'undefined') {
  main.prepend(el('p', { class: 'notice' }, 'The charts could not be drawn: the charting program inside this file did not run. Tables and figures are complete.'));
}
// The elements came after the address was read, so the place it names is looked up again.
reveal();
requestAnimationFrame(() => requestAnimationFrame(() => {
  document.body.dataset.ready = 'true';
}));
