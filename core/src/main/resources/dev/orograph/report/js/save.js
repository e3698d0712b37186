/*
 * What a reader takes away: files, CSV, a finding's id. Nothing leaves the page by itself.
 */
import { visible } from './text.js';
import { el } from './elements.js';
import { has } from './numbers.js';

// Text that a spreadsheet would run as a formula gets an apostrophe, numbers never.
function csvCell(v) {
  if (!has(v)) return '';
  if (typeof v !== 'string') return String(v);
  let shown = visible(v);
  if (/^[=+\-@\t\r＝＋－＠]/.test(v)) shown = "'" + shown;
  return /[",]|^\s|\s$/.test(shown) ? `"${shown.replace(/"/g, '""')}"` : shown;
}

export const csv = (columns, rows) => [columns, ...rows].map((r) => r.map(csvCell).join(',')).join('\r\n') + '\r\n';

/** Saves a file of these parts. */
export function save(name, type, parts) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = el('a', { href: url, download: name.replace(/[^\w.-]/g, '_') });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

export function copyButton(id) {
  const button = el('button', {
    type: 'button', class: 'id', title: 'Copy this id', 'aria-label': `Copy the id ${visible(id)}`,
  }, id);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(id);
    } catch {
      // Clipboard access may be refused for local files; selecting it is the next best thing.
      getSelection().selectAllChildren(button);
      document.execCommand('copy');
    }
    button.textContent = 'copied';
    button.classList.add('copied');
    setTimeout(() => {
      button.textContent = visible(id);
      button.classList.remove('copied');
    }, 1200);
  });
  return button;
}
