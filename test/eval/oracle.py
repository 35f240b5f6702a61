"""Expressions evaluated by `vif eval` and by a server: values, types, collations, errors and warnings compared.

    python3 test/eval/oracle.py --socket S [--flavor mysql|mariadb] [--count 50000] [--seed 1] [--show 40] [--group name]
                                               [--sql-mode MODES] [--time-zone ZONE]
    python3 test/eval/oracle.py --socket S --corpus FILE.jsonl      (lines with "expr", as Vitess's generated expressions)

Each expression has one outcome: agree, refused (VT12001 here), or differ. Of those that agree it is counted as well in what else
they agree: "typing" (type, decimals, nullability, length and collation of the column, whatever its value) and "warnings".
"""
import argparse
import collections
import json
import math
import os
import re
import subprocess

import pymysql

import conditions
import expressions

NOW = "2023-10-24 10:00:00.123456"
TIMESTAMP = "1698141600.123456"
MYSQL_TYPES = {0: "DECIMAL", 1: "INT8", 2: "INT16", 3: "INT32", 4: "FLOAT32", 5: "FLOAT64", 6: "NULL", 7: "TIMESTAMP", 8: "INT64",
               9: "INT24", 10: "DATE", 11: "TIME", 12: "DATETIME", 13: "YEAR", 15: "VARCHAR", 16: "BIT", 242: "VECTOR", 245: "JSON",
               246: "DECIMAL", 247: "ENUM", 248: "SET", 249: "TEXT", 250: "TEXT", 251: "TEXT", 252: "TEXT", 253: "VARCHAR", 254: "CHAR",
               255: "GEOMETRY"}
BINARY_TYPES = {"TEXT": "BLOB", "VARCHAR": "VARBINARY", "CHAR": "BINARY"}
NOT_NULL, UNSIGNED, ZEROFILL, ENUM, SET = 1, 32, 64, 256, 2048
TOLD_FLAGS = NOT_NULL | UNSIGNED | ZEROFILL


class Column:
    """What a server says of a result's column."""

    def __init__(self, field):
        name = MYSQL_TYPES[field.type_code]
        if field.flags & ENUM:
            name = "ENUM"
        elif field.flags & SET:
            name = "SET"
        if name.startswith("INT") and field.flags & UNSIGNED:
            name = "U" + name
        if field.charsetnr == 63:
            name = BINARY_TYPES.get(name, name)
        self.type, self.charset, self.length = name, field.charsetnr, field.length
        self.decimals, self.nullable, self.flags = field.scale, not field.flags & NOT_NULL, field.flags


class Server:
    """A connection to the server that is asked."""

    def __init__(self, socket, flavor):
        self.flavor = flavor
        self.connection = pymysql.connect(unix_socket=socket, user="root", use_unicode=False, conv={999: None}, autocommit=True)
        self.run("set names utf8mb4" + (" collate utf8mb4_0900_ai_ci" if flavor == "mysql" else ""))
        self.run(f"set time_zone = '+00:00', timestamp = {TIMESTAMP}, max_error_count = 64")
        self.collations = {int(i): name.decode() for name, i in self.rows("select collation_name, id from information_schema.collations "
                                                                          "where id is not null")[0]}
        # The columns' own charsets and collations, not what they would be converted to.
        self.run("set character_set_results = null")

    def run(self, sql):
        self.connection.query(sql)
        return self.connection._result

    def rows(self, sql):
        result = self.run(sql)
        return result.rows, [Column(f) for f in result.fields]

    def make_table(self):
        self.run("create database if not exists vif_oracle default character set utf8mb4")
        self.connection.select_db("vif_oracle")
        self.run("drop table if exists t")
        columns = ", ".join(f"{name} {kind}" for name, kind, _, _ in expressions.TABLE)
        self.run(f"create table t (id int primary key, {columns})")
        for i, row in enumerate(expressions.ROWS):
            self.run(f"insert into t values ({i}, {', '.join(row)})")

    def evaluate(self, expr, source=""):
        """(value, column, error, warnings); the value is bytes or None."""
        try:
            result = self.run(f"select {expr}{source}")
            warnings = []
            if result.warning_count:
                # A request's columns are of no table.
                warnings = [(int(code), message.decode("utf-8", "replace").replace("`vif_oracle`.`t`.", "")) for _, code, message in self.rows("show warnings")[0]]
            return result.rows[0][0], Column(result.fields[0]), None, warnings
        except (pymysql.Error, IndexError) as error:
            return None, None, (error.args[0], str(error.args[-1])), []


def row_json(server, table="t", columns=None):
    """The table's rows as the door takes them: by column, the schema and each row's value."""
    columns = columns or [(name, sql_type, kind) for name, sql_type, _, kind in expressions.TABLE]
    _, described = server.rows(f"select {', '.join(c[0] for c in columns)} from {table} limit 0")
    server.run("set character_set_results = utf8mb4")
    rows, _ = server.rows(f"select {', '.join(c[0] for c in columns)} from {table} order by id")
    server.run("set character_set_results = null")
    out = {}
    for i, ((name, sql_type, kind), column) in enumerate(zip(columns, described)):
        schema = {"name": name, "type": kind, "column_type": re.split(" collate | character set | not null", sql_type)[0], "charset": column.charset,
                  "column_length": column.length, "decimals": column.decimals, "flags": column.flags & TOLD_FLAGS, "collation": server.collations[column.charset]}
        values = []
        for row in rows:
            text = None if row[i] is None else row[i].decode() if is_utf8(row[i]) else {"$hex": row[i].hex()}
            values.append({"type": kind if row[i] is not None else "NULL", "value": text})
        out[name] = (schema, values)
    return out


def as_utf8(value, charset):
    """What the door says of a text, which is UTF-8 there whatever its own charset."""
    codec = {"latin1": "cp1252", "utf16": "utf-16-be", "utf32": "utf-32-be", "ucs2": "utf-16-be", "gbk": "gbk", "sjis": "cp932",
             "cp1251": "cp1251"}.get(charset)
    try:
        return value.decode(codec).encode() if codec else value
    except UnicodeDecodeError:
        return value


def is_utf8(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


def door(vif, requests, flavor, flags=()):
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    command = [vif, "eval", "--now", NOW, "--flavor", flavor, "--time-zone", "+00:00"]
    if flavor == "mysql":
        command += ["--collation", "utf8mb4_0900_ai_ci"]
    else:
        command += ["--collation", "utf8mb4_general_ci"]
    command += flags
    done = subprocess.run(command, input=lines, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(requests):
        raise AssertionError(f"vif eval ended with {done.returncode} at {requests[len(answers)]}: {done.stderr[-500:]}")
    return answers


def equal_values(mine, server, kind):
    if mine is None or server is None:
        return mine is None and server is None
    actual = bytes.fromhex(mine["$hex"]) if isinstance(mine, dict) else mine.encode()
    if actual == server or kind not in ("FLOAT64", "FLOAT32"):
        return actual == server
    try:
        return math.isclose(float(actual), float(server), rel_tol=1e-14 if kind == "FLOAT64" else 1e-5)
    except ValueError:
        return False


# MariaDB's integers are INT or BIGINT by their length, of which "typing" tells.
SAME = {"INT32": 1, "INT64": 1, "UINT32": 2, "UINT64": 2}


def compared(answer, value, column, error, flavor):
    """The outcome, and what differs."""
    if not answer["ok"] and answer["error"].startswith("VT12001"):
        return "refused", re.sub(r"'.*'", "'...'", answer["error"][22:])
    if error is not None and error[0] == 1305:  # a function that this version of the server has not
        return "agree", ""
    if error is not None or not answer["ok"]:
        if error is None or answer["ok"]:
            return "differ", "error"
        return ("agree", "") if answer["errno"] == error[0] or (answer["errno"] in (0, 1105, 1064) and error[0] == 1064) else ("differ", "errno")
    if not equal_values(answer["value"], value, column.type):
        return "differ", "value"
    if value is not None and answer["type"] != column.type and not (flavor == "mariadb" and SAME.get(answer["type"]) == SAME.get(column.type, 0)):
        return "differ", "type"
    return "agree", ""


def typing(answer, column, collations):
    """Which parts of the column's type differ."""
    if not answer["ok"] or column is None or "field" not in answer:
        return []
    field = answer["field"]
    expected = {"type": column.type, "length": column.length, "decimals": column.decimals, "nullable": column.nullable,
                "collation": collations.get(column.charset, "?")}
    return [(k, field.get(k), v) for k, v in expected.items() if field.get(k) != v]


class Report:
    def __init__(self):
        self.groups = collections.defaultdict(collections.Counter)
        self.reasons = collections.Counter()
        self.differences = []
        self.typing = collections.Counter()
        self.typing_cases = []
        self.warnings = collections.Counter()
        self.warning_cases = []

    def total(self):
        out = collections.Counter()
        for outcomes in self.groups.values():
            out.update(outcomes)
        return out


def run(server, vif, cases, flags=()):
    """`cases`: (group, expr, request, source); `flags`: more of the door's."""
    report = Report()
    answers = door(vif, [request for _, _, request, _ in cases], server.flavor, flags)
    for (group, expr, _, source), answer in zip(cases, answers):
        value, column, error, warnings = server.evaluate(expr, source)
        if value is not None:
            value = as_utf8(value, server.collations.get(column.charset, "").split("_")[0])
        outcome, reason = compared(answer, value, column, error, server.flavor)
        report.groups[group][outcome] += 1
        if outcome == "refused":
            report.reasons[reason] += 1
        elif outcome == "differ":
            shown = answer.get("typed") if answer["ok"] else f"{answer['errno']} {answer['error']}"
            expected = f"{error[0]} {error[1]}" if error else f"{column.type} {value}"
            report.differences.append((group, reason, expr, shown, expected))
        elif answer["ok"] and not error:
            wrong = typing(answer, column, server.collations)
            report.typing["differ" if wrong else "agree"] += 1
            for part in wrong:
                report.typing[part[0]] += 1
            if wrong:
                report.typing_cases.append((group, expr, wrong))
            ours = [(w["code"], w["message"]) for w in answer["warnings"]]
            same = ours == warnings
            report.warnings["agree" if same else "differ"] += 1
            if not same:
                report.warning_cases.append((expr, ours, warnings))
    return report


COLUMN_NAMES = re.compile(r"\bc_\w+")


def generated_cases(server, count, seed, group=None, generator=expressions):
    columns = row_json(server)
    cases = []
    for i, (of, expr) in enumerate(generator.generate(count, seed, server.flavor)):
        if group and of != group:
            continue
        used = sorted(set(COLUMN_NAMES.findall(expr)))
        row = i % len(expressions.ROWS)
        request = {"expr": expr}
        if used:
            request["schema"] = [columns[name][0] for name in used]
            request["row"] = [columns[name][1][row] for name in used]
        cases.append((of, expr, request, f" from t where id = {row}" if used else ""))
    return cases


def corpus_cases(path, group=None):
    out = []
    for line in open(path):
        case = json.loads(line)
        if case.get("nondeterministic") or (group and case["fn"] != group):
            continue
        request = {"expr": case["expr"]}
        source = ""
        if case.get("row"):
            request.update(row=case["row"], schema=case["schema"])
            (item,) = case["row"]
            literal = "null" if item["value"] is None else "'" + item["value"].replace("\\", "\\\\").replace("'", "''") + "'"
            source = f" from (select cast({literal} as json) as column0) t"
        out.append((case["fn"], case["expr"], request, source))
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vif", default=os.path.join(os.environ.get("VIF_BIN", "build/release/bin"), "vif"))
    parser.add_argument("--socket", required=True)
    parser.add_argument("--flavor", default="mysql")
    parser.add_argument("--count", type=int, default=50000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=40)
    parser.add_argument("--group")
    parser.add_argument("--corpus")
    parser.add_argument("--conditions", action="store_true", help="conditions.py's, in the place of expressions.py's")
    parser.add_argument("--sql-mode")
    parser.add_argument("--time-zone")
    args = parser.parse_args()
    server = Server(args.socket, args.flavor)
    server.make_table()
    flags = []
    for flag, variable, value in (("--sql-mode", "sql_mode", args.sql_mode), ("--time-zone", "time_zone", args.time_zone)):
        if value is not None:
            server.run(f"set {variable} = '{value}'")
            flags += [flag, value]
    # A column of timestamps is told in the session's zone.
    if args.corpus:
        cases = corpus_cases(args.corpus, args.group)
    else:
        cases = generated_cases(server, args.count, args.seed, args.group, conditions if args.conditions else expressions)
    report = run(server, args.vif, cases, flags)
    for group, outcomes in sorted(report.groups.items()):
        print(f"  {group}: {dict(outcomes)}")
    for group, reason, expr, mine, expected in report.differences[:args.show]:
        print(f"DIFFER {group} {reason}: {expr}\n    here {mine}\n    server {expected}")
    for reason, n in report.reasons.most_common(args.show):
        print(f"REFUSED {n} {reason}")
    for group, expr, wrong in report.typing_cases[:args.show]:
        print(f"TYPING {expr} {wrong}")
    for expr, mine, theirs in report.warning_cases[:args.show]:
        print(f"WARNINGS {expr}\n    here {mine}\n    server {theirs}")
    print("typing", dict(report.typing), "warnings", dict(report.warnings))
    print("in all", dict(report.total()))


if __name__ == "__main__":
    main()
