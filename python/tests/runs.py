"""Runs and programs that tests make up."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python" / "src"))


def scalar(id="a.b", **more):
    return {"kind": "scalar", "id": id, "title": "A number", "value": 2.5, "unit": "1", **more}


def table(id="t.rows", columns=("name", "n"), rows=(("x", 1.5), ("=y", None))):
    return {
        "kind": "table", "id": id, "title": "A table", "columns": list(columns),
        "about": ["what"] * len(columns), "rows": [list(r) for r in rows],
    }  # fmt: skip


AXIS = {"label": "layer", "unit": "", "log": False}
CHARTS = [
    {
        "kind": "curve", "id": "c.curve", "title": "A curve", "x": AXIS, "y": {**AXIS, "log": True},
        "panels": [{
            "title": "p", "lines": [
                {"name": "<b>", "x": [0, 1, 2], "y": [1, None, 3], "seed": False},
                {"name": "s", "x": [0, 1], "y": [0, 10], "seed": True},
            ],
            "bands": [{"name": "chance", "x": [0, 1, 2], "low": [1, 1, None], "high": [2, 2, 2]}],
        }], "reading": "higher is more",
    },
    {
        "kind": "bars", "id": "c.bars", "title": "Bars", "y": AXIS, "categories": ["u", "v"],
        "groups": [{"name": "g", "values": [1, None], "expected": 0.5, "seed": False},
                   {"name": "h", "values": [-1, 2], "expected": [0.5, None], "seed": True}],
    },
    {
        "kind": "boxes", "id": "c.boxes", "title": "Boxes", "x": AXIS, "y": AXIS, "expected": 1,
        "panels": [{"title": "p", "boxes": [
            {"label": "0", "min": 0, "q1": 1, "median": 2, "q3": 3, "max": 9, "count": 5, "mean": 2}]}],
    },
    {
        "kind": "heatmap", "id": "c.heatmap", "title": "A map", "columns": ["0", "1"], "rows": ["r"],
        "values": [[1.5, None]], "x": AXIS, "value": AXIS, "middle": 1,
    },
    {
        "kind": "histogram", "id": "c.histogram", "title": "H", "x": AXIS, "edges": [0, 1, 2],
        "series": [{"name": "n", "shares": [0.5, 0.5], "count": 2, "expected": True},
                   {"name": "d", "shares": [0.25, 0.75], "count": 4, "expected": False}],
        "marks": [{"name": "mean", "x": 1.25, "seed": True}],
    },
    {
        "kind": "scatter", "id": "c.scatter", "title": "S", "point": "token", "ids": [0, 1, 2],
        "labels": ["a", "b", "c"],
        "layouts": [{"name": "PCA", "x": [0, 1, None], "y": [0, 2, None], "across": AXIS, "up": AXIS},
                    {"name": "UMAP", "x": [3, 1, 2], "y": [0, 2, 2]}],
        "colourings": [{"name": "kind", "categories": ["k", "l"], "members": [0, 1, 1]},
                       {"name": "norm", "value": AXIS, "values": [1, 2, None]}],
    },
]  # fmt: skip


def results(*findings, **more):
    return {
        "schema": "orograph.results", "version": 1,
        "model": {"name": "m", "family": "T5", "paragraph": "m is <small>.", "facts": {}},
        "settings": {}, "highlights": [f["id"] for f in findings if f["kind"] == "scalar"],
        "analyses": [], "sections": [{"id": "s", "title": "S", "findings": list(findings)}],
        **more,
    }  # fmt: skip


def write(folder: Path, content, run=True) -> Path:
    """A run folder with that ``results.json``, given as an object, a text, or bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "results.json").write_bytes(data)
    if run:
        told = {"schema": "orograph.run", "results_sha256": hashlib.sha256(data).hexdigest()}
        (folder / "run.json").write_text(json.dumps(told))
    return folder


def safetensors(path: Path, header, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def program(folder: Path, script: str) -> Path:
    """A stand-in for the program ``orograph``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "orograph"
    file.write_text("#!/bin/sh\n" + script)
    os.chmod(file, 0o755)
    return file
