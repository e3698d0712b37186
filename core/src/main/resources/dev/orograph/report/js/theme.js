/*
 * Colours by theme, and how wide text is in the page's font.
 */
import { visible } from './text.js';

// Okabe and Ito's palette with its yellow, unreadable on paper, replaced; two more from Tol.
export const THEMES = {
  light: {
    paper: '#fdfdfb', ink: '#1b2124', soft: '#545d61', faint: '#697174', rule: '#d3d7d2',
    hair: '#eceeea', band: '#d5d9d6', bandEdge: '#bcc2bf', expected: '#80888a',
    lines: ['#0072b2', '#d55e00', '#009e73', '#c4609b', '#b98200', '#4aa3d9', '#882255', '#7a7a1f'],
    sequence: ['#eff3e6', '#c5dfc6', '#86bfae', '#4596a5', '#27658c', '#1d3764'],
    diverging: ['#174a86', '#5f97c9', '#b9d2e6', '#edebe4', '#f0cda8', '#d98a48', '#8f4204'],
    ramp: ['#9cc9b8', '#4596a5', '#27658c', '#1d2f5c'],
  },
  dark: {
    paper: '#14181a', ink: '#e6e8e4', soft: '#aab2b3', faint: '#8b9496', rule: '#3a4347',
    hair: '#252b2e', band: '#363f43', bandEdge: '#4d585c', expected: '#99a2a4',
    lines: ['#56b4e9', '#f08040', '#2cc295', '#e39ac4', '#edb93c', '#a9d8f5', '#cf8fb0', '#c9c760'],
    sequence: ['#1e2629', '#234257', '#2a6a86', '#3f9a9b', '#8fcb9c', '#eef3b6'],
    diverging: ['#8cc6fa', '#4a8ac0', '#2c4e6b', '#262c2f', '#6b4a2c', '#c27c3c', '#ffbe7d'],
    ramp: ['#2f5f74', '#3f9a9b', '#8fcb9c', '#eef3b6'],
  },
};
// Single quotes: ECharts writes the name into an attribute of the exported SVG as it is.
export const FONT = (getComputedStyle(document.documentElement).getPropertyValue('--sans').trim() || 'sans-serif')
  .replace(/"/g, "'");

export const themeName = () => document.documentElement.dataset.theme;

export function mix(colours, t) {
  const at = Math.min(Math.max(t, 0), 1) * (colours.length - 1);
  const i = Math.min(Math.floor(at), colours.length - 2);
  const channel = (hexColour, k) => parseInt(hexColour.slice(1 + 2 * k, 3 + 2 * k), 16);
  const rgb = [0, 1, 2].map((k) => Math.round(
    channel(colours[i], k) + (at - i) * (channel(colours[i + 1], k) - channel(colours[i], k))));
  return '#' + rgb.map((c) => c.toString(16).padStart(2, '0')).join('');
}

export const isDark = (colour) => [1, 3, 5]
  .map((k) => parseInt(colour.slice(k, k + 2), 16) / 255)
  .reduce((sum, c, k) => sum + c * [0.299, 0.587, 0.114][k], 0) < 0.52;

const pen = document.createElement('canvas').getContext('2d');
export function textWidth(text, size = 12, weight = '') {
  pen.font = `${weight} ${size}px ${FONT}`;
  return pen.measureText(text).width;
}

export function clip(text, width, size = 12) {
  let shown = visible(text);
  if (textWidth(shown, size) <= width) return shown;
  while (shown.length > 1 && textWidth(shown + '…', size) > width) shown = shown.slice(0, -1);
  return shown + '…';
}
