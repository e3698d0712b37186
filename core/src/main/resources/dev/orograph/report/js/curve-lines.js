/*
 * How the lines of a curve are told apart: by colour, dash and mark, the same in every panel.
 */
import { has } from './numbers.js';
import { mix } from './theme.js';
import { bare } from './chart.js';

/** Beyond so many in one panel lines are drawn thin and let each other, and the null, show through. */
export const CROWD = 12;

/**
 * The looks of a curve's lines: the names of lines (solid) and of the seed's (hollow), whether they
 * are coloured as a sequence (ramped), the most in a panel, and colour and dash of a line.
 */
export function lineLooks({ panels, sequence }) {
  const lines = panels.flatMap((p) => p.lines);
  // A name keeps its colour in every panel. The seed's line takes the colour of the line that it
  // is the seed of: the one of the same name, or the only one there is.
  const solid = [...new Set(lines.filter((l) => !l.seed).map((l) => l.name))];
  const hollow = [...new Set(lines.filter((l) => l.seed).map((l) => l.name))];
  const order = new Map(solid.map((name, i) => [name, i]));
  const orderOf = (line) => {
    if (!line.seed) return order.get(line.name);
    const twin = solid.findIndex((name) => name.toLowerCase() === bare(line.name));
    if (twin >= 0) return twin;
    if (solid.length === 1 && hollow.length === 1) return 0;
    return solid.length + hollow.indexOf(line.name);
  };
  // Of a sequence with many steps (layers) a ramp reads better than hues.
  const ramped = has(sequence) && solid.length > 6;
  const most = Math.max(0, ...panels.map((p) => p.lines.length));
  const crowded = most > CROWD;
  const colourOf = (line, theme) => {
    const i = orderOf(line);
    if (ramped && i < solid.length) return mix(theme.ramp, i / (solid.length - 1));
    // A seed's line that belongs to none of several is neutral, not in the next one's colour.
    if (i >= solid.length && hollow.length === 1 && solid.length > 1) return theme.soft;
    return theme.lines[i % theme.lines.length];
  };
  const dashOf = (line) => {
    if (line.seed) return [3, 3];
    const round = ramped ? 0 : Math.floor(orderOf(line) / 8);
    return round === 0 ? 'solid' : round === 1 ? [7, 3] : [2, 2];
  };
  return { solid, hollow, ramped, most, crowded, colourOf, dashOf };
}
