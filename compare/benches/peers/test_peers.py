"""What the figures rest on: the truth, and that no wrong answer passes. Part of `run.py --check`.

python3 -m unittest discover -s compare/benches/peers
"""

import math
import sys
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path

import answers
import growth
import inputs
import measure
import page
import plot
import tables
from bench import Result
from cases import CASES, OURS, OURS_EXACT
from tools import gnomon


def right(case, tool, truth):
    """An answer without a fault."""
    return {**answers.expected(case, tool, truth), "shown": 1000}


class Truth(unittest.TestCase):
    def test_counts_are_those_of_the_formulas(self):
        for rows in (200, 4_000, 20_000, 123_457):
            step = 2 * inputs.every(rows)
            numbers = range(rows)
            truth = inputs.truth("base", "changed", rows)
            self.assertEqual(truth.missing, sum(i % step == 5 for i in numbers))
            self.assertEqual(truth.changed, sum(i % step in (15, step // 2 + 17) for i in numbers))
            self.assertEqual(inputs.truth("base", "many", rows).changed, sum(i % 10 == 3 for i in numbers))

    def test_ten_million_rows_have_the_differences_of_the_target(self):
        truth = inputs.truth("base", "changed", 10_000_000)
        self.assertEqual((truth.changed, truth.missing, truth.extra), (1_000, 500, 300))

    def test_the_second_file_has_each_row_once(self):
        for name in inputs.INPUTS:
            text = inputs.select(name, "equal", 20_000)
            step, whole = (
                int(part.split(")")[0].split(" ")[0]) for part in (text.split("place * ")[1], text.split("% ")[-1])
            )
            self.assertEqual(math.gcd(step, whole), 1)


class Answers(unittest.TestCase):
    def test_every_count_is_held_against_the_truth(self):
        planted = 0
        for case in CASES:
            truth = inputs.truth(case.input, case.variant, 20_000)
            for tool in case.tools:
                answer = right(case, tool, truth)
                self.assertEqual(answers.hold(case, tool, truth, answer), "")
                for name in answers.expected(case, tool, truth):
                    wrong = {**answer, name: not answer[name] if name == "equal" else answer[name] + 1}
                    self.assertIn(name, answers.hold(case, tool, truth, wrong))
                    self.assertNotEqual(
                        answers.hold(case, tool, truth, {n: v for n, v in answer.items() if n != name}), ""
                    )
                    planted += 1
        self.assertGreater(planted, 100)

    def test_counting_alone_is_no_answer(self):
        [case] = [case for case in CASES if case.name == "keyless"]
        truth = inputs.truth(case.input, case.variant, 20_000)
        self.assertIn("only 0 rows", answers.hold(case, OURS, truth, {**right(case, OURS, truth), "shown": 0}))

    def test_a_rule_changes_what_is_right(self):
        [case] = [case for case in CASES if case.variant == "noise"]
        truth = inputs.truth(case.input, case.variant, 20_000)
        self.assertEqual(answers.expected(case, OURS, truth)["changed"], 0)
        self.assertEqual(answers.expected(case, OURS_EXACT, truth)["changed"], 20_000)

    def test_what_ended_badly_has_no_time(self):
        [case] = [case for case in CASES if case.name == "keyless"]
        truth = inputs.truth(case.input, case.variant, 20_000)
        for exit_code, late, out, err, said in (
            (-9, False, "", "", "out of memory"),
            (-9, True, "", "", "over 5 s"),
            (2, False, "", "thread panicked\n", "fails: thread panicked"),
            (5, False, "", "duckdb.OutOfMemoryException: Out of Memory Error: no", "out of memory"),
            (0, False, "hello", "", "no answer"),
        ):
            run = measure.Measured(1, 1, 1, exit_code, late, out, err)
            outcome = answers.read(case, OURS, truth, run, 5)
            self.assertIn(said, outcome.failed)
            self.assertFalse(outcome.good)

    def test_a_wrong_answer_is_printed_as_wrong_and_not_as_a_time(self):
        [case] = [case for case in CASES if case.name == "keyless"]
        bad = Result(OURS, [answers.Outcome(1.25), answers.Outcome(1.25, wrong="left_only 3 instead of left_only 4")])
        text = tables.of_cases([(case, [bad])])
        self.assertIn("wrong: left_only 3", text)
        self.assertNotIn("1.25", text)

    def test_our_answer_is_read(self):
        text = (
            '{"verdict":"mismatch","missing_rows":1,"extra_rows":2,"changed_rows":4,"changed_cells":5,'
            '"examples":[{"kind":"changed"},{"kind":"missing","times":3}]}'
        )
        found = gnomon.answer(text)
        self.assertEqual((found["equal"], found["left_only"], found["right_only"], found["shown"]), (False, 5, 6, 4))


class Measuring(unittest.TestCase):
    def test_time_memory_and_limits_are_seen(self):
        run = measure.run([sys.executable, "-c", "x = bytearray(200_000_000); print('done')"], 60)
        self.assertEqual((run.exit_code, run.out, run.timed_out), (0, "done\n", False))
        self.assertGreater(run.peak_bytes, 150_000_000)
        run = measure.run([sys.executable, "-c", "import time; time.sleep(60)"], 0.3)
        self.assertTrue(run.timed_out)
        self.assertLess(run.seconds, 30)


class Pages(unittest.TestCase):
    def test_only_the_marked_place_is_filled(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.md"
            path.write_text("a\n<!-- x -->\nold\n<!-- end of x -->\nb\n", encoding="utf-8")
            page.fill(path, "x", r"new \1 text")
            self.assertEqual(
                path.read_text(encoding="utf-8"), "a\n<!-- x -->\n\nnew \\1 text\n\n<!-- end of x -->\nb\n"
            )
            with self.assertRaises(SystemExit):
                page.fill(path, "y", "text")

    def test_the_plot_is_xml_and_longer_is_higher(self):
        points = [growth.Point(10**n, 10.0 ** (n - 7), 1, 1) for n in range(6, 9)]
        document = xml.dom.minidom.parseString(plot.growth({"a < b": points, "none": []}))
        circles = document.getElementsByTagName("circle")[:3]
        heights = [float(circle.getAttribute("cy")) for circle in circles]
        self.assertEqual(heights, sorted(heights, reverse=True))


if __name__ == "__main__":
    unittest.main()
