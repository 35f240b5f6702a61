"""Records what a server answers for expressions: the expectations of functions_test.cc, and of static_type_test.cc with --types.

    python3 src/eval/record.py SOCKET < EXPRESSIONS > src/eval/testdata/functions.jsonl    (calls.jsonl, before_rows.jsonl likewise)
    python3 src/eval/record.py SOCKET --mariadb < EXPRESSIONS > src/eval/testdata/mariadb.jsonl
    python3 src/eval/record.py SOCKET --types < EXPRESSIONS > src/eval/testdata/types.jsonl

One expression a line. Each is evaluated at 2023-10-24 10:00:00.123456 UTC, in the server's default sql_mode, by a client of
utf8mb4_0900_ai_ci (of utf8mb4_general_ci, with --mariadb). A value that is not UTF-8 is {"$hex": ...}. Of types, those that are errors are left out.
"""
import json
import os
import sys

import pymysql

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../test/eval"))
import oracle  # noqa: E402

server = oracle.Server(sys.argv[1], "mariadb" if "--mariadb" in sys.argv else "mysql")


def shown(value):
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"$hex": value.hex()}


def answer(expr):
    try:
        result = server.run("select " + expr)
        # A statement without warnings leaves those of the one before.
        rows = server.rows("show warnings")[0] if result.warning_count else []
        warnings = [[int(code), text.decode(errors="replace")] for _, code, text in rows]
        return {"value": shown(result.rows[0][0]), **({"warnings": warnings} if warnings else {})}
    except pymysql.err.MySQLError as error:
        return {"errno": error.args[0], "error": error.args[1]}


def described(expr):
    _, column, error, _ = server.evaluate(expr)
    if error:
        return None
    return {"type": column.type, "length": column.length, "decimals": column.decimals, "nullable": column.nullable,
            "collation": server.collations[column.charset]}


for line in sys.stdin:
    expr = line.rstrip("\n")
    case = expr and (described(expr) if "--types" in sys.argv else answer(expr))
    if case:
        print(json.dumps({"expr": expr, **case}, ensure_ascii=False))
