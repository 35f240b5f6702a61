"""Statements drawn from the grammar: a server and our parser must take and refuse the same ones, and what we print must
mean what was written. VIF_GRAMMAR=N draws N statements (6000 is the whole); tests draw fewer. VIF_SEED changes them."""
import collections
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
import oracle
from derive import mutate, text_of

COUNT = int(os.environ.get("VIF_GRAMMAR", "500"))
SEED = int(os.environ.get("VIF_SEED", "1"))
STATEMENTS = {
    "statement_query": 4, "select_expr": 6, "insert": 2, "update": 1, "delete": 1, "load": 1, "call_stmt": 1, "do": 1, "handler": 1, "create_table": 4, "alter_table": 4,
    "create_index": 1, "create_view": 1, "drop": 1, "rename": 1, "truncate": 1, "database": 1, "tablespace": 1, "server": 1, "srs": 1,
    "resource_group": 1, "import": 1, "routine": 3, "transaction": 1, "xa": 1, "lock": 1, "set": 2, "user": 2, "grant": 2, "show": 2, "explain": 1,
    "table_admin": 1, "flush": 1, "kill": 1, "plugin": 1, "clone": 1, "binlog": 1, "replication": 2, "prepare": 1, "misc": 1,
}
MUTATED = 0.3
TABLE = ("CREATE TABLE n1 (id INT NOT NULL, a INT, b INT NOT NULL DEFAULT 7, c VARCHAR(20), v INT, KEY k1 (a), FULLTEXT (c),"
         " CONSTRAINT con1 CHECK (a < 1000))")


class Instance:
    """A server without a network, in a folder of its own."""

    def __init__(self, kind, program):
        # In memory where there is room: thousands of definitions are carried out.
        room = os.path.isdir("/dev/shm") and shutil.disk_usage("/dev/shm").free > 2 << 30
        self.folder = tempfile.mkdtemp(prefix="vif-grammar-", dir="/dev/shm" if room else None)
        data, self.socket = os.path.join(self.folder, "data"), os.path.join(self.folder, "s")
        user = ["--user=root"] if os.geteuid() == 0 else []
        if kind == "mysql":
            command = [program, "--no-defaults", "--initialize-insecure", "--datadir=" + data]
            extra = ["--mysqlx=OFF", "--secure-file-priv=", "--innodb-doublewrite=OFF"]
        else:
            install = shutil.which("mariadb-install-db") or os.path.join(os.path.dirname(program), "mariadb-install-db")
            command = [install, "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal", "--skip-test-db", "--force"]
            extra = []
        # Servers clear what others have in a folder that they share.
        user.append("--tmpdir=" + self.folder)
        subprocess.run(command + user, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            [program, "--no-defaults", "--datadir=" + data, "--socket=" + self.socket, "--skip-networking", "--skip-log-bin",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--log-error=" + os.path.join(self.folder, "error.log")] + user + extra,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server = None

        def up():
            self.server = oracle.Server(unix_socket=self.socket)
            return True

        harness.wait_for(up, 60, f"{kind} in {self.folder}")
        self.server.make_tables()

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Drawn(unittest.TestCase):
    """A server and the door, for the tests of a class."""

    kind = "mysql"

    @classmethod
    def setUpClass(cls):
        program = dict(harness.servers())[cls.kind]
        if program is None:
            raise unittest.SkipTest(f"no {cls.kind} server")
        cls.instance = Instance(cls.kind, program)
        cls.server = cls.instance.server
        cls.door = oracle.Door([harness.vif_binary(), "sql"])
        cls.grammar = oracle.load_grammar()

    @classmethod
    def tearDownClass(cls):
        cls.door.close()
        cls.instance.close()

    def report(self, name, counts, differences, floor):
        print(f"oracle {name} ({self.kind}): " + ", ".join(f"{what} {n}" for what, n in sorted(counts.items())))
        self.assertGreaterEqual(counts["compared"] if "compared" in counts else sum(counts.values()), floor)
        if differences:
            self.fail(f"{len(differences)} differences:\n" + "\n".join(differences[:40]))

    def tables_agree(self, rule, before, count, floor):
        """What the server makes of a definition, of our print of it, and of our print of what it then shows, is the same."""
        rng = random.Random(SEED)
        counts, differences = collections.Counter(), []
        # Vitess's own text is for MySQL: it makes a column's CHECK the table's, which MariaDB tells apart.
        styles = ("canonical", "mysql") if self.kind == "mysql" else ("mysql",)
        for _ in range(count):
            sql = text_of(self.grammar.sentence(rule, rng, 12))
            # A column's CHECK behind a foreign key is printed as the table's, so that their order stays; MariaDB tells them apart.
            if self.kind == "mariadb" and re.search("REFERENCES .*, c1 .*CHECK", sql):
                continue
            made = oracle.table_text(self.server, before + [sql])
            ours = self.door.parse(sql)
            if made is None:
                counts["refused by the server"] += 1
                continue
            counts["compared"] += 1
            if not ours["ok"]:
                differences.append(f"{sql}\n    {ours['error']}")
                continue
            for style in styles:
                again = oracle.table_text(self.server, before + [ours[style]])
                if again != made:
                    differences.append(f"{sql}\n    {style}: {ours[style]}\n    {made}\n    became {again or self.server.run(ours[style])}")
                    break
            shown = self.door.parse(made)
            if not shown["ok"]:
                differences.append(f"{made}\n    {shown['error']}")
                continue
            wanted = oracle.table_text(self.server, [made])  # not always the same text: collations are told twice
            for style in styles:
                again = oracle.table_text(self.server, [shown[style]])
                if again != wanted:
                    differences.append(f"{wanted}\n    {style}: {shown[style]}\n    became {again or self.server.run(shown[style])}")
                    break
        self.report(rule, counts, differences, floor)


class OnMySql(Drawn):
    def test_takes_and_refuses_the_same(self):
        rng = random.Random(SEED)
        roots = [name for name, weight in STATEMENTS.items() for _ in range(weight)]
        counts, differences, reasons = collections.Counter(), [], collections.Counter()
        for i in range(COUNT):
            tokens = self.grammar.sentence(roots[i % len(roots)], rng, rng.choice((4, 5, 7, 9)))
            if rng.random() < MUTATED:
                tokens = mutate(tokens, rng)
            sql = text_of(tokens)
            verdict, detail = oracle.judge(self.server, self.door, sql)
            if verdict.startswith("same"):
                counts[verdict] += 1
                continue
            reason = oracle.known_reason(verdict, sql, detail)
            if reason is not None:
                counts["known"] += 1
                reasons[reason] += 1
                continue
            counts[verdict] += 1
            small = text_of(oracle.reduced(tokens, lambda fewer: oracle.judge(self.server, self.door, text_of(fewer))[0] == verdict))
            differences.append(f"{verdict}: {small}\n    {oracle.judge(self.server, self.door, small)[1]}\n    of {sql}")
        for reason, n in reasons.most_common():
            print(f"oracle known difference, {n} times: {reason}")
        self.report("grammar", counts, differences, COUNT)

    def test_corner_cases(self):
        counts, wrong = collections.Counter(), []
        self.server.run("SET sql_mode = ''")
        for sql, mode, meant in oracle.corner_cases():
            verdict, detail = oracle.judge(self.server, self.door, sql, mode)
            if not meant and oracle.known_reason(verdict, sql, detail) is not None:
                verdict = "same: known"
            counts[verdict] += 1
            if verdict.startswith("same") == meant:
                wrong.append(f"{verdict}: {{{mode}}} {sql}\n    {detail or 'is listed as a difference'}")
        self.report("corner cases", counts, wrong, 1000)

    def test_literals_do_not_change_the_fingerprint(self):
        """Statements of one fingerprint have one normal form, whatever their numbers and strings."""
        rng = random.Random(SEED)
        forms, wrong, asked = {}, [], 0
        for i in range(COUNT):
            root = ("statement_query", "select_expr", "insert", "update", "delete")[i % 5]
            tokens = self.grammar.sentence(root, rng, rng.choice((4, 5, 7)))
            for how in range(4):
                sql = text_of([oracle.other_literal(token, how, place) for place, token in enumerate(tokens)])
                ours = self.door.ask(op="normalize", sql=sql, prefix="bv")
                if not ours["ok"]:
                    continue
                asked += 1
                known = forms.setdefault(ours["fingerprint"], ours["sql"])
                if known != ours["sql"]:
                    wrong.append(f"{sql}\n    {ours['sql']}\n    {known}")
        self.report("fingerprints", {"compared": asked}, wrong, COUNT)

    def test_a_printed_query_means_the_same(self):
        rng = random.Random(SEED)
        counts, differences = collections.Counter(), []
        for _ in range(COUNT // 3):
            sql = text_of(self.grammar.sentence("view_query", rng, rng.choice((4, 5, 6, 7))))
            wanted = oracle.view_text(self.server, sql)
            if wanted is None:
                counts["no view"] += 1
                continue
            counts["compared"] += 1
            ours = self.door.parse(sql)
            if not ours["ok"] and oracle.known_reason("reject", sql, "") is not None:
                continue
            if not ours["ok"]:
                differences.append(f"{sql}\n    {ours['error']}")
                continue
            for style in ("canonical", "mysql"):
                if style == "canonical" and "get_format(`" in ours[style].lower():
                    continue  # Vitess's text has a quoted word there
                text = oracle.view_text(self.server, ours[style])
                if text != wanted:
                    differences.append(f"{sql}\n    {style}: {ours[style]}\n    {wanted}\n    became {text}")
                    break
        self.report("views", counts, differences, COUNT // 10)

    def test_a_printed_change_means_the_same(self):
        rng = random.Random(SEED)
        counts, differences = collections.Counter(), []
        for _ in range(COUNT // 10):
            sql = text_of(self.grammar.sentence("explain_change", rng, 6))
            wanted = self.server.explained(sql)
            if wanted is None:
                counts["not explained"] += 1
                continue
            counts["compared"] += 1
            ours = self.door.parse(sql)
            text = self.server.explained(ours["canonical"]) if ours["ok"] else ours["error"]
            if text != wanted:
                differences.append(f"{sql}\n    {ours.get('canonical')}\n    {wanted}\n    became {text}")
        self.report("changes", counts, differences, COUNT // 40)

    def test_a_printed_table_is_the_same(self):
        self.tables_agree("good_table", [], COUNT // 20, COUNT // 40)

    def test_a_printed_alter_does_the_same(self):
        self.tables_agree("good_alter", [TABLE], COUNT // 20, COUNT // 80)


class OnMariaDb(Drawn):
    kind = "mariadb"

    def test_a_printed_table_is_the_same(self):
        self.tables_agree("good_table", [], COUNT // 20, COUNT // 40)

    def test_a_table_of_its_own_is_the_same(self):
        self.tables_agree("maria_table", [], COUNT // 20, COUNT // 80)

    def test_an_alter_of_its_own_does_the_same(self):
        self.tables_agree("maria_alter", [TABLE], COUNT // 30, COUNT // 150)


if __name__ == "__main__":
    unittest.main()
