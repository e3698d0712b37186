"""Arrays of a safetensors file, mapped where they lie and read when they are looked at.

The file may be a stranger's: its header is bounded and checked before anything is mapped.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Iterator

from .errors import InputError, NoSuchFinding

try:
    import numpy
except ImportError:
    numpy = None  # type: ignore[assignment]

_MOST_HEADER = 100_000_000

#: Of each type: its name in NumPy, its letter in a memoryview, its bytes.
_TYPES = {
    "F64": ("<f8", "d", 8),
    "F32": ("<f4", "f", 4),
    "F16": ("<f2", "", 2),
    "BF16": ("<u2", "", 2),
    "I64": ("<i8", "q", 8),
    "I32": ("<i4", "i", 4),
    "I16": ("<i2", "h", 2),
    "I8": ("i1", "b", 1),
    "U64": ("<u8", "Q", 8),
    "U32": ("<u4", "I", 4),
    "U16": ("<u2", "H", 2),
    "U8": ("u1", "B", 1),
    "BOOL": ("?", "?", 1),
}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands there twice")
    return made


class Arrays(Mapping):
    """The arrays of one file by name: read-only NumPy arrays, or memoryviews without NumPy.

    Brain floats (and without NumPy halves) become a float32 copy; a type of eight bits or fewer that
    NumPy lacks is refused by name. A memoryview of numbers has ``shape`` and ``tolist()``.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        try:
            with open(self.path, "rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                length = int.from_bytes(file.read(8), "little")
                if size < 8 or length > min(size - 8, _MOST_HEADER):
                    raise self._bad("a safetensors file", f"{size} bytes, a header of {length}")
                header = self._header(file.read(length))
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as e:
            raise InputError(f"{self.path}: cannot be read: {e.strerror or e}") from None
        self._start = 8 + length
        header.pop("__metadata__", None)
        self._entries = {n: self._entry(n, e, size - self._start) for n, e in header.items()}

    def _bad(self, expected: str, found: str) -> InputError:
        return InputError(f"{self.path}: should be {expected}, found {found}")

    def _header(self, text: bytes) -> dict[str, Any]:
        try:
            header = json.loads(text.decode("utf-8"), object_pairs_hook=_unique)
        except (ValueError, RecursionError) as e:
            raise self._bad("a safetensors file", f"a header that is no JSON ({e})") from None
        if not isinstance(header, dict):
            raise self._bad("a safetensors file", "a header that is no object")
        return header

    def _entry(self, name: str, entry: Any, room: int) -> tuple[str, tuple[int, ...], int, int]:
        try:
            dtype, shape = entry["dtype"], entry["shape"]
            begin, end = entry["data_offsets"]
            whole = [begin, end, *shape]
            fits = isinstance(dtype, str) and all(type(n) is int and n >= 0 for n in whole)
        except (KeyError, TypeError, ValueError):
            fits = False
        if not fits or not begin <= end <= room or len(shape) > 32:
            raise self._bad(f"'{name}' inside of the file", repr(entry)[:200])
        if dtype in _TYPES and math.prod(shape) * _TYPES[dtype][2] != end - begin:
            raise self._bad(f"'{name}' of {dtype} {shape}", f"{end - begin} bytes")
        return dtype, tuple(shape), begin, end

    def __getitem__(self, name: str) -> Any:
        try:
            dtype, shape, begin, end = self._entries[name]
        except KeyError:
            raise NoSuchFinding(f"{self.path}: no array '{name}'") from None
        if dtype not in _TYPES:
            raise InputError(f"{self.path}: '{name}': {dtype} is not read here")
        view = memoryview(self._map)[self._start + begin : self._start + end]
        in_numpy, letter, _ = _TYPES[dtype]
        if numpy is not None:
            array = numpy.frombuffer(view, dtype=in_numpy).reshape(shape)
            if dtype == "BF16":
                array = (array.astype("<u4") << 16).view("<f4")
            return array
        if sys.byteorder != "little":
            raise InputError(f"{self.path}: '{name}': is read only where NumPy is")
        if dtype == "F16":
            halves = struct.unpack(f"<{len(view) // 2}e", view)
            view, letter = memoryview(struct.pack(f"<{len(halves)}f", *halves)), "f"
        elif dtype == "BF16":
            wide = bytearray(2 * len(view))
            wide[2::4], wide[3::4] = view[0::2], view[1::2]
            view, letter = memoryview(bytes(wide)), "f"
        if not shape or 0 in shape:
            return view.cast(letter)
        return view.cast(letter, shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, without reading it."""
        return self._entries[name][1]

    def __repr__(self) -> str:
        shown = ", ".join(f"{n!r}: {e[0]} {list(e[1])}" for n, e in list(self._entries.items())[:4])
        return f"<{len(self)} arrays of {self.path}: {shown}{', ...' if len(self) > 4 else ''}>"
