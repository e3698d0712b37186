"""A build back end (PEP 517, PEP 660) for one package of plain Python: it only zips its files."""

import base64
import hashlib
import re
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SOURCE = HERE / "src"


def _project(key):
    # tomllib came with Python 3.11; the file is ours and one line a key.
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(rf'^{key} = "(.*)"$', text, re.MULTILINE).group(1)


NAME, VERSION = _project("name"), _project("version")
INFO = f"{NAME}-{VERSION}.dist-info"


def _metadata():
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {NAME}",
        f"Version: {VERSION}",
        f"Summary: {_project('description')}",
        "License: Apache-2.0",
        f"Requires-Python: {_project('requires-python')}",
        "Description-Content-Type: text/markdown",
        "",
        (HERE / "README.md").read_text(encoding="utf-8"),
    ]
    return {
        f"{INFO}/METADATA": "\n".join(lines).encode(),
        f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: orograph\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n",
    }


def _write(folder, files):
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    record = []
    with zipfile.ZipFile(Path(folder) / name, "w", zipfile.ZIP_DEFLATED) as out:
        for path, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record.append(f"{path},sha256={digest.decode()},{len(content)}\n")
            # A fixed date: the same sources give the same bytes.
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
        record.append(f"{INFO}/RECORD,,\n")
        entry = zipfile.ZipInfo(f"{INFO}/RECORD", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        out.writestr(entry, "".join(record))
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """The package's files and what is told about them."""
    package = SOURCE / "orograph"
    files = {
        p.relative_to(SOURCE).as_posix(): p.read_bytes()
        for p in sorted(package.iterdir())
        if p.suffix == ".py" or p.name == "py.typed"
    }
    return _write(wheel_directory, {**files, **_metadata()})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """A line that points at the sources."""
    return _write(wheel_directory, {f"{NAME}.pth": f"{SOURCE}\n".encode(), **_metadata()})


def build_sdist(sdist_directory, config_settings=None):
    """There is none: the package is a door of the program whose sources it lies in."""
    raise NotImplementedError("install it from the sources of Orograph: pip install ./python")
