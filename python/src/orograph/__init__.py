"""Orograph in Python: the geometry of transformer checkpoints.

>>> import orograph
>>> run = orograph.survey("sample:bytes", only=["spectra"])     # doctest: +SKIP
>>> run["spectra.self_attn_q.stable_rank"].z                    # doctest: +SKIP

Nothing is computed here: the program does, and what it wrote is read.
"""

from __future__ import annotations

import builtins
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import launcher as _launcher
from .errors import (
    Error,
    Fault,
    InputError,
    Interrupted,
    LauncherNotFound,
    NoSuchFinding,
    UsageError,
)
from .finding import Chart, Note, Scalar, Table
from .launcher import Progress
from .run import Run
from .safetensors import Arrays

__version__ = "0.1.0"
__all__ = [
    "Arrays", "Chart", "Error", "Fault", "InputError", "Interrupted", "LauncherNotFound",
    "NoSuchFinding", "Note", "Run", "Scalar", "Table", "UsageError",
    "command", "compare", "extract", "measure", "open", "survey",
]  # fmt: skip

_NUMBERS = "Numbers:  "


def open(folder: str | os.PathLike) -> Run:
    """A finished run, by its folder."""
    return Run(folder)


def survey(
    model: str | os.PathLike = "sample:t5",
    *,
    only: str | Sequence[str] | None = None,
    out: str | os.PathLike | None = None,
    progress: Progress = None,
    launcher: str | os.PathLike | None = None,
    **options: Any,
) -> Run:
    """Surveys a model: ``orograph survey``. A run that is there already is read at once.

    :param model: a folder, a file, a name in the Hugging Face cache, or a sample
    :param only: ids of the analyses to run; all that apply without
    :param out: the run folder; ``orograph-runs/NAME-KEY`` without
    :param progress: ``False`` shows none; a callable gets a share and words
    :param launcher: the program, where it is not found by itself
    :param options: of the command line by their names: ``seed=7``, ``memory="1g"``, ``fresh=True``,
        ``set={"density.k": 10}``, ``heads=12``
    :raises Error: what the program refuses, with its words
    """
    return _run("survey", [model], dict(only=only, out=out, **options), progress, launcher)


def compare(
    *models: str | os.PathLike,
    out: str | os.PathLike | None = None,
    progress: Progress = None,
    launcher: str | os.PathLike | None = None,
    **options: Any,
) -> Run:
    """Sets models or folders of finished runs side by side: ``orograph compare``.

    Parameters are those of :func:`survey`.
    """
    return _run("compare", list(models), dict(out=out, **options), progress, launcher)


def measure(
    analysis: str,
    model: str | os.PathLike = "sample:t5",
    *,
    out: str | os.PathLike | None = None,
    progress: Progress = None,
    launcher: str | os.PathLike | None = None,
    **options: Any,
) -> Run:
    """One analysis with options of its own, by the command of its name: ``orograph wordnet MODEL``
    is ``measure("wordnet", model)``.

    Parameters are those of :func:`survey`, and the analysis's.
    """
    return _run(analysis, [model], dict(out=out, **options), progress, launcher)


def extract(
    model: str | os.PathLike,
    texts: Sequence[str] | None = None,
    *,
    states: str | Sequence[str] = "all",
    out: str | os.PathLike | None = None,
    progress: Progress = None,
    launcher: str | os.PathLike | None = None,
    **options: Any,
) -> Arrays:
    """Hidden states as arrays by name, each ``[sequence, position, width]`` in float32, with
    ``input_ids`` and ``attention_mask`` beside them: ``orograph extract``.

    :param texts: a text a sequence; or give ``text=FILE``, ``ids=FILE`` or ``pixels=FILE``
    :param states: which, by name
    """
    chosen = dict(states=states, out=out, **options)
    if texts is None:
        return _run("extract", [model], chosen, progress, launcher).arrays["extract"]
    if isinstance(texts, str) or any(len(t.splitlines()) != 1 for t in texts):
        raise UsageError("texts should be a list of texts of one line each")
    with tempfile.TemporaryDirectory() as folder:
        # By name, for what the run says about itself.
        file = Path(folder) / "texts.txt"
        with builtins.open(file, "w", encoding="utf-8", newline="\n") as lines:
            lines.writelines(t + "\n" for t in texts)
        run = _run("extract", [model], dict(text=file, **chosen), progress, launcher)
    return run.arrays["extract"]


def command(
    *args: str | os.PathLike,
    launcher: str | os.PathLike | None = None,
    progress: Progress = None,
    stdin: str | None = None,
    **options: Any,
) -> str:
    """Any command, and what it prints: ``command("neighbours", "sample:t5", "water", k=5)``.

    :param stdin: what it reads from its standard input
    """
    words = [os.fspath(a) for a in args] + _launcher.arguments(options)
    return _launcher.run(words, launcher=launcher, progress=progress, stdin=stdin)


def _run(
    name: str,
    models: list[str | os.PathLike],
    options: dict[str, Any],
    progress: Progress,
    launcher: str | os.PathLike | None,
) -> Run:
    # A file may have a name like an option's.
    paths = [os.fspath(m) for m in models]
    paths = [os.path.join(".", p) if p.startswith("-") else p for p in paths]
    out = command(name, *paths, launcher=launcher, progress=progress, **options)
    folder = options.get("out")
    if folder is None:
        told = [line for line in out.splitlines() if line.startswith(_NUMBERS)]
        if not told:
            raise Fault(f"'orograph {name}' did not say where its results are:\n{out}")
        folder = Path(told[-1][len(_NUMBERS) :]).parent
    return Run(folder)
