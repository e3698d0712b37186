"""Findings: numbers, tables, charts and notes of a run."""

from __future__ import annotations

import csv
import importlib
import io
import math
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Union

from . import drawing
from .errors import InputError, NoSuchFinding

_SHOWN = 20


def _digits(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


class _Told:
    """What every finding has."""

    kind: str
    id: str
    title: str

    def __init__(self, data: dict[str, Any], file: Path):
        #: The finding as ``results.json`` has it.
        self.data = data
        self._file = file
        self.kind, self.id, self.title = data["kind"], data["id"], data["title"]

    def _bad(self, expected: str) -> InputError:
        return InputError(f"{self._file}: '{self.id}': {expected}")

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}: {self.title}>"


class Scalar(float):
    """A number that knows what it is set against; it is a float, and counts as its value.

    ``unit``, ``seed`` (what the reference notebook's code prints), ``interval`` at 95 %, ``null``
    (mean under the null model), ``null_sd``, ``z``, ``p``, ``sentence``; each ``None`` where the run
    has none.
    """

    data: dict[str, Any]
    kind = "scalar"

    def __new__(cls, data: dict[str, Any], file: Path) -> "Scalar":
        value = data.get("value")
        numbers = [value, *(data.get(k) for k in ("seed", "null", "null_sd", "z", "p"))]
        interval = data.get("interval")
        if interval is not None:
            if not isinstance(interval, list) or len(interval) != 2 or None in interval:
                raise InputError(f"{file}: '{data['id']}': 'interval' should be two numbers")
            numbers += interval
        if any(v is not None and type(v) not in (int, float) for v in numbers):
            raise InputError(f"{file}: '{data['id']}': should hold numbers, found {numbers!r:.200}")
        try:
            self = super().__new__(cls, math.nan if value is None else value)
        except OverflowError:
            raise InputError(f"{file}: '{data['id']}': is beyond any float") from None
        self.data = data
        self.id, self.title = data["id"], data["title"]
        self.unit = "" if data.get("unit") in (None, "1") else str(data["unit"])
        self.seed, self.null, self.null_sd = data.get("seed"), data.get("null"), data.get("null_sd")
        self.z, self.p = data.get("z"), data.get("p")
        self.interval = None if interval is None else tuple(interval)
        self.sentence = str(data.get("sentence", self.title))
        return self

    @property
    def value(self) -> float:
        """The number as a plain float."""
        return float(self)

    def __repr__(self) -> str:
        beside = [_digits(self.value) + (f" {self.unit}" if self.unit else "")]
        if self.interval:
            beside.append("interval {} to {}".format(*map(_digits, self.interval)))
        if self.null is not None:
            beside.append(f"by chance {_digits(self.null)}")
        if self.z is not None:
            beside.append(f"z = {self.z:.1f}")
        if self.seed is not None:
            beside.append(f"seed's {_digits(self.seed)}")
        return f"<{self.id}: {', '.join(beside)}>"

    def __reduce__(self) -> Any:
        return (Scalar, (self.data, Path("results.json")))

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(_digits(self.value))}</b> {escape(self.unit)} — {escape(self.sentence)}</p>"


class Note(_Told):
    """A text."""

    def __init__(self, data: dict[str, Any], file: Path):
        super().__init__(data, file)
        self.text = str(data.get("text", ""))

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.title)}</b> {escape(self.text)}</p>"


class Table(_Told):
    """A table: ``table[column]`` is a list, iterating gives a dict a row, ``len`` counts rows."""

    def __init__(self, data: dict[str, Any], file: Path):
        super().__init__(data, file)
        columns, rows = data.get("columns"), data.get("rows")
        about = data.get("about")
        if not isinstance(columns, list) or any(not isinstance(c, str) for c in columns):
            raise self._bad("'columns' should be names")
        if not isinstance(rows, list) or any(
            not isinstance(r, list) or len(r) != len(columns) for r in rows
        ):
            raise self._bad(f"'rows' should be lists of {len(columns)}")
        self.columns: list[str] = columns
        self.rows: list[list[Any]] = rows
        #: What each column means.
        self.about = dict(zip(columns, about)) if isinstance(about, list) else {}

    def __getitem__(self, column: str) -> list[Any]:
        if column not in self.columns:
            raise NoSuchFinding(f"{self.id}: no column '{column}'; there are {self.columns}")
        at = self.columns.index(column)
        return [row[at] for row in self.rows]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.columns, row)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def frame(self) -> Any:
        """A pandas DataFrame, or the table itself where there is no pandas."""
        try:
            pandas = importlib.import_module("pandas")
        except ImportError:
            return self
        frame = pandas.DataFrame(self.rows, columns=self.columns)
        frame.attrs.update(id=self.id, title=self.title, about=self.about)
        return frame

    def csv(self) -> str:
        """All rows with full precision."""
        return _csv([self.columns, *self.rows])

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th title='{escape(str(self.about.get(c, '')), quote=True)}'>{escape(c)}</th>"
            for c in self.columns
        )
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_digits(v))}</td>" for v in row) + "</tr>"
            for row in self.rows[:_SHOWN]
        )
        more = len(self.rows) - _SHOWN
        return (
            f"<table><caption>{escape(self.title)}</caption><tr>{head}</tr>{body}</table>"
            + (f"<p>... and {more} more rows</p>" if more > 0 else "")
        )


class Chart(_Told):
    """A picture, of kind ``curve``, ``bars``, ``boxes``, ``heatmap``, ``histogram`` or ``scatter``."""

    def svg(self, **choices: Any) -> str:
        """The picture as SVG, with text as text.

        :param choices: of a scatter ``layout`` and ``colouring``, by name
        """
        try:
            return drawing.draw(self.data, **choices)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as e:
            what = f"{type(e).__name__}: {e}"
            raise self._bad(f"is no {self.kind} that can be drawn ({what:.200})") from None

    def csv(self) -> str:
        """The numbers of the picture, a mark a row."""
        try:
            return _csv(drawing.numbers(self.data))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as e:
            what = f"{type(e).__name__}: {e}"
            raise self._bad(f"is no {self.kind} that has numbers ({what:.200})") from None

    def save(self, path: str | Path, **choices: Any) -> Path:
        """Writes ``.svg`` or ``.csv``, as the name ends."""
        path = Path(path)
        if path.suffix not in (".svg", ".csv"):
            raise InputError(f"{path}: should end with .svg or .csv")
        content = self.svg(**choices) if path.suffix == ".svg" else self.csv()
        path.write_text(content, encoding="utf-8")
        return path

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        reading = self.data.get("reading")
        caption = f"{self.title}. {reading}." if reading else f"{self.title}."
        return f"<figure>{self.svg()}<figcaption>{escape(caption)}</figcaption></figure>"


Finding = Union[Scalar, Table, Chart, Note]

_KINDS = {
    "scalar": Scalar,
    "table": Table,
    "note": Note,
    **dict.fromkeys(drawing.KINDS, Chart),
}


def of(data: Any, file: Path) -> Finding:
    """A finding of ``results.json``; one of a kind that is not known is a note of its title."""
    if not isinstance(data, dict) or any(
        not isinstance(data.get(k), str) for k in ("kind", "id", "title")
    ):
        raise InputError(f"{file}: a finding should have 'kind', 'id', 'title', found {data!r:.120}")
    return _KINDS.get(data["kind"], Note)(data, file)


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([_plain(v) for v in row])
    return text.getvalue()


def _plain(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as one."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value
