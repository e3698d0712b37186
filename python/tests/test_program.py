"""Finding the program and running it; with stand-ins for it, and an installation by pip."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import runs

import orograph
from orograph import launcher


class ProgramTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.dir = Path(kept.name)

    def test_where_it_is_looked_for(self):
        file = runs.program(self.dir / "home", "echo home")
        other = runs.program(self.dir / "bin", "echo path")
        with mock.patch.dict(os.environ, {"OROGRAPH_HOME": str(file.parent)}):
            self.assertEqual(launcher.find(), file)
            self.assertEqual(launcher.find(other), other)
            self.assertEqual(launcher.find(other.parent), other)
        with mock.patch.dict(os.environ):
            os.environ.pop("OROGRAPH_HOME", None)
            self.assertEqual(launcher.find(), runs.ROOT / "orograph")
            with mock.patch.dict(os.environ, {"PATH": str(other.parent)}):
                with mock.patch.object(launcher, "__file__", str(self.dir / "x/launcher.py")):
                    with mock.patch.object(launcher, "_installed_from", list):
                        self.assertEqual(launcher.find(), other)
                        os.environ["PATH"] = str(self.dir)
                        with self.assertRaisesRegex(orograph.LauncherNotFound, "OROGRAPH_HOME") as e:
                            launcher.find()
        self.assertIn(str(self.dir), str(e.exception))

    def test_a_wrong_place_is_named(self):
        with self.assertRaisesRegex(orograph.LauncherNotFound, str(self.dir)):
            launcher.find(self.dir)
        with mock.patch.dict(os.environ, {"OROGRAPH_HOME": "/no/where"}):
            with self.assertRaisesRegex(orograph.LauncherNotFound, "OROGRAPH_HOME is /no/where"):
                orograph.survey("m")

    def test_arguments(self):
        self.assertEqual(
            launcher.arguments(
                dict(only=["a", "b"], top_p=0.5, fresh=True, quiet=False, out=None, k=3, set={"d.k": 1},
                     words=Path("w"))
            ),
            ["--only", "a,b", "--top-p", "0.5", "--fresh", "-k", "3", "--set", "d.k=1", "--words", "w"],
        )  # fmt: skip

    def test_a_survey_reads_the_folder_that_the_program_names(self):
        folder = runs.write(self.dir / "runs of mine", runs.results(runs.scalar()))
        program = runs.program(
            self.dir,
            f'echo "$@" > "{self.dir}/asked"\n'
            'printf " 10 %%  1 of 10 pieces, spectra\\n 90 %%  9 of 10 pieces, qk, 3 s left\\n" >&2\n'
            f'echo "Report:   {folder}/report.html"; echo "Numbers:  {folder}/results.json"\n',
        )
        seen = []
        run = orograph.survey(
            "-m", only="qk", seed=7, launcher=program, progress=lambda *step: seen.append(step)
        )
        self.assertEqual(run.folder, folder)
        self.assertEqual((self.dir / "asked").read_text(), "survey ./-m --only qk --seed 7\n")
        self.assertEqual(
            seen, [(0.1, "1 of 10 pieces, spectra"), (0.9, "9 of 10 pieces, qk, 3 s left")]
        )

    def test_what_the_program_refuses(self):
        for code, kind in [
            (1, orograph.InputError),
            (2, orograph.UsageError),
            (3, orograph.Interrupted),
            (4, orograph.Fault),
            (139, orograph.Fault),
        ]:
            program = runs.program(
                self.dir, f"printf 'orograph: told why\\nUsage: orograph [-h]\\n' >&2; exit {code}"
            )
            with self.assertRaises(kind) as caught:
                orograph.compare("a", "b", launcher=program)
            self.assertEqual(str(caught.exception), "told why")

    def test_texts_for_extraction_are_given_a_line_each(self):
        folder = runs.write(self.dir / "run", runs.results())
        head = {"block_0.out": {"dtype": "F32", "shape": [1, 1, 1], "data_offsets": [0, 4]}}
        runs.safetensors(folder / "arrays/extract.safetensors", head, bytes(4))
        program = runs.program(
            self.dir,
            'for a in "$@"; do case $a in *.txt) cat "$a" ;; *) echo "$a" ;; esac; done '
            f'> "{self.dir}/asked"\n',
        )
        states = orograph.extract("m", ["größer", "b c"], states=["x", "y"], out=folder, launcher=program)
        self.assertEqual(list(states), ["block_0.out"])
        asked = (self.dir / "asked").read_text(encoding="utf-8").split("\n")
        self.assertEqual(asked[:4], ["extract", "m", "--text", "größer"])
        self.assertEqual(asked[4:8], ["b c", "--states", "x,y", "--out"])
        for wrong in ("one text", ["two\nlines"], [""]):
            with self.assertRaises(orograph.UsageError):
                orograph.extract("m", wrong, launcher=program)

    def test_a_text_to_read(self):
        program = runs.program(self.dir, 'echo "$*"; cat')
        out = orograph.command("talk", "m", launcher=program, stdin="once", greedy=True)
        self.assertEqual(out, "talk m --greedy\nonce")

    def test_an_interrupt_ends_the_program(self):
        program = runs.program(
            self.dir,
            f"trap 'echo ended > \"{self.dir}/ended\"; exit 3' TERM\n"
            "echo '  1 %  1 of 9 pieces, qk' >&2\n"
            "while :; do sleep 0.05; done\n",
        )

        def stop(*_):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            orograph.survey("m", launcher=program, progress=stop)
        self.assertTrue((self.dir / "ended").exists())

    def test_in_a_notebook_progress_is_a_bar_that_is_updated(self):
        shown = []

        class Handle:
            def update(self, html):
                shown.append(html)

        display = mock.Mock()
        display.HTML = str
        display.display = lambda html, display_id: shown.append(html) or Handle()
        shell = type("ZMQInteractiveShell", (), {})()
        python = mock.Mock(get_ipython=lambda: shell, display=display)
        with mock.patch.dict(sys.modules, {"IPython": python, "IPython.display": display}):
            bar = launcher._Shown(None)
            bar.step(0.25, "1 of 4 <pieces>")
            bar.step(0.5, "2 of 4")
            bar.end()
        self.assertIn("value='0.25'", shown[0])
        self.assertIn("1 of 4 &lt;pieces&gt;", shown[0])
        self.assertIn("50%", shown[1])
        self.assertEqual(shown[2], "")


class InstallTest(unittest.TestCase):
    def test_pip_installs_it_without_fetching_anything(self):
        with tempfile.TemporaryDirectory() as kept:
            done = subprocess.run(
                [sys.executable, "-m", "pip", "install", "--no-index", "--target", kept,
                 "--disable-pip-version-check", str(runs.ROOT / "python")],
                capture_output=True, text=True, timeout=600,
            )  # fmt: skip
            if "No module named pip" in done.stderr:
                self.skipTest("no pip here")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((Path(kept) / "orograph/py.typed").exists())
            env = {k: v for k, v in os.environ.items() if k != "OROGRAPH_HOME"}
            told = subprocess.run(
                [sys.executable, "-c", "import orograph, orograph.launcher as l; print(orograph.__file__);"
                 " print(l.find())"],
                cwd=kept, env={**env, "PYTHONPATH": kept, "PATH": ""}, capture_output=True, text=True,
            )  # fmt: skip
            # It knows the sources that it was installed from.
            self.assertEqual(
                told.stdout.split("\n")[:2],
                [str(Path(kept) / "orograph/__init__.py"), str(runs.ROOT / "orograph")],
                told.stderr,
            )

    def test_versions_agree(self):
        project = (runs.ROOT / "python/pyproject.toml").read_text(encoding="utf-8")
        self.assertIn(f'version = "{orograph.__version__}"', project)
        java = (runs.ROOT / "core/src/main/java/dev/orograph/survey/Survey.java").read_text("utf-8")
        self.assertEqual(re.search(r'VERSION = "(.*)"', java)[1], orograph.__version__)


if __name__ == "__main__":
    unittest.main()
