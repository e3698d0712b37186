"""Reading runs, well-formed and hostile."""

import json
import math
import pickle
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path

import runs

import orograph


class RunTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.dir = Path(kept.name)

    def open(self, *findings, **more):
        return orograph.open(runs.write(self.dir / "run", runs.results(*findings, **more)))

    def refused(self, content, *words, run=True):
        with self.assertRaises(orograph.InputError) as caught:
            orograph.open(runs.write(self.dir / "run", content, run))
        for word in (str(self.dir / "run"), *words):
            self.assertIn(word, str(caught.exception))

    def test_a_scalar_counts_as_its_value_and_knows_its_null(self):
        run = self.open(runs.scalar(null=1.0, z=3.25, p=0.001, seed=2, interval=[2, 3], sentence="<s>"))
        s = run["a.b"]
        self.assertEqual(s + 1, 3.5)
        self.assertEqual((s.value, s.null, s.z, s.seed, s.interval), (2.5, 1.0, 3.25, 2, (2, 3)))
        self.assertIsNone(s.null_sd)
        self.assertIn("by chance 1", repr(s))
        self.assertIn("&lt;s&gt;", s._repr_html_())
        self.assertEqual(run.highlights, [s])
        self.assertEqual(pickle.loads(pickle.dumps(s)).z, 3.25)
        self.assertEqual(list(run.scalars("a.")), ["a.b"])
        html = run._repr_html_()
        self.assertIn("m is &lt;small&gt;.", html)
        self.assertIn("z = 3.2", html)

    def test_a_value_that_does_not_exist_is_nan(self):
        self.assertTrue(math.isnan(self.open(runs.scalar(value=None))["a.b"]))

    def test_an_id_that_is_not_there_names_those_that_are_near(self):
        run = self.open(runs.scalar("spectra.q.stable_rank"), runs.scalar("spectra.q.alpha"))
        for asked in ("spectra.q", "spectra.q.stable_rnk"):
            with self.assertRaises(KeyError) as caught:
                run[asked]
            self.assertIn("spectra.q.stable_rank", str(caught.exception))
        self.assertEqual(run.ids("spectra.q.a"), ["spectra.q.alpha"])
        self.assertIn("spectra.q.alpha", run)

    def test_a_table_by_columns_and_rows(self):
        run = self.open(runs.table(), runs.scalar())
        table = run["t.rows"]
        self.assertEqual(table["n"], [1.5, None])
        self.assertEqual(list(table)[0], {"name": "x", "n": 1.5})
        self.assertEqual(table.csv(), "name,n\nx,1.5\n'=y,\n")
        self.assertEqual(list(run.table("t.rows")["name"]), ["x", "=y"])
        self.assertEqual(len(run.table("t.rows")), 2)
        self.assertIn("=y", table._repr_html_())
        with self.assertRaisesRegex(orograph.InputError, "is a scalar, no table"):
            run.table("a.b")
        with self.assertRaisesRegex(KeyError, "no column 'no'"):
            table["no"]

    def test_a_frame_where_pandas_is(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("no pandas here")
        frame = self.open(runs.table()).table("t.rows")
        self.assertIsInstance(frame, pandas.DataFrame)
        self.assertEqual(frame.attrs["about"]["n"], "what")

    def test_claims_and_none(self):
        self.assertEqual(len(self.open(runs.scalar()).claims()), 0)
        rows = [["c", "holds"]]
        run = self.open(runs.table("claims.verdicts", ("claim", "verdict"), rows))
        self.assertEqual(list(run.claims()["verdict"]), ["holds"])

    def test_every_chart_is_drawn_as_xml_and_has_numbers(self):
        run = self.open(*runs.CHARTS)
        self.assertEqual(len(run.figures), 6)
        for chart in run.figures:
            with self.subTest(chart.kind):
                svg = xml.dom.minidom.parseString(chart.svg()).documentElement
                self.assertEqual(svg.tagName, "svg")
                self.assertNotIn("nan", chart.svg())
                self.assertIn("<figcaption>", chart._repr_html_())
                self.assertGreater(len(chart.csv().splitlines()), 1)
        self.assertIn("c.curve", run.ids())
        self.assertIn("&lt;b&gt;", run["c.curve"].svg())
        self.assertNotIn("<b>", run["c.curve"].svg())
        rows = run["c.curve"].csv().splitlines()
        self.assertEqual(rows[:3], ["panel,name,x,y,low,high", "p,<b>,0,1,,", "p,<b>,1,,,"])

    def test_places_follow_the_numbers(self):
        bars = {**runs.CHARTS[1], "groups": [{"name": "g", "values": [1, 2], "expected": None}]}
        svg = xml.dom.minidom.parseString(self.open(bars)["c.bars"].svg())
        heights = [
            float(r.getAttribute("height"))
            for r in svg.getElementsByTagName("rect")
            if r.getElementsByTagName("title")
        ]
        self.assertAlmostEqual(heights[1] / heights[0], 2, delta=0.01)

    def test_a_scatter_in_another_layout_and_colouring(self):
        chart = self.open(*runs.CHARTS)["c.scatter"]
        self.assertNotEqual(chart.svg(), chart.svg(layout="UMAP"))
        self.assertNotEqual(chart.svg(), chart.svg(colouring="norm"))
        with self.assertRaisesRegex(orograph.InputError, "there are PCA, UMAP"):
            chart.svg(layout="t-SNE")

    def test_a_chart_is_saved(self):
        chart = self.open(*runs.CHARTS)["c.bars"]
        self.assertEqual(chart.save(self.dir / "b.svg").read_text(encoding="utf-8"), chart.svg())
        self.assertEqual(chart.save(self.dir / "b.csv").read_text(encoding="utf-8"), chart.csv())
        with self.assertRaisesRegex(orograph.InputError, "should end with"):
            chart.save(self.dir / "b.png")

    def test_broken_charts_are_refused_when_drawn(self):
        for chart in runs.CHARTS:
            for key in set(chart) - {"kind", "id", "title", "reading", "ids", "point", "colourings",
                                     "expected", "middle", "marks", "x", "y", "value"}:  # fmt: skip
                for wrong in (None, "x", 7, [[]], [{}], {"a": 1}, [None], ["\x1b[31m"]):
                    with self.subTest(kind=chart["kind"], key=key, wrong=wrong):
                        if key == "rows" and isinstance(wrong, list) and isinstance(wrong[0], str):
                            continue  # A name for its only row.
                        drawn = self.open({**chart, key: wrong})[chart["id"]]
                        with self.assertRaises(orograph.InputError):
                            drawn.svg()

    def test_what_xml_cannot_hold_is_not_in_it(self):
        title = "a\x00b\x1b\ud800<script>"
        chart = {**runs.CHARTS[3], "title": title, "rows": [title]}
        svg = self.open(chart)["c.heatmap"].svg()
        xml.dom.minidom.parseString(svg.encode())
        self.assertNotIn("<script>", svg)

    def test_a_kind_of_a_later_version_is_a_note(self):
        finding = self.open({"kind": "hologram", "id": "h", "title": "Later"})["h"]
        self.assertIsInstance(finding, orograph.Note)

    def test_hostile_results_are_refused_by_name(self):
        whole = runs.results(runs.scalar())
        for content, words in [
            ("", ["is no JSON"]),
            ("[1]", ["should hold an object"]),
            ("[" * 100_000, ["is no JSON"]),
            (b"\xff{}", ["is no JSON"]),
            ('{"schema": NaN}', ["NaN"]),
            ('{"version": ' + "9" * 10_000 + "}", []),
            ({**whole, "schema": "other"}, ["'schema'", "other"]),
            ({**whole, "version": 2}, ["version 2", "reads 1", "install"]),
            ({**whole, "version": True}, ["'version'"]),
            ({**whole, "version": "1"}, ["'version'"]),
            ({**whole, "sections": None}, ["'sections'"]),
            ({**whole, "sections": [3]}, ["'findings'"]),
            ({**whole, "sections": [{"findings": [3]}]}, ["'kind'"]),
            (runs.results(runs.scalar(), runs.scalar()), ["'a.b' twice"]),
            (runs.results(runs.scalar(value="2")), ["'a.b'", "numbers"]),
            (runs.results(runs.scalar(value=10**400)), ["'a.b'"]),
            (runs.results(runs.scalar(interval=[1])), ["'interval'"]),
            (runs.results(runs.table(rows=[["x"]])), ["'t.rows'", "lists of 2"]),
            (runs.results(runs.table(columns=[1, 2])), ["'columns'"]),
        ]:
            with self.subTest(str(content)[:60]):
                self.refused(content, *words)

    def test_another_checksum_is_refused(self):
        folder = runs.write(self.dir / "run", runs.results())
        (folder / "results.json").write_text(json.dumps(runs.results(runs.scalar())))
        with self.assertRaisesRegex(orograph.InputError, "sha256"):
            orograph.open(folder)
        (folder / "run.json").unlink()
        self.assertEqual(len(orograph.open(folder)), 1)

    def test_no_run_there(self):
        with self.assertRaisesRegex(orograph.InputError, "name the folder"):
            orograph.open(self.dir / "none")
        (self.dir / "odd" / "results.json").mkdir(parents=True)
        with self.assertRaisesRegex(orograph.InputError, "is no file"):
            orograph.open(self.dir / "odd")

    def test_a_run_by_its_results(self):
        folder = runs.write(self.dir / "run", runs.results(runs.scalar()))
        self.assertEqual(orograph.open(folder / "results.json").folder, folder)


if __name__ == "__main__":
    unittest.main()
