"""Arrays, with NumPy and without."""

import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import runs

import orograph
from orograph import safetensors


def header(name="a", dtype="F64", shape=(2, 3), end=48, begin=0):
    return {name: {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}}


class ArraysTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.dir = Path(kept.name)

    def read(self, head, data, name="a"):
        return orograph.Arrays(runs.safetensors(self.dir / "x.safetensors", head, data))[name]

    def both(self):
        """Once as it is here, once as where there is no NumPy."""
        yield
        if safetensors.numpy is not None:
            with mock.patch.object(safetensors, "numpy", None):
                yield

    def test_numbers_and_shapes(self):
        for _ in self.both():
            data = struct.pack("<6d", 1, 2, 3, 4, 5, 6)
            got = self.read(header(), data)
            self.assertEqual((tuple(got.shape), got.tolist()), ((2, 3), [[1, 2, 3], [4, 5, 6]]))
            got = self.read(header(dtype="F16", shape=[2], end=4), struct.pack("<2e", 0.5, -2))
            self.assertEqual(got.tolist(), [0.5, -2])
            got = self.read(header(dtype="I64", shape=[1], end=8), struct.pack("<q", -(2**60)))
            self.assertEqual(got.tolist(), [-(2**60)])
            self.assertEqual(len(self.read(header(shape=[0], end=0), b"")), 0)

    def test_nothing_can_be_written(self):
        for _ in self.both():
            got = self.read(header(), bytes(48))
            with self.assertRaises((TypeError, ValueError)):
                got[0, 0] = 1

    def test_brain_floats(self):
        head, data = header(dtype="BF16", shape=[2], end=4), bytes([0xC0, 0x3F, 0x00, 0xC0])
        for _ in self.both():
            self.assertEqual(self.read(head, data).tolist(), [1.5, -2.0])

    def test_a_type_that_is_not_read_is_named(self):
        with self.assertRaisesRegex(orograph.InputError, "'a': F8_E4M3"):
            self.read(header(dtype="F8_E4M3", shape=[4], end=4), bytes(4))

    def test_hostile_files(self):
        whole = header()
        for head, data in [
            (b"", b""),
            (b"{", b""),
            (b"[]", b""),
            (b"[" * 50_000, b""),
            (b'{"a": 1, "a": 2}', b""),
            (whole, bytes(47)),
            (header(end=47), bytes(48)),
            (header(end=-1), bytes(48)),
            (header(begin=8), bytes(48)),
            (header(shape=[2**62, 2**62]), bytes(48)),
            (header(shape=[-2, -3]), bytes(48)),
            (header(shape=[2.0, 3]), bytes(48)),
            (header(shape=[True, 6]), bytes(48)),
            (header(shape=[1] * 40 + [6]), bytes(48)),
            (header(dtype=64), bytes(48)),
            ({"a": None}, b""),
            ({"a": {"dtype": "F64"}}, b""),
        ]:
            with self.subTest(str(head)[:60]):
                with self.assertRaisesRegex(orograph.InputError, "x.safetensors"):
                    self.read(head, data)
        for raw in (b"", b"\x01", struct.pack("<Q", 2**63) + b"{}", struct.pack("<Q", 3) + b"{}"):
            (self.dir / "y.safetensors").write_bytes(raw)
            with self.assertRaisesRegex(orograph.InputError, "y.safetensors"):
                orograph.Arrays(self.dir / "y.safetensors")
        with self.assertRaisesRegex(orograph.InputError, "cannot be read"):
            orograph.Arrays(self.dir / "none.safetensors")

    def test_arrays_of_a_run(self):
        folder = runs.write(self.dir / "run", runs.results())
        with self.assertRaisesRegex(KeyError, "no array 'a'"):
            orograph.open(folder).array("a")
        runs.safetensors(folder / "arrays/one.safetensors", header(), bytes(48))
        run = orograph.open(folder)
        self.assertEqual(tuple(run.array("a").shape), (2, 3))
        with self.assertRaisesRegex(KeyError, "no array 'aa'; there is a"):
            run.array("aa")
        runs.safetensors(folder / "arrays/two.safetensors", header(), bytes(48))
        with self.assertRaisesRegex(KeyError, "'one' or 'two'"):
            run.array("a")
        self.assertEqual(tuple(run.array("a", file="two").shape), (2, 3))
        with self.assertRaisesRegex(KeyError, "no arrays 'three'"):
            run.array("a", file="three")


if __name__ == "__main__":
    unittest.main()
