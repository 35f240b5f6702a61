"""Aggregates of tables' rows: by `vif eval` ("rows") and by the server. The fixed ones take every function over every column of
expressions.TABLE; the random ones go on to COLUMNS, which has the types, lengths, charsets and collations that are not there."""
import random

import expressions
import oracle

FUNCTIONS = ["count({})", "count(distinct {})", "sum({})", "sum(distinct {})", "avg({})", "avg(distinct {})", "min({})", "max({})", "bit_and({})", "bit_or({})",
             "bit_xor({})", "std({})", "stddev({})", "stddev_pop({})", "stddev_samp({})", "var_pop({})", "var_samp({})", "variance({})",
             "group_concat({})", "group_concat({} order by id desc separator '; ')", "group_concat(distinct {} order by id)",
             "group_concat({}, id)", "json_arrayagg({})", "json_objectagg(id, {})"]
# Which rows of the table: none, some, all of them twice.
ROW_SETS = [[], [0], [3], [0, 1, 2], [2, 1, 0, 3], [0, 0, 1, 2, 2, 3]]

WORDS = ["'a'", "'A'", "'a '", "'b'", "'B '", "''", "' '", "'10'", "'9'", "'1.5x'", "'-3'", "'1e2'", "'é'", "'e'", "'É'", "'ß'", "'ss'", "'zz'", "'2024-02-29'"]
SHORT_WORDS = ["'a'", "'A'", "''", "'b'", "'é'", "'1'", "'e'"]
BYTES = ["x'00'", "x'61'", "x'6100'", "x'ff'", "x''", "x'f0f0'", "'12'", "'a'", "'A'"]
WHOLES = ["0", "1", "-1", "7", "100", "127", "-128"]
UNSIGNED = ["0", "1", "3", "100", "255"]
DATES = ["'2024-02-29'", "'1000-01-01'", "'9999-12-31'", "'2001-01-01'"]
TIMES = ["'00:00:00'", "'-838:59:59'", "'12:34:56.789012'", "'-00:00:01.5'", "'100:00:00'"]
DATETIMES = ["'2024-02-29 12:34:56.789012'", "'1000-01-01 00:00:00'", "'2001-01-01 23:59:59.5'", "'9999-12-31 23:59:59'"]
STAMPS = ["'2024-02-29 12:34:56.789012'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"]
FLOATS = ["0", "-0.0", "1.5", "-1.5", "1e10", "1e-10", "0.1", "123456", "3.25"]  # a FLOAT is sent with six digits
JSONS = ["'1'", "'1.0'", "'\"a\"'", "'null'", "'[1, 2]'", "'{\"b\": 1, \"a\": 2}'", "'true'", "'\"A\"'", "'-0.0'", "'1e2'"]
COLUMNS = [  # name, type, its values, the type as a row tells it; a MySQL-only type has no equivalent in MariaDB
    ("i8", "tinyint", WHOLES, "INT8"), ("i8n", "tinyint not null", WHOLES, "INT8"), ("u8", "tinyint unsigned", UNSIGNED, "UINT8"), ("b1", "tinyint(1)", WHOLES, "INT8"),
    ("i16", "smallint", WHOLES + ["32767", "-32768"], "INT16"), ("u16", "smallint unsigned", UNSIGNED + ["65535"], "UINT16"),
    ("i24", "mediumint", WHOLES + ["8388607"], "INT24"), ("u24", "mediumint unsigned", UNSIGNED + ["16777215"], "UINT24"),
    ("i32", "int", WHOLES + ["2147483647", "-2147483648"], "INT32"), ("u32", "int unsigned", UNSIGNED + ["4294967295"], "UINT32"),
    ("i64", "bigint", WHOLES + ["9223372036854775807", "-9223372036854775808"], "INT64"), ("u64", "bigint unsigned", UNSIGNED + ["18446744073709551615"], "UINT64"),
    ("d10", "decimal(10,0)", WHOLES, "DECIMAL"), ("d52", "decimal(5,2)", ["0.01", "-0.01", "999.99", "-5.50", "5.5"], "DECIMAL"),
    ("du", "decimal(8,4) unsigned", ["0.0001", "9999.9999", "5"], "DECIMAL"), ("d65", "decimal(65,0)", ["9" * 65, "-1", "5"], "DECIMAL"),
    ("d30", "decimal(30,30)", ["0." + "3" * 30, "-0.1", "0"], "DECIMAL"), ("f", "float", FLOATS, "FLOAT32"), ("f53", "double", FLOATS, "FLOAT64"),
    ("z5", "int(5) zerofill", ["0", "7", "123456"], "UINT32"), ("zd", "decimal(6,2) zerofill", ["0", "12.5"], "DECIMAL"),
    ("f72", "float(7,2)", ["0", "1.5", "-99.25", "12345.67"], "FLOAT32"), ("f94", "double(9,4)", ["0", "1.5", "-99.25", "12345.6789"], "FLOAT64"),
    ("bit1", "bit(1)", ["b'0'", "b'1'"], "BIT"), ("bit12", "bit(12)", ["b'0'", "b'1'", "b'111111111111'", "b'1100001'"], "BIT"),
    ("bit64", "bit(64)", ["b'0'", "0xffffffffffffffff", "b'101'"], "BIT"), ("y", "year", ["1901", "2155", "2024", "0"], "YEAR"),
    ("da", "date", DATES, "DATE"), ("t0", "time", TIMES, "TIME"), ("t1", "time(1)", TIMES, "TIME"), ("t6", "time(6)", TIMES, "TIME"),
    ("dt0", "datetime", DATETIMES[:3], "DATETIME"), ("dt2", "datetime(2)", DATETIMES, "DATETIME"), ("dt6", "datetime(6)", DATETIMES, "DATETIME"),
    ("ts0", "timestamp null", STAMPS, "TIMESTAMP"), ("ts4", "timestamp(4) null", STAMPS, "TIMESTAMP"),
    ("c5", "char(5)", SHORT_WORDS, "CHAR"), ("v20", "varchar(20)", WORDS, "VARCHAR"), ("vn", "varchar(20) not null", WORDS, "VARCHAR"),
    ("vgen", "varchar(12) collate utf8mb4_general_ci", WORDS, "VARCHAR"), ("vuni", "varchar(12) collate utf8mb4_unicode_ci", WORDS, "VARCHAR"),
    ("vbin", "varchar(12) collate utf8mb4_bin", WORDS, "VARCHAR"), ("vl1", "varchar(12) character set latin1", WORDS, "VARCHAR"),
    ("cl1", "char(6) character set latin1 collate latin1_bin", SHORT_WORDS, "CHAR"), ("vu16", "varchar(12) character set utf16", WORDS, "VARCHAR"),
    ("vasc", "varchar(12) character set ascii", ["'a'", "'A'", "'b '", "''", "'10'"], "VARCHAR"), ("v3", "varchar(12) character set utf8mb3", WORDS, "VARCHAR"),
    ("tt", "tinytext", WORDS, "TEXT"), ("tx", "text", WORDS, "TEXT"), ("mt", "mediumtext", WORDS, "TEXT"), ("lt", "longtext collate utf8mb4_bin", WORDS, "TEXT"),
    ("txl1", "text character set latin1", WORDS, "TEXT"),
    ("bin3", "binary(3)", BYTES, "BINARY"), ("vb9", "varbinary(9)", BYTES, "VARBINARY"), ("vb3", "varbinary(9)", ["x'010203'", "x'ff00ff'", "x'000000'"], "VARBINARY"),
    ("tb", "tinyblob", BYTES, "BLOB"), ("bl", "blob", BYTES, "BLOB"), ("lb", "longblob", BYTES, "BLOB"),
    ("e", "enum('z','b','A','a1','10')", ["'z'", "'b'", "'A'", "'a1'", "'10'"], "ENUM"), ("el1", "enum('é','e','x') character set latin1", ["'é'", "'e'", "'x'"], "ENUM"),
    ("s", "set('z','b','a','10')", ["''", "'z'", "'z,b'", "'a,10'", "'10'", "'b'"], "SET"), ("j", "json", JSONS, "JSON"),
]
ONE = ["count({0})", "count(distinct {0})", "count(distinct {0}, {1})", "count(*)", "sum({0})", "sum(distinct {0})", "avg({0})", "avg(distinct {0})", "min({0})",
       "max({0})", "min(distinct {0})", "max(distinct {0})", "bit_and({0})", "bit_or({0})", "bit_xor({0})", "std({0})", "stddev_samp({0})", "var_pop({0})",
       "var_samp({0})", "group_concat({0} order by id)", "group_concat(distinct {0} order by {0} separator '')", "group_concat({0}, {1} order by {1} desc, id)",
       "group_concat({0} order by {1}, id desc separator '--')", "group_concat(distinct {0}, {1} order by {0}, {1})", "json_arrayagg({0})",
       "json_objectagg(id, {0})", "json_objectagg({0}, {1})"]
MYSQL_ONLY = ["any_value({0})"]
TABLES = 12
# Texts of other charsets, which a server joins without converting them: its bytes are no text then.
FOREIGN = {"vl1", "cl1", "vu16", "txl1", "el1"}
TEXTS = FOREIGN | {name for name, *_, of in COLUMNS if of in ("CHAR", "VARCHAR", "TEXT", "ENUM", "SET", "JSON")}

BINARIES = {name for name, *_, of in COLUMNS if of in ("BIT", "BINARY", "VARBINARY", "BLOB")}


def is_fair(function, names):
    """Not what is sent as other bytes than it has, nor what the server makes no text of."""
    if function.startswith("any_value"):
        return not names[0].startswith("bit")
    joined = names[:1 + ("{1}" in function)]
    if "vu16" in joined and function.startswith(("group_concat", "json", "bit")):
        return False
    if function.startswith("json_objectagg") and set(joined) & TEXTS and set(joined) & BINARIES:
        return False
    return not (function.startswith(("group_concat", "json")) and len(joined) == 2 and FOREIGN & set(joined) and set(joined) <= TEXTS)



def fixed_cases(server):
    columns = oracle.row_json(server)
    columns["id"] = ({"name": "id", "type": "INT32", "column_length": 11, "flags": 1},
                     [{"type": "INT32", "value": str(i)} for i in range(len(expressions.ROWS))])
    cases = []
    for number, chosen in enumerate(ROW_SETS):
        server.run(f"drop table if exists r{number}")
        server.run(f"create table r{number} like t")
        server.run(f"alter table r{number} drop primary key")
        for i in chosen:
            server.run(f"insert into r{number} select * from t where id = {i}")
        for name, *_ in expressions.TABLE:
            for function in FUNCTIONS:
                schema, values = columns[name]
                request = {"expr": function.format(name), "schema": [columns["id"][0], schema], "rows": [[columns["id"][1][i], values[i]] for i in chosen]}
                # An empty result still has the columns' types.
                if not chosen:
                    request["rows"] = []
                cases.append((function.split("(")[0], function.format(name), request, f" from r{number}"))
    return cases


def make_table(server, number, rng):
    """A table with a few rows: by column, the schema and the rows' values."""
    table = f"a{number}"
    server.run(f"drop table if exists {table}")
    server.run(f"create table {table} (id int not null, {', '.join(f'{name} {kind}' for name, kind, *_ in COLUMNS)})")
    for i in range(number % 6):
        values = ["null" if "not null" not in kind and (number == TABLES - 1 or rng.random() < 0.2) else rng.choice(values) for _, kind, values, _ in COLUMNS]
        server.run(f"insert into {table} values ({i}, {', '.join(values)})")
    return oracle.row_json(server, table, [("id", "int", "INT32")] + [(name, kind, of) for name, kind, _, of in COLUMNS])


def random_cases(server, count, seed):
    rng = random.Random(seed)
    server.run("set sql_mode = ''")  # a value that loses something is stored
    tables = [make_table(server, number, rng) for number in range(TABLES)]
    server.run("set sql_mode = default")
    functions = ONE + (MYSQL_ONLY if server.flavor == "mysql" else [])
    cases = []
    for _ in range(count):
        number = rng.randrange(TABLES)
        names = ["id"] + [rng.choice(COLUMNS)[0] for _ in range(2)]
        function = rng.choice(functions)
        if not is_fair(function, names[1:]):
            continue
        expr = function.format(*names[1:])
        columns = [tables[number][name] for name in dict.fromkeys(names)]
        request = {"expr": expr, "schema": [schema for schema, _ in columns], "rows": [list(row) for row in zip(*(values for _, values in columns))]}
        # ANY_VALUE alone is no aggregate.
        more = ", count(*)" if expr.startswith("any_value") else ""
        cases.append((expr.split("(")[0], expr, request, f"{more} from a{number}"))
    return cases


def run(server, vif, count=0, seed=1):
    return oracle.run(server, vif, fixed_cases(server) + random_cases(server, count, seed))
