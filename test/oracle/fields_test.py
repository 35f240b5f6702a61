"""What a client is told of columns that the gate computes over several shards: the server's own words. Not of texts beyond 65535 bytes,
which are MEDIUMTEXT and LONGTEXT to the server and TEXT to the gate."""
import unittest

import harness
from harness import query

SCHEMA = """create table kinds (id bigint not null, t tinyint, i int, b bigint unsigned, d decimal(12,4), g double, v varchar(40),
  dt date, dtm datetime(3), primary key (id));
"""
VSCHEMA = {"plain": '{"tables": {"kinds": {}}}',
           "parts": '{"sharded": true, "vindexes": {"hash": {"type": "hash"}}, '
                    '"tables": {"kinds": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}'}
ROWS = ", ".join(f"({i}, {i}, {i * 1000}, {i * 1000000}, {i}.25, {i}.5, 'text {i}', '2024-02-2{i}', '2024-02-2{i} 10:11:12.5')" for i in range(1, 9))
# Aggregates come from the shards, what is made of them is the gate's.
EXPRESSIONS = ["max(t) + 1", "max(i) + max(t)", "count(*) + 1", "sum(i) * 2", "max(d) / 3", "max(g) * 2", "max(g) / 3", "max(b) + 1",
               "concat(max(v), 'x')", "upper(max(v))", "max(v) = 'a'", "max(t) is null", "length(max(v))", "left(max(v), 2)", "coalesce(max(d), 0)",
               "if(max(t) > 1, 'a', 'bb')", "if(max(t) > 1, max(t), max(i))", "round(max(d), 1)", "floor(max(g))", "hex(max(v))",
               "max(dtm) + interval 1 day", "year(max(dt))", "cast(max(i) as char)", "cast(max(i) as decimal(10,2))", "-max(t)",
               "json_object('a', max(t))", "case when max(t) then max(dt) end", "nullif(max(v), 'a')", "max(t) & 3"]


def described(connection, expression):
    with connection.cursor() as cursor:
        cursor.execute(f"select {expression} as c from kinds")
        (field,) = cursor._result.fields
        return {"type": field.type_code, "length": field.length, "decimals": field.scale, "charset": field.charsetnr, "flags": field.flags}


class Fields(unittest.TestCase):
    def test_mariadb(self):
        server = dict(harness.servers())["mariadb"]
        if server is None:
            self.skipTest("no mariadb server here")
        document = harness.cluster_yaml({"plain": (1, 1, "none"), "parts": (2, 1, "none")})
        schema = {keyspace: (SCHEMA, vschema) for keyspace, vschema in VSCHEMA.items()}
        with harness.Cluster(server=server, document=document, schema=schema) as cluster:
            for keyspace in VSCHEMA:
                query(cluster.connect(keyspace), "insert into kinds values " + ROWS)
            gate, plain = cluster.connect("parts"), cluster.direct(100, "vt_plain")
            for connection in (gate, plain):
                query(connection, "set names utf8mb4")
            differ = []
            for expression in EXPRESSIONS:
                wanted, told = described(plain, expression), described(gate, expression)
                wrong = {part: (told[part], wanted[part]) for part in wanted if told[part] != wanted[part]}
                if wrong:
                    differ.append(f"{expression}: {wrong}")
            self.assertEqual(differ, [], "(what the gate tells, what the server tells)")


if __name__ == "__main__":
    unittest.main()
