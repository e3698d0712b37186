"""Charts of a run as SVG: the null in grey behind the data, the reference notebook's figure as a
dashed line or a hollow mark, as in the report."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Callable, Optional
from xml.sax.saxutils import escape

# Okabe and Ito's, which colour-blind people tell apart.
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#000000"]
_NULL = "#b8b8b8"
_TEXT = "#333333"
_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_LABEL = 28
_MOST_NAME = 44
_MOST_CELLS_WITH_TEXT = 200

Number = Optional[float]


def _number(value: Any) -> Number:
    if value is None or type(value) in (int, float):
        return None if value is None else float(value)
    raise TypeError(f"{value!r:.60} is no number")


def _numbers(values: Any) -> list[Number]:
    if not isinstance(values, list):
        raise TypeError(f"{values!r:.60} is no list")
    return [_number(v) for v in values]


def _names(values: Any) -> list[str]:
    if not isinstance(values, list) or any(not isinstance(v, str) for v in values):
        raise TypeError(f"{values!r:.60} are no names")
    return values


def _same(*lists: Sequence[Any]) -> None:
    if len({len(x) for x in lists}) > 1:
        raise ValueError(f"lists of {', '.join(str(len(x)) for x in lists)} should be as long as each other")


def _text(value: Any, most: int = _MOST_LABEL) -> str:
    words = _UNFIT.sub("\ufffd", str(value))
    return escape(words if len(words) <= most else words[: most - 1] + "…", {'"': "&quot;"})


def _shown(value: float) -> str:
    return f"{value:.4g}"


class _Canvas:
    """Marks in the order in which they are put down."""

    def __init__(self, width: float, height: float, title: str):
        self.width, self.height = width, height
        self._title = title
        self._marks: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, **more: Any) -> None:
        self._put(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"', more)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, **more: Any) -> None:
        self._put(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" fill="{fill}"', more)

    def path(self, d: str, **more: Any) -> None:
        self._put(f'<path d="{d}"', more)

    def circle(self, x: float, y: float, r: float, **more: Any) -> None:
        self._put(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"', more)

    def text(self, x: float, y: float, words: Any, anchor: str = "middle", **more: Any) -> None:
        most = more.pop("most", _MOST_LABEL)
        self._put(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"', more, _text(words, most))

    def _put(self, start: str, more: dict[str, Any], content: str | None = None) -> None:
        about = more.pop("about", None)
        attributes = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in more.items())
        inner = (content or "") + (f"<title>{_text(about, 200)}</title>" if about else "")
        name = start[1:].split(" ", 1)[0]
        self._marks.append(f"{start}{attributes}" + (f">{inner}</{name}>" if inner else "/>"))

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'width="{self.width:.0f}" height="{self.height:.0f}" role="img" '
            f'font-family="sans-serif" font-size="11" fill="{_TEXT}">'
            f"<title>{_text(self._title, 200)}</title>"
            f'<rect width="100%" height="100%" fill="white"/>' + "".join(self._marks) + "</svg>"
        )


class _Scale:
    """Numbers to places along an axis."""

    def __init__(self, values: list[Number], low: float, high: float, log: bool = False, zero: bool = False):
        known = [v for v in values if v is not None and math.isfinite(v) and (v > 0 or not log)]
        self._log = log
        at = [math.log10(v) for v in known] if log else known
        if zero and not log:
            at.append(0.0)
        self._from, self._to = (min(at), max(at)) if at else (0.0, 1.0)
        if self._from == self._to:
            pad = abs(self._from) * 0.1 or 1.0
            self._from, self._to = self._from - pad, self._to + pad
        else:
            pad = (self._to - self._from) * 0.04
            self._from -= 0 if zero and self._from == 0 else pad
            self._to += 0 if zero and self._to == 0 else pad
        self._low, self._high = low, high

    def __call__(self, value: Number) -> Number:
        if value is None or (self._log and value <= 0):
            return None
        at = math.log10(value) if self._log else value
        share = (at - self._from) / (self._to - self._from)
        return self._low + share * (self._high - self._low)

    def ticks(self, most: int = 5) -> list[float]:
        """Round numbers, at most so many."""
        span = self._to - self._from
        if self._log and span >= 1:
            step = math.ceil(span / most)
            return [10.0**k for k in range(math.ceil(self._from), math.floor(self._to) + 1, step)]
        low, high = (10**self._from, 10**self._to) if self._log else (self._from, self._to)
        rough = (high - low) / most
        power = 10 ** math.floor(math.log10(rough))
        step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
        return [k * step for k in range(math.ceil(low / step), math.floor(high / step + 1e-9) + 1)]


class _Panel:
    """A plot with its axes."""

    def __init__(self, canvas: _Canvas, x: float, y: float, w: float, h: float):
        self.canvas, self.x, self.y, self.w, self.h = canvas, x, y, w, h

    def across(self, values: list[Number], log: bool = False, **more: Any) -> _Scale:
        return _Scale(values, self.x, self.x + self.w, log, **more)

    def up(self, values: list[Number], log: bool = False, **more: Any) -> _Scale:
        return _Scale(values, self.y + self.h, self.y, log, **more)

    def frame(self, title: str, x: str, y: str) -> None:
        c = self.canvas
        c.line(self.x, self.y + self.h, self.x + self.w, self.y + self.h, _TEXT)
        c.line(self.x, self.y, self.x, self.y + self.h, _TEXT)
        if title:
            c.text(self.x + self.w / 2, self.y - 6, title, most=44, font_weight="bold")
        if x:
            c.text(self.x + self.w / 2, self.y + self.h + 30, x, most=50)
        if y:
            at = self.x - 44, self.y + self.h / 2
            c.text(*at, y, most=40, transform=f"rotate(-90 {at[0]:.1f} {at[1]:.1f})")

    def ticks_x(self, scale: _Scale) -> None:
        for t in scale.ticks(max(2, int(self.w // 60))):
            at = scale(t)
            if at is not None:
                self.canvas.line(at, self.y + self.h, at, self.y + self.h + 4, _TEXT)
                self.canvas.text(at, self.y + self.h + 16, _shown(t))

    def ticks_y(self, scale: _Scale) -> None:
        for t in scale.ticks():
            at = scale(t)
            if at is not None:
                self.canvas.line(self.x - 4, at, self.x, at, _TEXT)
                self.canvas.text(self.x - 6, at + 4, _shown(t), "end")


def _axis(axis: Any) -> tuple[str, bool]:
    if axis is None:
        return "", False
    unit = axis.get("unit")
    return str(axis["label"]) + (f" ({unit})" if unit else ""), axis.get("log") is True


def _legend(canvas: _Canvas, entries: list[tuple[str, str, str]], x: float, y: float, width: float) -> float:
    """Rows of names beside their colours; returns the height that they take."""
    at, row = x, 0
    for name, colour, dash in entries:
        length = 34 + 6.2 * min(len(name), _MOST_NAME)
        if at > x and at + length > x + width:
            at, row = x, row + 1
        canvas.line(at, y + row * 16, at + 18, y + row * 16, colour, stroke_width=3, stroke_dasharray=dash)
        canvas.text(at + 22, y + 4 + row * 16, name, "start", most=_MOST_NAME)
        at += length
    return (row + 1) * 16 + 10 if entries else 0


def _grid(data: dict[str, Any], panels: int, height: float = 170) -> tuple[_Canvas, Callable[[int, float], _Panel]]:
    across = min(3, max(1, panels))
    w = 520 if across == 1 else 270 if across == 2 else 230
    rows = -(-panels // across)
    canvas = _Canvas(40 + across * (w + 70), 56 + rows * (height + 70), data["title"])

    def place(i: int, top: float) -> _Panel:
        return _Panel(canvas, 70 + i % across * (w + 70), top + 24 + i // across * (height + 70), w, height)

    return canvas, place


def _path(xs: list[Number], ys: list[Number]) -> str:
    d, pen = [], "M"
    for x, y in zip(xs, ys):
        if x is None or y is None:
            pen = "M"
        else:
            d.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
    return " ".join(d)


def _curve(data: dict[str, Any]) -> str:
    panels = data["panels"]
    canvas, place = _grid(data, len(panels))
    names = list(dict.fromkeys(str(l["name"]) for p in panels for l in p["lines"]))
    colour = {n: _COLOURS[i % len(_COLOURS)] for i, n in enumerate(names)}
    dashed = {str(l["name"]) for p in panels for l in p["lines"] if l.get("seed")}
    bands = list(dict.fromkeys(str(b["name"]) for p in panels for b in p.get("bands") or []))
    entries = [(n, colour[n], "5 3" if n in dashed else "none") for n in names]
    top = 8 + _legend(canvas, entries + [(b, _NULL, "none") for b in bands], 20, 14, canvas.width - 40)
    (x_words, x_log), (y_words, y_log) = _axis(data["x"]), _axis(data["y"])
    for i, p in enumerate(panels):
        panel = place(i, top)
        lines = [(str(l["name"]), _numbers(l["x"]), _numbers(l["y"])) for l in p["lines"]]
        greys = [(_numbers(b["x"]), _numbers(b["low"]), _numbers(b["high"])) for b in p.get("bands") or []]
        for several in [l[1:] for l in lines] + greys:
            _same(*several)
        x = panel.across([v for _, a, _ in lines for v in a] + [v for b in greys for v in b[0]], x_log)
        y = panel.up([v for *_, b in lines for v in b] + [v for b in greys for s in b[1:] for v in s], y_log)
        for at, low, high in greys:
            whole = [(x(a), y(l), y(h)) for a, l, h in zip(at, low, high)]
            known = [w for w in whole if None not in w]
            outline = [(a, h) for a, _, h in known] + [(a, l) for a, l, _ in reversed(known)]
            if len(known) == 1:
                canvas.line(known[0][0], known[0][1], known[0][0], known[0][2], _NULL, stroke_width=8)
            elif known:
                d = _path([a for a, _ in outline], [b for _, b in outline])
                canvas.path(d + "Z", fill=_NULL, fill_opacity=0.6)
        for name, xs, ys in lines:
            at = [x(v) for v in xs], [y(v) for v in ys]
            dash = "5 3" if name in dashed else "none"
            canvas.path(_path(*at), fill="none", stroke=colour[name], stroke_width=1.8, stroke_dasharray=dash)
            for a, b, v in zip(*at, ys):
                if len(xs) <= 40 and a is not None and b is not None:
                    fill = "white" if name in dashed else colour[name]
                    canvas.circle(a, b, 2.4, fill=fill, stroke=colour[name], about=f"{name}: {v!r}")
        panel.ticks_x(x)
        panel.ticks_y(y)
        panel.frame(str(p.get("title") or ""), x_words, y_words)
    return canvas.svg()


def _bars(data: dict[str, Any]) -> str:
    categories, groups = _names(data["categories"]), data["groups"]
    values = [_numbers(g["values"]) for g in groups]
    _same(categories, *values)
    each = max(6.0, min(26.0, 560 / max(1, len(categories) * len(groups))))
    step = each * len(groups) + 10
    w = max(240.0, step * len(categories))
    canvas = _Canvas(w + 100, 400, data["title"])
    names = [(str(g["name"]), _COLOURS[i % len(_COLOURS)], "none") for i, g in enumerate(groups)]
    expected = [_level(g.get("expected"), len(categories)) for g in groups]
    chance = [("by chance", _NULL, "none")] if any(v is not None for e in expected for v in e) else []
    top = 16 + _legend(canvas, names + chance, 20, 14, canvas.width - 40)
    panel = _Panel(canvas, 70, top, w, 260 - top + 24)
    words, log = _axis(data["y"])
    y = panel.up([v for s in values + expected for v in s], log, zero=True)
    base = y(0.0) if not log else panel.y + panel.h
    for i, category in enumerate(categories):
        left = panel.x + i * step + 5
        for j, (name, colour, _) in enumerate(names):
            at, v = y(values[j][i]), values[j][i]
            if at is not None:
                hollow = bool(groups[j].get("seed"))
                canvas.rect(
                    left + j * each, min(at, base), each - 1.5, abs(base - at), "white" if hollow else colour,
                    stroke=colour, about=f"{category}, {name}: {v!r}",
                )  # fmt: skip
            level = y(expected[j][i])
            if level is not None:
                canvas.line(left + j * each - 1, level, left + (j + 1) * each, level, "#777777", stroke_width=2)
        mid = left + each * len(groups) / 2
        canvas.text(mid, panel.y + panel.h + 12, category, "end", transform=f"rotate(-40 {mid:.1f} {panel.y + panel.h + 12:.1f})")
    panel.ticks_y(y)
    panel.frame("", "", words)
    return canvas.svg()


def _level(expected: Any, n: int) -> list[Number]:
    if isinstance(expected, list):
        levels = _numbers(expected)
        _same(levels, range(n))
        return levels
    return [_number(expected)] * n


_FIVE = ("min", "q1", "median", "q3", "max")


def _boxes(data: dict[str, Any]) -> str:
    panels = data["panels"]
    canvas, place = _grid(data, len(panels))
    (x_words, _), (y_words, log) = _axis(data["x"]), _axis(data["y"])
    expected = _number(data.get("expected"))
    labels = list(dict.fromkeys(str(b["label"]) for p in panels for b in p["boxes"]))
    for i, p in enumerate(panels):
        panel = place(i, 0)
        boxes = [(str(b["label"]), [_number(b[k]) for k in _FIVE]) for b in p["boxes"]]
        y = panel.up([v for _, five in boxes for v in five] + [expected], log)
        level = y(expected)
        if level is not None:
            canvas.line(panel.x, level, panel.x + panel.w, level, _NULL, stroke_width=3)
        each = panel.w / max(1, len(labels))
        for label, five in boxes:
            at = panel.x + (labels.index(label) + 0.5) * each
            low, q1, median, q3, high = (y(v) for v in five)
            half = min(14.0, each * 0.35)
            if None in (low, q1, median, q3, high):
                continue
            canvas.line(at, low, at, high, _COLOURS[0])
            about = f"{label}: " + ", ".join(f"{k} {v!r}" for k, v in zip(_FIVE, five))
            canvas.rect(at - half, q3, 2 * half, q1 - q3, "#cfe3f1", stroke=_COLOURS[0], about=about)
            canvas.line(at - half, median, at + half, median, _COLOURS[0], stroke_width=2)
        for k, label in enumerate(labels):
            if k % max(1, math.ceil(len(labels) * 22 / panel.w)) == 0:
                canvas.text(panel.x + (k + 0.5) * each, panel.y + panel.h + 16, label, most=8)
        panel.ticks_y(y)
        panel.frame(str(p.get("title") or ""), x_words, y_words)
    return canvas.svg()


def _mix(low: tuple[int, int, int], high: tuple[int, int, int], share: float) -> str:
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(low, high))


_WHITE, _BLUE, _RED = (255, 255, 255), (0, 82, 140), (190, 70, 0)


def _heatmap(data: dict[str, Any]) -> str:
    rows, columns = _names(data["rows"]), _names(data["columns"])
    values = [_numbers(r) for r in data["values"]]
    _same(rows, values)
    _same(columns, *values)
    known = [v for r in values for v in r if v is not None] or [0.0]
    middle = _number(data.get("middle"))
    low, high = min(known), max(known)
    far = max(abs(v - middle) for v in known) or 1.0 if middle is not None else high - low or 1.0
    left = 30 + 6.2 * min(_MOST_LABEL, max(map(len, rows), default=0))
    cell_w = max(4.0, min(46.0, 760 / max(1, len(columns))))
    cell_h = max(4.0, min(24.0, 900 / max(1, len(rows))))
    upright = max(map(len, columns), default=0) <= 5
    foot = 26 if upright else 88
    width = max(460.0, left + cell_w * len(columns) + 40)
    canvas = _Canvas(width, 46 + foot + cell_h * len(rows), data["title"])
    for i, row in enumerate(values):
        if cell_h >= 9 or i % math.ceil(9 / cell_h) == 0:
            canvas.text(left - 6, 20 + (i + 0.65) * cell_h, rows[i], "end")
        for j, v in enumerate(row):
            x, y = left + j * cell_w, 20 + i * cell_h
            if v is None:
                canvas.rect(x, y, cell_w, cell_h, "#eeeeee")
                continue
            signed = (v - middle) / far if middle is not None else (v - low) / far
            fill = _mix(_WHITE, _BLUE if signed >= 0 else _RED, min(1.0, abs(signed)))
            canvas.rect(x, y, cell_w, cell_h, fill, about=f"{rows[i]}, {columns[j]}: {v!r}")
            if len(rows) * len(columns) <= _MOST_CELLS_WITH_TEXT and cell_w >= 34 and cell_h >= 12:
                ink = "white" if abs(signed) > 0.6 else _TEXT
                canvas.text(x + cell_w / 2, y + cell_h * 0.68, f"{v:.2f}", fill=ink, font_size=10)
    bottom = 20 + cell_h * len(rows)
    every = max(1, math.ceil(26 / cell_w))
    for j in range(0, len(columns), every):
        x, y = left + (j + 0.5) * cell_w, bottom + 14
        turn = {} if upright else {"transform": f"rotate(-40 {x:.1f} {y:.1f})"}
        canvas.text(x, y, columns[j], "middle" if upright else "end", **turn)
    words, _ = _axis(data["value"])
    x_words, _ = _axis(data.get("x"))
    scale = f"{_shown(low)} to {_shown(high)}" + (f", white at {_shown(middle)}" if middle is not None else "")
    across = f" · across: {x_words}" if x_words else ""
    canvas.text(10, bottom + foot + 10, f"{words}: {scale}{across}", "start", most=160)
    return canvas.svg()


def _histogram(data: dict[str, Any]) -> str:
    edges = _numbers(data["edges"])
    series = [(str(s["name"]), _numbers(s["shares"]), bool(s.get("expected"))) for s in data["series"]]
    for _, shares, _ in series:
        _same(edges[1:], shares)
    canvas = _Canvas(660, 360, data["title"])
    colours = iter(_COLOURS * (len(series) // len(_COLOURS) + 1))
    coloured = [(s, _NULL if s[2] else next(colours)) for s in series]
    marks = [(str(m["name"]), _number(m["x"]), bool(m.get("seed"))) for m in data.get("marks") or []]
    top = 16 + _legend(canvas, [(s[0], c, "none") for s, c in coloured], 20, 14, 620)
    panel = _Panel(canvas, 70, top + 14, 560, 290 - top - 14)
    words, log = _axis(data["x"])
    x = panel.across(edges + [v for _, v, _ in marks], log)
    y = panel.up([v for _, shares, _ in series for v in shares], zero=True)
    floor = panel.y + panel.h
    for (_, shares, expected), colour in sorted(coloured, key=lambda s: not s[0][2]):
        xs = [x(e) for pair in zip(edges, edges[1:]) for e in pair]
        ys = [y(v) for v in shares for _ in (0, 1)]
        if expected and None not in xs + ys and xs:
            canvas.path(f"M{xs[0]:.1f} {floor:.1f} L" + _path(xs, ys)[1:] + f" L{xs[-1]:.1f} {floor:.1f}Z", fill=colour, fill_opacity=0.6)
        else:
            canvas.path(_path(xs, ys), fill="none", stroke=colour, stroke_width=1.6)
    for k, (name, value, seed) in enumerate(marks):
        at = x(value)
        if at is not None:
            canvas.line(at, panel.y, at, floor, _TEXT, stroke_dasharray="5 3" if seed else "none")
            canvas.text(at, panel.y - 4 - 12 * (k % 2), name)
    panel.ticks_x(x)
    panel.ticks_y(y)
    panel.frame("", words, "share")
    return canvas.svg()


def _scatter(data: dict[str, Any], layout: str | None = None, colouring: str | None = None) -> str:
    chosen = _named(data["layouts"], layout)
    colours = _named(data.get("colourings") or [], colouring) if data.get("colourings") else None
    xs, ys = _numbers(chosen["x"]), _numbers(chosen["y"])
    _same(_names(data["labels"]), xs, ys)
    canvas = _Canvas(720, 640, data["title"])
    groups, entries = _groups(colours, len(xs))
    top = 14 + _legend(canvas, entries[:12], 20, 14, 680)
    panel = _Panel(canvas, 70, top, 620, 580 - top)
    (x_words, x_log), (y_words, y_log) = _axis(chosen.get("across")), _axis(chosen.get("up"))
    x, y = panel.across(xs, x_log), panel.up(ys, y_log)
    radius = max(1.2, min(5.0, 160 / math.sqrt(len(xs) + 1)))
    for colour in dict.fromkeys(groups):
        at = [(x(a), y(b)) for a, b, g in zip(xs, ys, groups) if g == colour]
        # A path of points that have no length: many times shorter than circles.
        d = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in at if a is not None and b is not None)
        canvas.path(d, fill="none", stroke=colour, stroke_width=f"{radius:.1f}", stroke_linecap="round", stroke_opacity=0.75)
    if x_words:
        panel.ticks_x(x)
    if y_words:
        panel.ticks_y(y)
    panel.frame("", x_words or str(chosen["name"]), y_words)
    return canvas.svg()


def _named(of: list[Any], name: str | None) -> dict[str, Any]:
    found = [o for o in of if name is None or o["name"] == name]
    if not found:
        raise KeyError(f"no '{name}'; there are {', '.join(str(o['name']) for o in of)}")
    return found[0]


def _groups(colouring: dict[str, Any] | None, n: int) -> tuple[list[str], list[tuple[str, str, str]]]:
    """A colour for each point, and what the colours mean."""
    if colouring is None:
        return [_COLOURS[0]] * n, []
    if "categories" in colouring:
        names, members = _names(colouring["categories"]), colouring["members"]
        _same(members, range(n))
        if any(m is not None and (type(m) is not int or not -1 <= m < len(names)) for m in members):
            raise ValueError("members should be places in the categories")
        colours = [_COLOURS[i % len(_COLOURS)] for i in range(len(names))]
        of = [_NULL if m is None or m < 0 else colours[m] for m in members]
        return of, [(name, c, "none") for name, c in zip(names, colours)]
    values = _numbers(colouring["values"])
    _same(values, range(n))
    known = [v for v in values if v is not None] or [0.0]
    low, span = min(known), (max(known) - min(known)) or 1.0
    steps = [_mix((214, 226, 240), (8, 48, 107), k / 8) for k in range(9)]
    of = [_NULL if v is None else steps[min(8, int((v - low) / span * 9))] for v in values]
    words = str(colouring["name"])
    return of, [(f"{words} {_shown(low)}", steps[0], "none"), (_shown(low + span), steps[8], "none")]


_DRAWN: dict[str, Callable[..., str]] = {
    "curve": _curve,
    "bars": _bars,
    "boxes": _boxes,
    "heatmap": _heatmap,
    "histogram": _histogram,
    "scatter": _scatter,
}

#: Kinds of findings that are drawn.
KINDS = tuple(_DRAWN)


def draw(data: dict[str, Any], **choices: Any) -> str:
    """A finding as SVG."""
    return _DRAWN[data["kind"]](data, **choices)


def numbers(data: dict[str, Any]) -> list[list[Any]]:
    """The numbers behind a chart, a mark a row, below the names of the columns."""
    kind = data["kind"]
    if kind == "curve":
        rows: list[list[Any]] = [["panel", "name", "x", "y", "low", "high"]]
        for p in data["panels"]:
            title = p.get("title")
            for l in p["lines"]:
                rows += [[title, l["name"], a, b, None, None] for a, b in zip(l["x"], l["y"])]
            for b in p.get("bands") or []:
                rows += [[title, b["name"], a, None, l, h] for a, l, h in zip(b["x"], b["low"], b["high"])]
        return rows
    if kind == "bars":
        n = len(data["categories"])
        return [["category", "group", "value", "expected"]] + [
            [c, g["name"], v, e]
            for g in data["groups"]
            for c, v, e in zip(data["categories"], g["values"], _level(g.get("expected"), n))
        ]
    if kind == "boxes":
        return [["panel", "label", *_FIVE]] + [
            [p.get("title"), b["label"], *(b[k] for k in _FIVE)] for p in data["panels"] for b in p["boxes"]
        ]
    if kind == "heatmap":
        return [["row", *data["columns"]]] + [[r, *v] for r, v in zip(data["rows"], data["values"])]
    if kind == "histogram":
        edges, series = data["edges"], data["series"]
        return [["from", "to", *(s["name"] for s in series)]] + [
            [a, b, *(s["shares"][i] for s in series)] for i, (a, b) in enumerate(zip(edges, edges[1:]))
        ]
    layouts = data["layouts"]
    names = [f"{l['name']} {axis}" for l in layouts for axis in ("x", "y")]
    ids = data.get("ids") or range(len(data["labels"]))
    return [["id", "label", *names]] + [
        [i, label, *(l[axis][k] for l in layouts for axis in ("x", "y"))]
        for k, (i, label) in enumerate(zip(ids, data["labels"]))
    ]
