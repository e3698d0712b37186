"""A finished run: what its folder holds, read and never computed anew."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from .errors import InputError, NoSuchFinding
from .finding import Chart, Finding, Scalar, Table, of
from .safetensors import Arrays

SCHEMA = "orograph.results"

#: The newest version of the schema that is understood.
VERSION = 1

_MOST_BYTES = 1 << 30
_MOST_RUN = 16 << 20


class Run:
    """A run by its folder.

    ``run["spectra.self_attn_q.stable_rank"]`` is a finding by its id: a :class:`Scalar` (a float
    that knows its null), a :class:`Table`, a :class:`Chart` or a :class:`Note`. Each shows itself
    in a notebook. Runs are as untrusted as any file: what is not as ``docs/results-schema.md`` says
    is refused with an :class:`InputError` that names it.
    """

    def __init__(self, folder: str | os.PathLike):
        path = Path(folder)
        self.folder = path.parent if path.name == "results.json" else path
        self._file = self.folder / "results.json"
        content = self._read(self._file, _MOST_BYTES, "name the folder that a survey wrote")
        self._check_sum(content)
        self.results: dict[str, Any] = self._json(self._file, content)
        if self.results.get("schema") != SCHEMA:
            raise self._bad("'schema'", f"'{SCHEMA}'", self.results.get("schema"))
        version = self.results.get("version")
        if type(version) is not int or version < 1:
            raise self._bad("'version'", "a whole number from 1", version)
        if version > VERSION:
            raise InputError(
                f"{self._file}: has version {version} of the schema, this package reads {VERSION}: "
                "install the one that came with the program (pip install ./python)"
            )
        self._findings: dict[str, Finding] = {}
        for section in self._list(self.results, "sections"):
            for f in self._list(section, "findings"):
                finding = of(f, self._file)
                if finding.id in self._findings:
                    raise self._bad("a finding", "one of its id", f"'{finding.id}' twice")
                self._findings[finding.id] = finding
        self._arrays: dict[str, Arrays] = {}

    def _bad(self, place: str, expected: str, found: Any) -> InputError:
        return InputError(f"{self._file}: {place} should be {expected}, found {found!r:.200}")

    def _read(self, file: Path, most: int, remedy: str) -> bytes:
        try:
            if file.exists() and not file.is_file():
                raise InputError(f"{file}: is no file")
            with open(file, "rb") as opened:
                content = opened.read(most + 1)
        except OSError as e:
            raise InputError(f"{file}: cannot be read: {e.strerror or e}: {remedy}") from None
        if len(content) > most:
            raise InputError(f"{file}: has more than {most:,} bytes")
        return content

    def _json(self, file: Path, content: bytes) -> dict[str, Any]:
        try:
            made = json.loads(content.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as e:
            raise InputError(f"{file}: is no JSON that a survey wrote: {e}") from None
        if not isinstance(made, dict):
            raise InputError(f"{file}: should hold an object, found {type(made).__name__}")
        return made

    def _check_sum(self, content: bytes) -> None:
        file = self.folder / "run.json"
        if not file.exists():
            return
        expected = self.info.get("results_sha256")
        found = hashlib.sha256(content).hexdigest()
        if expected and expected != found:
            raise InputError(
                f"{self._file}: has another sha256 than run.json says ({found}, not {expected!r:.80}): "
                "copy the run folder again, or survey again with fresh=True"
            )

    def _list(self, where: Any, key: str) -> list[Any]:
        found = where.get(key) if isinstance(where, dict) else where
        if not isinstance(found, list):
            raise self._bad(f"'{key}'", "a list", found)
        return found

    @property
    def info(self) -> dict[str, Any]:
        """What ``run.json`` holds: versions, machine, settings, times; empty where there is none."""
        file = self.folder / "run.json"
        return self._json(file, self._read(file, _MOST_RUN, "")) if file.exists() else {}

    @property
    def model(self) -> dict[str, Any]:
        """``name``, ``family``, ``parameters``, ``facts``, ``fingerprint``, ``paragraph``."""
        model = self.results.get("model")
        return model if isinstance(model, dict) else {}

    @property
    def report(self) -> Path:
        """The report, to be opened in a browser."""
        return self.folder / "report.html"

    def ids(self, prefix: str = "") -> list[str]:
        """The ids of the findings that begin so, in the order of the report."""
        return [i for i in self._findings if i.startswith(prefix)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)

    def __contains__(self, id: object) -> bool:
        return id in self._findings

    def __getitem__(self, id: str) -> Finding:
        if id in self._findings:
            return self._findings[id]
        near = self.ids(f"{id}.")[:5] or difflib.get_close_matches(str(id), self._findings, 5, 0.5)
        raise NoSuchFinding(
            f"{self._file}: no '{id}'"
            + (f"; there is {', '.join(near)}" if near else "; see run.ids()")
        )

    def scalars(self, prefix: str = "") -> dict[str, Scalar]:
        """The numbers whose ids begin so."""
        return {i: f for i, f in self._findings.items() if i.startswith(prefix) and type(f) is Scalar}

    def table(self, id: str) -> Any:
        """A table as a pandas DataFrame; where there is no pandas as a :class:`Table`, of which
        ``table[column]`` is a list."""
        finding = self[id]
        if not isinstance(finding, Table):
            raise InputError(f"{self._file}: '{id}' is a {finding.kind}, no table")
        return finding.frame()

    def claims(self) -> Any:
        """The claims of the reference notebooks beside this run, with their verdicts, as
        :meth:`table` has them; empty where the run has nothing that speaks to one."""
        if "claims.verdicts" in self:
            return self.table("claims.verdicts")
        none = {"kind": "table", "id": "claims.verdicts", "title": "Verdicts", "columns": [], "rows": []}
        return of(none, self._file).frame()  # type: ignore[attr-defined]

    @property
    def highlights(self) -> list[Scalar]:
        """The numbers farthest from chance, farthest first."""
        told = self._list(self.results, "highlights")
        return [self._findings[i] for i in told if isinstance(self._findings.get(i), Scalar)]

    @property
    def figures(self) -> list[Chart]:
        """Every chart."""
        return [f for f in self._findings.values() if isinstance(f, Chart)]

    @property
    def arrays(self) -> dict[str, Arrays]:
        """The files of ``arrays/`` by their names without the ending, each a mapping of arrays."""
        folder = self.folder / "arrays"
        for file in sorted(folder.glob("*.safetensors")) if folder.is_dir() else []:
            if file.stem not in self._arrays and file.is_file():
                self._arrays[file.stem] = Arrays(file)
        return dict(self._arrays)

    def array(self, name: str, file: str | None = None) -> Any:
        """An array by its name, read-only: of NumPy where it is there, else a memoryview.

        :param file: whose, where several files have one of that name: ``"spectra"``
        """
        among = self.arrays
        if file is not None:
            if file not in among:
                raise NoSuchFinding(f"{self.folder}: no arrays '{file}'; there are {sorted(among)}")
            return among[file][name]
        having = [a for a in among.values() if name in a]
        if len(having) == 1:
            return having[0][name]
        if having:
            files = " or ".join(repr(a.path.stem) for a in having)
            raise NoSuchFinding(f"{self.folder}: several files have '{name}': give file={files}")
        near = difflib.get_close_matches(name, [n for a in among.values() for n in a], 3, 0.5)
        raise NoSuchFinding(
            f"{self.folder}: no array '{name}'; "
            + (f"there is {', '.join(near)}" if near else f"there are the files {sorted(among)}")
        )

    def __repr__(self) -> str:
        name = self.model.get("name")
        return f"<run of {name!r:.80}: {len(self)} findings, {os.fspath(self.folder)!r}>"

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li>{escape(s.sentence)} (z = {s.z:.1f})</li>" if s.z is not None else
            f"<li>{escape(s.sentence)}</li>"
            for s in self.highlights
        )
        paragraph = escape(str(self.model.get("paragraph", "")))
        link = escape(self.report.absolute().as_uri())
        return (
            f"<p>{paragraph}</p>"
            + (f"<p>What stands out:</p><ul>{items}</ul>" if items else "")
            + f"<p>{len(self)} findings; <a href='{link}'>report</a></p>"
        )


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
