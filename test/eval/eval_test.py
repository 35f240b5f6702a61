"""`vif eval` and real servers agree: a sample of generated expressions and of Vitess's corpus in every run; all of them with
VIF_EVAL_EXPRESSIONS=60000 (how many are generated) in the environment, VIF_EVAL_AGGREGATES likewise. VIF_EVAL_SHOW=n prints n of each kind of difference."""
import os
import subprocess
import unittest

import aggregates
import columns
import conditions
import harness
import oracle
import servers

COUNT = int(os.environ.get("VIF_EVAL_EXPRESSIONS", "4000"))
AGGREGATES = int(os.environ.get("VIF_EVAL_AGGREGATES", "2000"))
SHOW = int(os.environ.get("VIF_EVAL_SHOW", "10"))
SEED = int(os.environ.get("VIF_EVAL_SEED", "1"))
# What still differs from MySQL 9.7, a few in 50,000 expressions. Values: constants that are errors, which the server sees or not by what
# stands beside them; texts of utf16 beside dates; times beside dates and texts in BETWEEN; bytes in JSON. Refused: FORMAT of more digits
# than are worked out. Warnings: constants within others, which the server evaluates twice or more before there are rows, or not at all
# in JSON functions; decimals of more digits than are kept here.
# Of the expressions, what part may be refused, and what part may differ; and how many aggregates may differ. They may only fall.
REFUSED_MOST = {"mysql": 0.0003, "mariadb": 0.001}
DIFFER_MOST = {"mysql": 0.0004, "mariadb": 0.0005}
AGGREGATES_DIFFER_MOST = {"mysql": 0, "mariadb": 0}
# Of those whose values agree, what part may differ in a column's description, and in warnings.
# MariaDB's patch releases differ in lengths of computed integers and times: what is said here is what RELEASE says.
TYPING_DIFFER_MOST = {"mysql": 0.0003, "mariadb": 0.0015}
RELEASE, OTHER_RELEASE_TYPING_DIFFER_MOST = "10.11.19", 0.012
WARNINGS_DIFFER_MOST = {"mysql": 0.0015, "mariadb": 0.011}
# Of conditions.py's: values, descriptions, warnings. Texts of utf16 beside dates and literals of more than 64 bits stand there often.
CONDITIONS_DIFFER_MOST = {"mysql": (0.0015, 0.001, 0.005), "mariadb": (0.0015, 0.0005, 0.036)}


# MySQL's modes other than the default, of each of which a part of COUNT is evaluated; and what part of that may differ.
MODES = ["", "ANSI", "NO_UNSIGNED_SUBTRACTION", "HIGH_NOT_PRECEDENCE,PIPES_AS_CONCAT", "TIME_TRUNCATE_FRACTIONAL", "ALLOW_INVALID_DATES", "NO_ZERO_DATE",
         "NO_ZERO_IN_DATE", "TRADITIONAL", "NO_BACKSLASH_ESCAPES", "PAD_CHAR_TO_FULL_LENGTH", "REAL_AS_FLOAT,IGNORE_SPACE"]
MODES_DIFFER_MOST = 0.001


def vif():
    return harness.vif_binary()


def is_of_patch_release(flavor, expr, wrong):
    """MariaDB 10.11.19 says that JSON_ARRAYAGG is two bytes longer than 10.11.18 does."""
    return flavor == "mariadb" and "json_arrayagg" in expr and [part for part, _, _ in wrong] == ["length"]


class Oracle(unittest.TestCase):
    def check(self, flavor):
        program = dict(harness.servers())[flavor]
        if program is None:
            self.skipTest(f"no {flavor} server here")
        with servers.PrivateServer(program, flavor) as private:
            server = oracle.Server(private.socket, flavor)
            server.make_table()
            release = server.rows("select version()")[0][0][0].decode()
            report = oracle.run(server, vif(), oracle.generated_cases(server, COUNT, SEED))
            written = oracle.run(server, vif(), oracle.generated_cases(server, COUNT, SEED, generator=conditions))
            sums = aggregates.run(server, vif(), AGGREGATES, SEED)
            kinds = oracle.run(server, vif(), columns.cases(server) if flavor == "mysql" else [])
        total = report.total()
        print(f"    oracle {flavor}: {dict(total)}, types {dict(report.typing)}, warnings {dict(report.warnings)}, aggregates {dict(sums.total())}, "
              f"their types {dict(sums.typing)}, warnings {dict(sums.warnings)}, conditions {dict(written.total())}, types {dict(written.typing)}, "
              f"warnings {dict(written.warnings)}")
        for group, reason, expr, mine, expected in (kinds.differences + report.differences + sums.differences + written.differences)[:SHOW]:
            print(f"    differs ({group}, {reason}): {expr}\n        here {mine}\n        server {expected}")
        self.assertEqual(written.total()["refused"], 0)
        self.assertEqual((kinds.total()["differ"], kinds.total()["refused"], kinds.typing_cases), (0, 0, []))
        for differ, most in zip((written.total(), written.typing, written.warnings), CONDITIONS_DIFFER_MOST[flavor]):
            self.assertLessEqual(differ["differ"], most * COUNT)
        self.assertLessEqual(total["refused"], REFUSED_MOST[flavor] * COUNT)
        self.assertLessEqual(total["differ"], DIFFER_MOST[flavor] * COUNT)
        for expr, mine, expected in [case[1:] + ("",) for case in sums.typing_cases[:SHOW]] + sums.warning_cases[:SHOW]:
            print(f"    differs in type or warnings: {expr}: {mine} {expected}")
        types = [case for case in sums.typing_cases if not is_of_patch_release(flavor, *case[1:])]
        for differ in (sums.total()["differ"], len(types), sums.warnings["differ"]):
            self.assertLessEqual(differ, AGGREGATES_DIFFER_MOST[flavor])
        typing_most = TYPING_DIFFER_MOST[flavor] if flavor == "mysql" or release.startswith(RELEASE) else OTHER_RELEASE_TYPING_DIFFER_MOST
        self.assertLessEqual(report.typing["differ"], typing_most * (report.typing["agree"] + report.typing["differ"]))
        self.assertLessEqual(report.warnings["differ"], WARNINGS_DIFFER_MOST[flavor] * report.warnings.total())

    def test_mysql(self):
        self.check("mysql")

    def test_mysql_modes(self):
        program = dict(harness.servers())["mysql"]
        if program is None:
            self.skipTest("no mysql server here")
        count = COUNT // len(MODES)
        differences = []
        with servers.PrivateServer(program, "mysql") as private:
            server = oracle.Server(private.socket, "mysql")
            server.make_table()
            for i, mode in enumerate(MODES):
                server.run(f"set sql_mode = '{mode}'")
                report = oracle.run(server, vif(), oracle.generated_cases(server, count, SEED + i), ["--sql-mode", mode])
                self.assertGreater(report.total()["agree"], count * 0.99)
                differences += [(mode, *case) for case in report.differences]
        for mode, group, reason, expr, mine, expected in differences[:SHOW]:
            print(f"    differs ({mode}, {group}, {reason}): {expr}\n        here {mine}\n        server {expected}")
        self.assertLessEqual(len(differences), MODES_DIFFER_MOST * count * len(MODES))

    def test_mariadb(self):
        self.check("mariadb")


# COLLATE binary without backticks is no name to the server's grammar, in two of the corpus; one CASE of literals of 64 bits is two longer.
CORPUS_DIFFER_MOST, CORPUS_TYPING_DIFFER_MOST, CORPUS_WARNINGS_DIFFER_MOST = 2, 1, 0


class Corpus(unittest.TestCase):
    """Vitess's own expressions, all of them, where they are there: VIF_CORPORA names their folder."""

    def test_mysql(self):
        path = os.path.join(os.environ.get("VIF_CORPORA", ""), "open", "evalengine_exprs.jsonl")
        program = dict(harness.servers())["mysql"]
        if program is None or not os.path.exists(path):
            self.skipTest("no mysql server or no corpus here")
        with servers.PrivateServer(program, "mysql") as private:
            server = oracle.Server(private.socket, "mysql")
            server.make_table()
            zones = server.rows("select count(*) from mysql.time_zone_name")[0][0][0]
            # Named zones are tables that a server may be without.
            cases = [case for case in oracle.corpus_cases(path) if zones != b"0" or case[0] != "FnConvertTz"]
            report = oracle.run(server, vif(), cases)
        for group, reason, expr, mine, expected in report.differences[:SHOW]:
            print(f"    differs ({group}, {reason}): {expr}\n        here {mine}\n        server {expected}")
        for expr, mine, expected in [case[1:] + ("",) for case in report.typing_cases[:SHOW]] + report.warning_cases[:SHOW]:
            print(f"    differs in type or warnings: {expr}: {mine} {expected}")
        self.assertGreater(report.total()["agree"], 0)
        self.assertEqual(report.total()["refused"], 0)
        self.assertLessEqual(report.total()["differ"], CORPUS_DIFFER_MOST)
        self.assertLessEqual(report.typing["differ"], CORPUS_TYPING_DIFFER_MOST)
        self.assertLessEqual(report.warnings["differ"], CORPUS_WARNINGS_DIFFER_MOST)


class Door(unittest.TestCase):
    """Whatever comes in, one answer a line goes out."""

    def ask(self, *lines, flags=()):
        done = subprocess.run([vif(), "eval", *flags], input="".join(line + "\n" for line in lines).encode(), capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode().splitlines()

    def test_bad_requests_are_answered(self):
        bad = ["{", "[]", "1", "null", '""', "{}", '{"expr":1}', '{"expr":null}', '{"expr":"1","row":7}', '{"expr":"1","row":[7]}',
               '{"expr":"column0","row":[{"type":"NOPE"}]}', '{"expr":"column0","row":[{"type":"INT64","value":"abc"}]}',
               '{"expr":"column0","row":[{"type":"INT64","value":{"$hex":7}}]}', '{"expr":"column0","row":[{"type":"VARCHAR","value":[1]}]}',
               '{"expr":"column0","row":[{"type":"VARBINARY","value":{"$hex":"0"}}]}', '{"expr":"1","schema":{}}', '{"expr":"column0"}',
               '{"expr":"column0","row":[{"type":"DATE","value":"x"}]}', '{"expr":"column0","row":[{"type":"TUPLE","value":"x"}]}', '{"expr":""}', '{"expr":"select 1"}',
               '{"expr":"1 +"}', '{"expr":"' + "(" * 100000 + '"}', '{"expr":"' + "-" * 5000 + '1"}', '{"expr":"1' + "+1" * 20000 + '"}',
               '{"expr":"sum(a)"}', '{"expr":"sum(a)","rows":7}', '{"expr":"sum(a)","rows":[[1]]}', '{"expr":"1","rows":[]}', '{"expr":":x"}', '{"expr":"1 in ::x"}',
               '{"expr":"' + "[" * 1000 + '"}', "[" * 100000, '{"expr":"@x"}', '{"expr":"(1,2)"}', '{"expr":"column0","row":[{"type":"DECIMAL","value":"zz"}]}',
               '{"expr":"' + "hex(" * 40 + "1" + ")" * 40 + '"}', '{"expr":"repeat(\'a\', 9223372036854775807)"}', '{"expr":"space(18446744073709551615)"}', '{"expr":"lpad(\'a\', 1e18, \'b\')"}',
               '{"expr":"column0 + 1","row":[{"type":"TIME","value":"zz"}]}', '{"expr":"column0","row":[{"type":"BIT","value":"01234567890"}]}', '\x00', '{"expr":"\\u0000"}']
        answers = self.ask(*bad)
        self.assertEqual(len(answers), len(bad))
        for request, answer in zip(bad, answers):
            self.assertTrue(answer.startswith('{"ok":'), (request[:80], answer[:200]))

    def test_flags(self):
        self.assertIn('"typed":"DATETIME(\\"2024-02-29 14:00:00\\")"', self.ask('{"expr":"now()"}', flags=["--now", "2024-02-29 12:00:00", "--time-zone", "+02:00"])[0])
        self.assertIn('"collation":"utf8mb4_bin"', self.ask('{"expr":"\'a\'"}', flags=["--collation=utf8mb4_bin"])[0])
        for wrong in (["--nope", "1"], ["--flavor", "oracle"], ["--now", "yesterday"]):
            done = subprocess.run([vif(), "eval", *wrong], input=b"", capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
