"""Finds the program, runs its commands, and shows how far they are."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from html import escape
from pathlib import Path
from typing import Any, Callable, Union
from urllib.parse import urlsplit
from urllib.request import url2pathname

from .errors import BY_CODE, Fault, LauncherNotFound

#: ``True`` and ``None`` show it where someone looks, ``False`` nowhere; or (fraction, words).
Progress = Union[bool, None, Callable[[float, str], None]]

_NAME = "orograph"
_LINE = re.compile(r"\s*(\d+) %  (.*)$")
_LAST_LINES = 40


def find(launcher: str | os.PathLike | None = None) -> Path:
    """The script ``orograph``: the one that is named (a file, or the folder it lies in), else that
    of ``OROGRAPH_HOME``, of a checkout around this package, of the sources that ``pip`` installed
    it from, or of ``PATH``, in this order.

    :raises LauncherNotFound: where it is nowhere; the message names the places
    """
    if launcher is not None:
        return _at(Path(launcher), "the launcher that was given")
    home = os.environ.get("OROGRAPH_HOME")
    if home:
        return _at(Path(home), "OROGRAPH_HOME")
    above = [*Path(__file__).resolve().parents, *_installed_from()]
    for folder in above:
        file = folder / _NAME
        if file.is_file() and (folder / "cli").is_dir():
            return file
    on_path = shutil.which(_NAME)
    if on_path:
        return Path(on_path)
    raise LauncherNotFound(
        "the program 'orograph' is neither on PATH nor in a checkout above "
        f"{Path(__file__).resolve().parent}: set OROGRAPH_HOME to the folder of Orograph's sources, "
        "or name it: orograph.survey(..., launcher='path/to/orograph')"
    )


def _at(place: Path, who: str) -> Path:
    file = place / _NAME if place.is_dir() else place
    if file.is_file() and os.access(file, os.X_OK):
        return file.absolute()
    raise LauncherNotFound(f"{who} is {place}: no program 'orograph' can be run there")


def _installed_from() -> list[Path]:
    """The folders above the sources that pip was given (PEP 610)."""
    try:
        told = importlib.metadata.distribution(_NAME).read_text("direct_url.json")
        url = urlsplit(json.loads(told)["url"]) if told else None
    except (importlib.metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return []
    if url is None or url.scheme != "file":
        return []
    return list(Path(url2pathname(url.path)).parents)


def arguments(options: dict[str, Any]) -> list[str]:
    """Keyword arguments as the command line has them: ``top_p=0.9`` is ``--top-p 0.9``.

    ``True`` is an option without a value; ``False`` and ``None`` leave it out; a list is joined by
    commas; a dict is the option again for each ``KEY=VALUE``.
    """
    args: list[str] = []
    for key, value in options.items():
        name = ("-" if len(key) == 1 else "--") + key.rstrip("_").replace("_", "-")
        if value is True:
            args.append(name)
        elif isinstance(value, dict):
            for k, v in value.items():
                args += [name, f"{k}={v}"]
        elif isinstance(value, (list, tuple, set, frozenset)):
            args += [name, ",".join(str(v) for v in value)]
        elif value is not None and value is not False:
            args += [name, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    return args


def run(
    args: list[str],
    *,
    launcher: str | os.PathLike | None = None,
    progress: Progress = None,
    stdin: str | None = None,
) -> str:
    """Runs a command and returns what it prints.

    :param stdin: what it reads from its standard input
    :raises Error: of the class that belongs to its exit code, with what it said
    """
    show = _Shown(progress)
    env = dict(os.environ)
    every = "-Dorograph.progress.every=500"
    env["OROGRAPH_JAVA_OPTS"] = " ".join(filter(None, [env.get("OROGRAPH_JAVA_OPTS"), every]))
    process = subprocess.Popen(
        [str(find(launcher)), *args],
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        encoding="utf-8",
        errors="replace",
    )
    out: list[str] = []
    threads = [threading.Thread(target=lambda: out.append(process.stdout.read()), daemon=True)]
    if stdin is not None:
        threads.append(threading.Thread(target=_feed, args=(process, stdin), daemon=True))
    for thread in threads:
        thread.start()
    said: deque[str] = deque(maxlen=_LAST_LINES)
    try:
        for line in process.stderr:
            step = _LINE.match(line)
            if step:
                show.step(int(step[1]) / 100, step[2])
            else:
                said.append(line)
                show.say(line.rstrip("\n"))
        code = process.wait()
        for thread in threads:
            thread.join()
    except BaseException:
        # The program keeps what it has, and ends.
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    finally:
        show.end()
        process.stdout.close()
        process.stderr.close()
    if code != 0:
        words = "".join(said).strip() or f"exit code {code}"
        # Behind wrong usage the whole help of the command follows.
        words = re.sub(r"(?m)^orograph: ", "", words.split("\nUsage: ")[0])
        raise BY_CODE.get(code, Fault)(words)
    return out[0]


def _feed(process: subprocess.Popen, text: str) -> None:
    try:
        process.stdin.write(text)
        process.stdin.close()
    except (BrokenPipeError, ValueError):
        pass  # It has read enough.


class _Shown:
    """How far a command is: a bar in a notebook, one line on a terminal, nothing elsewhere."""

    def __init__(self, progress: Progress):
        self._call = progress if callable(progress) else None
        wanted = progress is None or progress is True
        self._notebook = wanted and _in_notebook()
        self._terminal = wanted and not self._notebook and sys.stderr.isatty()
        self._handle: Any = None
        self._dirty = False

    def step(self, fraction: float, words: str) -> None:
        """Some of the work is done."""
        if self._call:
            self._call(fraction, words)
        elif self._notebook:
            self._html(
                f"<progress value='{fraction:.2f}' max='1' style='width:20em'></progress> "
                f"{fraction:.0%} {escape(words)}"
            )
        elif self._terminal:
            self._line(f"{fraction:4.0%}  {words}")

    def say(self, words: str) -> None:
        """A line that is no progress, such as a warning."""
        if self._notebook:
            self._html(escape(words))
        elif self._terminal:
            self._line("")
            print(words, file=sys.stderr)

    def _html(self, html: str) -> None:
        from IPython.display import HTML, display

        if self._handle is None:
            self._handle = display(HTML(html), display_id=True)
        else:
            self._handle.update(HTML(html))

    def _line(self, words: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write("\r\x1b[K" + words[:width])
        sys.stderr.flush()
        self._dirty = bool(words)

    def end(self) -> None:
        """Takes it away."""
        if self._terminal and self._dirty:
            self._line("")
        if self._handle is not None:
            self._html("")


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    running = shell and shell.get_ipython()
    return type(running).__name__ == "ZMQInteractiveShell"
