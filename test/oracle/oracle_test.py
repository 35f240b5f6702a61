"""Every statement of scripts/*.sql, on one plain server and through the gate with 1, 2 and 4 shards: the same answers."""
import glob
import os
import re
import unittest

import pymysql

import harness
import schema

HERE = os.path.dirname(os.path.abspath(__file__))


class Statement:
    def __init__(self, sql, place, only, gate_error, known, varying):
        self.sql, self.place, self.only, self.gate_error, self.known = sql, place, only, gate_error, known
        self.varying = varying  # how many warnings it has


def read_script(path):
    statements, only, gate_error, known, varying = [], None, None, None, False
    with open(path) as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("  ") and statements:
                statements[-1].sql += "\n" + line.strip()
            elif line == "-- rows":
                statements += read_script(os.path.join(HERE, "rows.sql"))
            elif line.startswith("-- only "):
                only = line.split()[2]
            elif line.startswith("-- gate: "):
                gate_error = line[len("-- gate: "):]
            elif line.startswith("-- differs: "):
                known = line[len("-- differs: "):]
            elif line.startswith("-- warnings vary: "):
                varying = True
            elif line.strip() and not line.startswith("--"):
                statements.append(Statement(line.strip(), f"{os.path.basename(path)}:{number}", only, gate_error, known, varying))
                only = gate_error = known = None
    for statement in statements:
        statement.sql = statement.sql.rstrip().rstrip(";")
    return statements


class Answer:
    """What a client sees of one statement."""

    def __init__(self, connection, sql):
        self.rows = self.columns = self.error = None
        self.affected = self.insert_id = self.warnings = 0
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                self.warnings = getattr(connection._result, "warning_count", 0)
                if cursor.description is not None:
                    self.columns = [column[0] for column in cursor.description]
                    self.rows = [repr(row) for row in cursor.fetchall()]
                else:
                    self.affected, self.insert_id = cursor.rowcount, cursor.lastrowid
        except pymysql.Error as error:
            self.error = error.args[0] if error.args else str(error)
            self.message = str(error)

    def differs(self, plain, ordered, varying=False):
        """What is different from the plain server's answer, or None."""
        if plain.error is not None or self.error is not None:
            if plain.error == self.error:
                return None
            return f"error {plain.error} ({getattr(plain, 'message', '')}) became {self.error} ({getattr(self, 'message', '')})"
        for name in ("columns", "affected", "insert_id", "warnings"):
            if name == "warnings" and varying:
                continue
            if getattr(plain, name) != getattr(self, name):
                return f"{name}: {getattr(plain, name)} became {getattr(self, name)}"
        mine, its = self.rows, plain.rows
        if mine is not None and its is not None and not ordered:
            mine, its = sorted(mine), sorted(its)
        if mine != its:
            missing = [row for row in its if row not in mine][:3]
            extra = [row for row in mine if row not in its][:3]
            return f"rows: missing {missing}, extra {extra}, of {len(its)} and {len(mine)}"
        return None


def is_ordered(sql):
    return re.search(r"\border\s+by\b", sql, re.I) is not None


class Oracle(unittest.TestCase):
    def run_scripts(self, program, flavor, shards):
        document = harness.cluster_yaml({"main": (1, 1, "none"), "commerce": (shards, 1, "none")})
        files = {"main": (schema.UNSHARDED, schema.UNSHARDED_VSCHEMA), "commerce": (schema.SHARDED, schema.SHARDED_VSCHEMA)}
        differences, known, count = [], 0, 0
        with harness.Cluster(server=program, document=document, schema=files) as cluster:
            self.load_reference(cluster, shards)
            for path in sorted(glob.glob(os.path.join(HERE, "scripts", "*.sql"))):
                plain, gate = self.fresh(cluster, shards)
                for statement in read_script(path):
                    if statement.only and statement.only != flavor:
                        continue
                    count += 1
                    if statement.gate_error:
                        answer = Answer(gate, statement.sql)
                        if answer.error is None or statement.gate_error not in answer.message:
                            differences.append(f"{statement.place}: not refused with '{statement.gate_error}': {statement.sql}")
                        continue
                    want = Answer(plain, statement.sql)
                    difference = Answer(gate, statement.sql).differs(want, is_ordered(statement.sql), statement.varying)
                    if difference and statement.known:
                        known += 1
                    elif statement.known:
                        differences.append(f"{statement.place}: agrees, but is marked '-- differs: {statement.known}': {statement.sql}")
                    elif difference:
                        differences.append(f"{statement.place}: {difference}\n    {statement.sql}")
                    if not plain.open or not gate.open:
                        self.fail(f"a connection was lost at {statement.place}: {statement.sql}")
                plain.close()
                gate.close()
        print(f"oracle {flavor} {shards} shards: {count - len(differences) - known} of {count} statements agree, {known} differ as the script says", flush=True)
        self.assertGreaterEqual(count, 1)
        if differences:
            self.fail(f"{len(differences)} of {count} statements differ:\n" + "\n".join(differences[:400]))

    def load_reference(self, cluster, shards):
        """The reference table's rows, in every shard: uids 101... are the shards of commerce."""
        for uid in range(101, 101 + shards):
            harness.query(cluster.direct(uid, "vt_commerce"), schema.PRODUCTS)

    def fresh(self, cluster, shards):
        """Empty tables on both sides: the plain database lies on the server of `main`, which is the same program; it has
        the keyspace's name, for titles and messages tell it."""
        with cluster.direct(100) as root:
            harness.query(root, "drop database if exists commerce")
            harness.query(root, "create database commerce")
        plain = cluster.direct(100, "commerce")
        for statement in (schema.PLAIN + schema.PRODUCTS).split(";\n"):
            if statement.strip():
                harness.query(plain, statement.strip().rstrip(";"))
        # The sequence goes on from script to script (its cache is one value); the plain table follows it.
        ((next_id,),) = harness.query(cluster.direct(100, "vt_main"), "select next_id from orders_seq")
        harness.query(plain, f"alter table orders auto_increment = {next_id}")
        with cluster.direct(100, "vt_main") as lookups:
            for table in ("members_email", "members_city"):
                harness.query(lookups, "delete from " + table)
        for uid in range(101, 101 + shards):
            with cluster.direct(uid, "vt_commerce") as shard:
                for table in ("users", "orders", "tags", "kinds", "members", "words"):
                    harness.query(shard, "delete from " + table)
        return plain, cluster.connect("commerce")


def add_cases():
    for flavor, program in harness.servers():
        for shards in (1, 2, 4):
            def case(self, flavor=flavor, program=program, shards=shards):
                if program is None:
                    self.skipTest(f"no {flavor} server on this machine")
                self.run_scripts(program, flavor, shards)
            setattr(Oracle, f"test_{flavor}_{shards}_shards", case)


add_cases()
if __name__ == "__main__":
    unittest.main()
