"""A server as the judge of our parser and printer: what PREPARE takes we take, what it calls a syntax error we do too."""
import glob
import json
import os
import re
import subprocess
import sys

import pymysql

from derive import Grammar, mutate, text_of

HERE = os.path.dirname(os.path.abspath(__file__))
SYNTAX = (1064, 1149, 1065)
# Raised while a statement is being read, at a place behind which the server has not looked.
WHILE_READING = (3954, 1531, 1763, 1362, 1250, 1193, 1248, 3953, 1277, 1166, 1351, 3568, 6513, 6007, 1066, 1221, 3667, 1102, 1103, 1059, 1063, 1115, 1128, 1231, 1235, 1253, 1273, 1286, 1302, 1303, 1308, 1309, 1310, 1314, 1318, 1319, 1320, 1324, 1327,
                 1330, 1331, 1332, 1333, 1337, 1338, 1363, 1391, 1407, 1413, 1415, 1422, 1425, 1426, 1427, 1439, 1441, 1479, 1480,
                 1493, 1582, 1583, 1584, 1641, 1652, 1653, 1654, 1657, 1658, 1697, 1701, 1735, 1740, 1791, 1800, 1801, 1845,
                 3567, 3569, 3579, 3580, 3707, 3708, 3709, 3714, 3719, 3772, 3774, 3851, 3903, 3942, 4079, 6006)

# Where we differ and mean to: (verdict, pattern over the statement, reason). A pattern with "near " at its begin is over the place
# that the server named.
KNOWN = [
    (verdict, re.compile(pattern, re.S | re.I), reason)
    for verdict, pattern, reason in (
        ("accept", r"\bLIMIT\b", "LIMIT takes any expression, as in Vitess"),
        ("accept", r",\s*\*", "a * that is not the first item is taken, as in Vitess"),
        ("accept", r"NTILE\s*\(", "NTILE(NULL), as in Vitess"),
        ("accept", r"\bLOW_PRIORITY\s+WRITE", "LOCK TABLES ... LOW_PRIORITY WRITE, as in Vitess (MySQL 8.0 has it)"),
        ("accept", r"UPGRADE PARTITIONING", "ALTER TABLE ... UPGRADE PARTITIONING, as in Vitess (MySQL 5.7 has it)"),
        ("accept", r"\b(SLAVES?|MASTER)\b|QUERY CACHE", "words of older servers and of MariaDB"),
        ("accept", r"FLUSH.*HOSTS", "FLUSH HOSTS, as in Vitess (MySQL 8.0 has it)"),
        ("accept", r"WITH PARSER|(USING|TYPE)\s+(?!BTREE|HASH|RTREE)\w+", "WITH PARSER behind any index, USING with any word, as in Vitess"),
        ("accept", r"^(REPAIR|OPTIMIZE|CHECK|CHECKSUM)\s+(?!TABLE|LOCAL|NO_WRITE)|^(REPAIR|OPTIMIZE|CHECK|CHECKSUM),", "whatever follows these words is taken, as in Vitess"),
        ("accept", r"ALTER .* SET DEFAULT", "ALTER COLUMN ... SET DEFAULT of a clock, as in Vitess"),
        ("accept", r"(FULLTEXT|SPATIAL).*(USING|TYPE)", "USING at a FULLTEXT or SPATIAL index, as in Vitess"),
        ("accept", r"END (LOOP|REPEAT|WHILE)? *\w+", "a label behind END is the server's to compare"),
        ("accept", r"^(GRANT|REVOKE) .* ON ", "whether a word is a privilege is the server's to judge"),
        ("accept", r"near (<=> )?(ANY |SOME |ALL )?\(+(SELECT|TABLE|VALUES|WITH)", "any word may be a function's name, as in Vitess: any(x)"),
        ("accept", r"^PURGE .* BEFORE.*(SELECT|VALUES|TABLE)", "subqueries in PURGE ... BEFORE are the server's to refuse"),
        ("reject", r"(SAVEPOINT|TO|AS|FROM|TABLE|,) (ESCAPE|SQL_NO_CACHE)\b", "words that Vitess reserves"),
        ("print", r"(UNION|EXCEPT|INTERSECT).*INTO ", "an INTO behind the last query of a union stands inside its parentheses in Vitess's text, and not in MySQL's"),
        ("accept", r"ENCRYPTION *=? *BINARY", "BINARY as a word for ENCRYPTION, as in Vitess"),
        ("accept", r"NOT SECONDARY", "NOT SECONDARY behind any attribute"),
        ("accept", r"SERIAL DEFAULT VALUE", "SERIAL DEFAULT VALUE behind other attributes"),
        ("print", r"\bhot\.|\w+\.key_buffer_size", "a variable's two parts are one name in Vitess's text, and two in MySQL's"),
        ("accept", r"^CREATE EXTERNAL TABLE", "what follows CREATE EXTERNAL TABLE t is the server's to judge"),
        ("accept", r"^USE\s*$", "USE without a name, as in Vitess"),
        ("accept", r"^LOAD DATA FROM S3", "LOAD DATA FROM S3 (Aurora), as in Vitess"),
        ("print", r"^SELECT GET_FORMAT|GET_FORMAT *\(", "GET_FORMAT's first word is quoted in Vitess's text"),
        ("accept", r"near (DUAL|CUBE|EXTERNAL|LIBRARY|WINDOW|EXCEPT|INTERSECT)\b",
         "words that only MySQL reserves are names here, as in Vitess"),
        ("accept", r"SUBPARTITION|PARTITION BY .*\(PARTITION|(REORGANIZE|ADD) PARTITION", "whether a table's partitions are whole is the server's to judge"),
        ("accept", r"^HANDLER .* WHERE .*\(", "subqueries in HANDLER are the server's to refuse"),
        ("accept", r"^SHOW (ENGINE|STORAGE|BINARY|BINLOG|RELAYLOG|PROCESSLIST|COUNT|\w+\b)", "what follows SHOW and a word is the server's to judge, as in Vitess"),
        ("reject", r"(RETURNS|DECLARE .*) SERIAL", "SERIAL, a column's word, as the type of a routine's value"),
        ("reject", r"ST_Collect\(\s*DISTINCT|ST_Collect\([^)]*\)\s*OVER", "ST_Collect with DISTINCT or OVER: an aggregate that cannot be split over shards"),
        ("reject", r"VALUES\s+ROW.*(FOR|LOCK)", "VALUES does not support LOCK, as in Vitess"),
        ("accept", r"^CREATE ROLE|IDENTIFIED BY PASSWORD|^CREATE AGGREGATE FUNCTION \w+ *\(|CREATE OR REPLACE|SYSTEM_TIME|RETURNING|FETCH (FIRST|NEXT)|DEFAULT [\w.]+ *\(|IF (NOT )?EXISTS|SEQUENCE|LEAD\(|COLLATE \w+ .*COLLATE|\(\(.*\) (AS )?\w+\)",
         "MariaDB takes it"),
        ("accept", r"\b(N?VARCHAR\w*|VARYING|VARBINARY) *([^ (]|$)", "VARCHAR and VARBINARY without a length, as in Vitess"),
    )
]


def load_grammar():
    text = ""
    for path in sorted(glob.glob(os.path.join(HERE, "*.grammar"))):
        with open(path) as file:
            text += file.read() + "\n"
    return Grammar(text)


class Door:
    """`vif sql`: a request a line, an answer a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def parse(self, sql, sql_mode=""):
        return self.ask(op="parse", sql=sql, strict_ddl=True, sql_mode=sql_mode)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the parser died of: {request}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Server:
    TABLES = ["CREATE DATABASE test", "CREATE DATABASE other", "USE test",
              "CREATE TABLE t1 (a INT, b INT, c VARCHAR(20), d DATETIME, e DECIMAL(10,2), j JSON, g GEOMETRY NOT NULL, v TEXT, KEY k1 (a), FULLTEXT (v))",
              "CREATE TABLE t2 LIKE t1", "CREATE TABLE other.t3 LIKE t1", "CREATE TABLE parent (id INT PRIMARY KEY, v INT)",
              "CREATE TABLE parent2 (x INT, y INT, PRIMARY KEY (x, y))"]

    def __init__(self, **where):
        self.connection = pymysql.connect(user="root", autocommit=True, **where)
        self.cursor = self.connection.cursor()

    def make_tables(self):
        for sql in self.TABLES:
            self.cursor.execute(sql)

    def run(self, sql):
        """(errno or 0, message)"""
        try:
            self.cursor.execute(sql)
            return 0, ""
        except pymysql.Error as error:
            return (error.args[0] or -1), str(error.args[1]) if len(error.args) > 1 else str(error)

    def prepare(self, sql, sql_mode=""):
        if sql_mode:
            self.run(f"SET sql_mode = '{sql_mode}'")
        text = "'" + sql.replace("'", "''") + "'" if "NO_BACKSLASH" in sql_mode else self.connection.literal(sql)
        answer = self.run("PREPARE s FROM " + text)
        if sql_mode:
            self.run("SET sql_mode = ''")
        return answer

    def shown(self, what):
        try:
            self.cursor.execute("SHOW CREATE " + what)
            return self.cursor.fetchone()[1]
        except pymysql.Error:
            return None

    def explained(self, sql):
        """The statement as the server rewrote it, or None."""
        if self.run("EXPLAIN FORMAT=TRADITIONAL " + sql)[0] != 0:
            return None
        self.cursor.execute("SHOW WARNINGS")
        return [row[2] for row in self.cursor.fetchall() if row[1] == 1003] or None


def with_marks(text):
    """Arguments as the client wrote them: the tree calls the first ? :v1."""
    return re.sub(r":v\d+", "?", text)


def judge(server, door, sql, sql_mode=""):
    """(verdict, detail); a verdict that begins with "same" is agreement. What we print is for the default sql_mode."""
    errno, message = server.prepare(sql, sql_mode)
    ours = door.parse(sql, sql_mode)
    wrong = errno in SYNTAX
    if not ours["ok"]:
        if wrong or errno in WHILE_READING or ours.get("errno") == errno or (errno != 0 and ours.get("errno") not in SYNTAX):
            return "same: refused", ""
        return "reject", f"{ours['error']} [server: {errno} {message[:80]}]"
    if wrong:
        return "accept", message[135:]
    if errno in WHILE_READING:
        return "same: error", ""
    for style in ("mysql", "canonical"):
        text = ours[style]
        if style == "canonical" and (text == "AST node missing for Load type" or re.search(r"^show |^create procedure .*\b(otheradmin|show)\b|^otheradmin$", text, re.S)):
            continue  # Vitess prints these statements so
        errno2, message2 = server.prepare(with_marks(text))
        if errno2 in SYNTAX:
            return "print", f"{style}: {text} :: {message2[135:]}"
        if errno2 != errno:
            return "print", f"{style}: {text} :: {errno} {message} became {errno2} {message2}"
        again = door.parse(text)
        if not again["ok"]:
            return "print", f"{style}: {text} :: {again['error']}"
        if again[style] != text:
            return "print", f"{style}: {text} :: then {again[style]}"
    return "same: taken", ""


def corner_cases():
    """(statement, sql_mode, whether it is meant to differ) of each line of corner_cases.txt."""
    with open(os.path.join(HERE, "corner_cases.txt")) as file:
        for line in file.read().splitlines():
            if not line or line.startswith("# "):
                continue
            differs = line.startswith("~ ")
            line = line[2:] if differs else line
            mode = re.match(r"\{([A-Z_,]+)\} ", line)
            yield (line[mode.end():], mode[1], differs) if mode else (line, "", differs)


def known_reason(verdict, sql, detail):
    for kind, pattern, reason in KNOWN:
        text = "near " + detail if pattern.pattern.startswith("near ") else sql
        if kind == verdict and pattern.search(text):
            return reason
    return None


def other_literal(token, how, place):
    """The token; or, when it is a plain number or string, another: all alike, each another, or pairs of the same."""
    if how == 0 or not re.fullmatch(r"\d{1,4}|'\w*'", token):
        return token
    value = {1: 7, 2: 100 + place, 3: 100 + place // 4}[how]
    return f"'s{value}'" if token.startswith("'") else str(value)


def reduced(tokens, still):
    """The tokens without those that the property `still` does not need."""
    size = max(1, len(tokens) // 2)
    while size >= 1:
        at, changed = 0, False
        while at < len(tokens):
            fewer = tokens[:at] + tokens[at + size:]
            if fewer and still(fewer):
                tokens, changed = fewer, True
            else:
                at += size
        if size > 1:
            size //= 2
        elif not changed:
            break
    return tokens


def same_names(text):
    """Without the names that a server gives to columns without one: they are the text as it was written. A server keeps the
    synonym that was written; Vitess's text has one of them."""
    text = re.sub(r"\bst_(geometry|linestring|multilinestring|multipoint|multipolygon|polygon|geometrycollection)from(text|wkb)\b",
                  lambda found: f"st_{SHORT[found[1].lower()]}from{found[2]}", text or "", flags=re.I)
    text = re.sub(r"@@(session|global)\.", lambda found: found[0].lower(), text, flags=re.I)
    return re.sub(r"( AS )?`((?:[^`]|``)+)`", lambda found: "" if found[1] and re.search(r"\W", found[2]) else "`?`" if re.search(r"\W", found[2]) else found[0], text)


SHORT = {"geometry": "geom", "linestring": "line", "multilinestring": "mline", "multipoint": "mpoint", "multipolygon": "mpoly", "polygon": "poly",
         "geometrycollection": "geomcoll"}


def view_text(server, sql):
    server.run("DROP VIEW IF EXISTS vw")
    if server.run("CREATE VIEW vw AS " + sql)[0] != 0:
        return None
    text = server.shown("VIEW vw")
    return same_names(text.split(" AS ", 1)[1]) if text else None


def table_text(server, statements):
    """What the server holds after these statements; None when one failed."""
    server.run("DROP TABLE IF EXISTS n1")
    for sql in statements:
        if server.run(sql)[0] != 0:
            return None
    return server.shown("TABLE n1")
