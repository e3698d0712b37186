/*
 * What a paper says of a figure: caption, LaTeX, BibTeX of the program and of the method, and a link.
 */
import { results, cite } from './data.js';
import { visible } from './text.js';
import { el, anchor } from './elements.js';

const sections = new Map(results.sections.flatMap((s) => s.findings.map((f) => [f.id, s.id])));
const sectionOfFinding = (finding) => sections.get(finding.id) || '';

const sentence = (text) => (/[.?!]$/.test(text) ? text : text + '.');

/** The caption of a figure: what it shows, of which model, by which program and command. */
export const captionOf = (finding) => visible([finding.title, finding.reading, cite.captions[sectionOfFinding(finding)]]
  .filter(Boolean).map((t) => sentence(t.trim())).join(' '));

const LATEX = {
  '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '→': '$\\to$', '−': '$-$', '≤': '$\\le$', '≥': '$\\ge$',
  '±': '$\\pm$', '×': '$\\times$', '·': '$\\cdot$', '²': '$^2$', σ: '$\\sigma$', α: '$\\alpha$', ρ: '$\\rho$', '<': '$<$', '>': '$>$', '|': '$|$',
};

/** Text as LaTeX shows it; two hyphens stay two. */
const escaped = (text) => Array.from(text, (c) => (/[&%$#_{}]/.test(c) ? '\\' + c : LATEX[c] || c)).join('').replace(/--/g, '-{}-');

function latexOf(finding) {
  const name = finding.id.replace(/[^\w.-]/g, '_');
  return ['\\begin{figure}', '  \\centering', `  \\includegraphics[width=\\linewidth]{{${name}}.pdf}`,
    `  \\caption{${escaped(captionOf(finding))}}`, `  \\label{fig:${name}}`, '\\end{figure}'].join('\n');
}

function copied(name, text) {
  const button = el('button', { type: 'button', class: 'quiet', 'aria-label': `Copy: ${name}` }, 'Copy');
  const words = el('pre', { tabindex: 0 }, text);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      // A local file may not use the clipboard: select it, so that a key does.
      getSelection().selectAllChildren(words);
    }
  });
  return [el('dt', {}, name, ' ', button), el('dd', {}, words)];
}

/** Folded beneath a figure. */
export function paperWords(finding) {
  const words = el('details', { class: 'data paper' }, el('summary', {}, 'For a paper'));
  words.addEventListener('toggle', () => {
    if (!words.open || words.children.length > 1) return;
    const methods = cite.methods[sectionOfFinding(finding)] || '';
    words.append(el('dl', {},
      copied('Caption', captionOf(finding)),
      copied('LaTeX', latexOf(finding)),
      copied('BibTeX', cite.program + methods),
      el('dt', {}, 'Link'), el('dd', {}, el('a', { href: '#' + anchor(finding.id) }, finding.id))));
  });
  return words;
}
