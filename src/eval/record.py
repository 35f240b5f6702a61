"""Records what a server answers for expressions: the expectations of functions_test.cc.

    python3 src/eval/record.py SOCKET < EXPRESSIONS > src/eval/testdata/functions.jsonl

One expression a line. Each is evaluated at 2023-10-24 10:00:00.123456 UTC, in the server's default sql_mode, by a client of
utf8mb4_0900_ai_ci. A value that is not UTF-8 is {"$hex": ...}.
"""
import json
import sys

import pymysql

connection = pymysql.connect(unix_socket=sys.argv[1], user="root", charset="utf8mb4", use_unicode=False, conv={})
cursor = connection.cursor()
cursor.execute("set names utf8mb4 collate utf8mb4_0900_ai_ci")
cursor.execute("set time_zone = '+00:00', timestamp = 1698141600.123456")


def shown(value):
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"$hex": value.hex()}


for line in sys.stdin:
    expr = line.rstrip("\n")
    if not expr:
        continue
    case = {"expr": expr}
    try:
        cursor.execute("select " + expr)
        case["value"] = shown(cursor.fetchone()[0])
        cursor.execute("show warnings")
        warnings = [[int(code), text.decode(errors="replace")] for _, code, text in cursor.fetchall()]
        if warnings:
            case["warnings"] = warnings
    except pymysql.err.MySQLError as error:
        case["errno"], case["error"] = error.args
    print(json.dumps(case, ensure_ascii=False))
