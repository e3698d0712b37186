"""Runs the notebook's code, cell by cell, on the models that come along."""

import ast
import json
import os
import tempfile
import unittest
import xml.dom.minidom

import runs

NOTEBOOK = runs.ROOT / "python/notebooks/terrain.ipynb"


def cells():
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


def execute(source, names):
    """What a notebook does with a cell: runs it, and returns the value of a last expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)


class NotebookTest(unittest.TestCase):
    def test_a_last_expression_is_the_value_of_a_cell(self):
        names = {}
        self.assertEqual(execute("a = 2\na + 1", names), 3)
        self.assertIsNone(execute("a = 5", names))
        self.assertEqual(names["a"], 5)

    def test_every_cell_runs_and_shows_itself(self):
        if not os.environ.get("OROGRAPH_HOME") and not (runs.ROOT / "cli/target/built").exists():
            self.skipTest("the program is not built; OROGRAPH_HOME=.. builds and runs it")
        shown = {}
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            self.addCleanup(os.chdir, before)
            names = {}
            for source in cells():
                with self.subTest(source):
                    value = execute(source, names)
                    if hasattr(value, "_repr_html_"):
                        html = value._repr_html_()
                        shown[type(value).__name__] = shown.get(type(value).__name__, 0) + 1
                        if hasattr(value, "svg"):
                            xml.dom.minidom.parseString(html)
                    elif value is not None:
                        self.assertTrue(value, "shows nothing")
            os.chdir(before)
        self.assertGreater(shown.get("Chart", 0), 8)
        self.assertGreater(shown.get("Table", 0) + shown.get("DataFrame", 0), 6)


if __name__ == "__main__":
    unittest.main()
