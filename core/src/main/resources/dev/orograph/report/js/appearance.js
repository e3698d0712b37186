/*
 * Light, dark and paper.
 */
import { themeName } from './theme.js';
import { wideTables } from './table.js';
import { drawn, printing } from './figure.js';

const preference = matchMedia('(prefers-color-scheme: dark)');
export const preferredTheme = () => (preference.matches ? 'dark' : 'light');

let chosen = false;
export function applyTheme(name) {
  document.documentElement.dataset.theme = name;
  const button = document.getElementById('theme');
  const other = name === 'dark' ? 'light' : 'dark';
  button.textContent = name === 'dark' ? '☀ Light' : '☾ Dark';
  button.setAttribute('aria-label', `Switch to ${other} colours`);
  drawn.forEach((c) => c.redraw());
}
document.getElementById('theme').addEventListener('click', () => {
  chosen = true;
  applyTheme(themeName() === 'dark' ? 'light' : 'dark');
});
preference.addEventListener('change', () => {
  if (!chosen) applyTheme(preferredTheme());
});

// A sheet of A4 or Letter between the margins is about this wide in CSS pixels.
const SHEET = 680;
// Charts stand in columns there, smaller than they are drawn: see report.css.
const COLUMN = 495;
addEventListener('beforeprint', () => {
  printing.now = true;
  for (const table of wideTables) {
    const fit = Math.min(1, SHEET / Math.max(1, table.scrollWidth * 0.87));
    table.style.setProperty('--print-zoom', Math.max(0.45, fit).toFixed(3));
  }
  drawn.forEach((c) => c.draw(COLUMN, 'light'));
});
addEventListener('afterprint', () => {
  printing.now = false;
  drawn.forEach((c) => c.draw());
});
