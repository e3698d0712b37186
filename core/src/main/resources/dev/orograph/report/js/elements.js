/*
 * Elements of the page. Text reaches it only through text nodes and attributes made here, never
 * through HTML.
 */
import { visible, prose } from './text.js';

export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) {
      node.append(child instanceof Node ? child : document.createTextNode(prose(child)));
    }
  }
  return node;
}

export function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  for (const child of children) {
    node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return node;
}

// Where links lead: to a finding, to a section.
export const anchor = (id) => 'f-' + String(id).replace(/[^\w.-]/g, '_');
export const sectionId = (id) => 's-' + String(id).replace(/[^\w.-]/g, '_');
