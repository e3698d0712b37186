/*
 * How the lines of a curve are told apart: by colour, dash and mark, the same in every panel.
 */
import { has } from './numbers.js';
import { mix } from './theme.js';

/** Beyond so many in one panel lines are drawn thin and let each other, and the null, show through. */
export const CROWD = 12;

/**
 * The looks of a curve's lines: the names of lines (solid), the seed's (hollow), one line for each
 * name, whether they are coloured as a sequence (ramped), the most in a panel, and colour and dash of a line.
 */
export function lineLooks({ panels, sequence }) {
  const lines = panels.flatMap((p) => p.lines);
  // A name keeps its colour in every panel; the seed's line has that of the line it is the seed of.
  const solid = [...new Set(lines.filter((l) => !l.seed).map((l) => l.name))];
  const hollow = [...new Map(lines.filter((l) => l.seed).map((l) => [l.name, l])).values()];
  const order = new Map(solid.map((name, i) => [name, i]));
  const orderOf = (line) => {
    if (!line.seed) return order.get(line.name);
    if (order.has(line.of)) return order.get(line.of);
    return solid.length + hollow.findIndex((l) => l.name === line.name);
  };
  // Of a sequence with many steps (layers) a ramp reads better than hues.
  const ramped = has(sequence) && solid.length > 6;
  const most = Math.max(0, ...panels.map((p) => p.lines.length));
  const crowded = most > CROWD;
  const colourOf = (line, theme) => {
    const i = orderOf(line);
    if (ramped && i < solid.length) return mix(theme.ramp, i / (solid.length - 1));
    // A seed's line that belongs to none is neutral, not in the next one's colour.
    if (i >= solid.length && hollow.length === 1 && solid.length > 0) return theme.soft;
    return theme.lines[i % theme.lines.length];
  };
  const dashOf = (line) => {
    if (line.seed) return [3, 3];
    const round = ramped ? 0 : Math.floor(orderOf(line) / 8);
    return round === 0 ? 'solid' : round === 1 ? [7, 3] : [2, 2];
  };
  return { solid, hollow, ramped, most, crowded, colourOf, dashOf };
}
