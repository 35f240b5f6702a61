"""Executions of the binary protocol: through the gate byte for byte what the server itself answers, columns and rows."""
import struct
import unittest

import harness
from harness import query
from packets import EXECUTE, PacketClient

TINY, SHORT, LONG, FLOAT, DOUBLE, NULL, LONGLONG, DATETIME, TIME, VARCHAR, NEWDECIMAL, BLOB, STRING = (
    1, 2, 3, 4, 5, 6, 8, 12, 11, 15, 246, 252, 254)
UNSIGNED = 0x8000

SCHEMA = """create table kinds (id bigint not null, t tinyint, u smallint unsigned, i int, b bigint unsigned, d decimal(12,4),
  f float, g double, v varchar(40), c char(8), n varchar(20) character set latin1, bin varbinary(20), txt text, j json,
  dt date, ts timestamp(3) null, dtm datetime(6), tm time(2), y year, e enum('x','y','z'), s set('a','b'), bits bit(9), primary key (id));
"""
VSCHEMA = {"plain": '{"tables": {"kinds": {}}}',
           "parts": '{"sharded": true, "vindexes": {"hash": {"type": "hash"}}, '
                    '"tables": {"kinds": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}'}
ROWS = """(1, -5, 65535, -70000, 18446744073709551615, 12345678.9012, 1.5, -2.25e100, 'Grüße', 'abc', 'é', x'00ff27', 'long text', '{"a": [1, null]}',
  '2024-02-29', '2024-02-29 12:13:14.567', '1000-01-01 00:00:00.000001', '-838:59:58.25', 1999, 'y', 'a,b', b'101010101'),
  (2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
  (3, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', '[]', '0001-01-01', null, '2024-01-01', '00:00:00', 2000, 'x', '', 0)"""

# (text, parameters as (type, bytes))
text = lambda s: (VARCHAR, bytes([len(s.encode())]) + s.encode())
number = lambda n: (LONG, struct.pack("<i", n))
EXECUTIONS = [
    ("select * from kinds where id = ?", [(LONGLONG, struct.pack("<q", 1))]),
    ("select * from kinds where id = ?", [number(2)]),
    ("select * from kinds where id = ?", [text("3")]),
    ("select id, v from kinds where id = ?", [(NULL, b"")]),
    ("select id, v from kinds where id = ?", [number(99)]),
    ("select k.id as x, k.v from kinds as k where k.id = ? and k.v like ?", [number(1), text("Gr%")]),
    ("select t + ?, concat(v, ?), ? from kinds where id = 1", [(TINY, b"\x07"), text("ß'\\"), (DOUBLE, struct.pack("<d", 2.5))]),
    ("select id from kinds where id = 1 and d > ? and g < ?", [(NEWDECIMAL, b"\x0512.25"), (FLOAT, struct.pack("<f", 1.5))]),
    ("select id from kinds where id = 1 and dtm < ?", [(DATETIME, b"\x07" + struct.pack("<HBBBBB", 2024, 3, 1, 1, 2, 3))]),
    ("select id from kinds where id = 1 and tm < ?", [(TIME, b"\x08" + struct.pack("<BIBBB", 0, 0, 1, 2, 3))]),
    ("select id from kinds where id = 1 and bin = ?", [(BLOB, b"\x03\x00\xff'")]),
    ("select id, b from kinds where id = 1 and b = ?", [(LONGLONG | UNSIGNED, b"\xff" * 8)]),
    ("select id from kinds where id = 3 and u = ?", [(SHORT | UNSIGNED, b"\0\0")]),
    ("select id, u from kinds where id = 1 limit ?", [(LONGLONG, struct.pack("<q", 1))]),
    ("select count(*), max(v) from kinds where id = ?", [number(1)]),
    ("select id from kinds where id = 1 for update", []),
    ("select id from kinds where id = ? and nowhere = 1", [number(1)]),
    ("select id from kinds where id = ? and json_extract(j, ?) = 1", [number(1), text("$[")]),
    ("select id, cast(? as signed) from kinds where id = 1", [text("12x")]),
]


class Client(PacketClient):
    def __init__(self, connection, schema, said):
        super().__init__(connection)
        self.schema, self.said = schema.encode(), said.encode()
        self.statements = {}

    def column(self, packet):
        """A column's definition, but for what its database is called."""
        length = 1 + packet[0]
        name = packet[length + 1:length + 1 + packet[length]]
        return packet[:length] + (self.said if name == self.schema else name) + packet[length + 1 + len(name):]

    def execute(self, sql, parameters, with_types=True):
        """Columns, rows and warnings; or the error's number."""
        if sql not in self.statements:
            self.statements[sql] = self.prepare(sql)
        statement = self.statements[sql]
        if not isinstance(statement, int):
            del self.statements[sql]
            return struct.unpack("<H", statement[1:3])[0]
        body = struct.pack("<IBI", statement, 0, 1)
        if parameters:
            nulls = sum(1 << i for i, (kind, _) in enumerate(parameters) if kind == NULL)
            body += nulls.to_bytes((len(parameters) + 7) // 8, "little") + bytes([with_types])
            if with_types:
                body += b"".join(struct.pack("<H", kind) for kind, _ in parameters)
            body += b"".join(value for _, value in parameters)
        self.send(EXECUTE, body)
        first = self.packet()
        if first[0] == 0xFF:
            return struct.unpack("<H", first[1:3])[0]
        columns = [self.column(self.packet()) for _ in range(first[0])]
        self.packet()
        rows = []
        while True:
            packet = self.packet()
            if packet[0] == 0xFF:
                return struct.unpack("<H", packet[1:3])[0]
            if packet[0] == 0xFE and len(packet) < 9:
                return columns, rows, struct.unpack("<H", packet[1:3])[0]
            rows.append(packet)


class Binary(unittest.TestCase):
    def check(self, gate, server, executions=EXECUTIONS):
        for sql, parameters in executions:
            wanted = server.execute(sql, parameters)
            self.assertEqual(gate.execute(sql, parameters), wanted, (sql, parameters))
            if parameters and parameters[0][0] != NULL and not isinstance(wanted, int):
                self.assertEqual(gate.execute(sql, parameters, with_types=False), wanted, (sql, parameters))

    def run_on(self, server):
        schema = {keyspace: (SCHEMA, vschema) for keyspace, vschema in VSCHEMA.items()}
        document = harness.cluster_yaml({"plain": (1, 1, "none"), "parts": (2, 1, "none")})
        with harness.Cluster(server=server, document=document, schema=schema) as cluster:
            def clients(keyspace, uid, **options):
                gate = Client(cluster.connect(keyspace, **options), keyspace, keyspace)
                server = Client(cluster.direct(uid, "vt_" + keyspace, **options), "vt_" + keyspace, keyspace)
                for client in (gate, server):  # by the same collation, whatever the driver says first
                    query(client.connection, "set names " + options.get("charset", "utf8mb4"))
                return gate, server

            for keyspace in VSCHEMA:
                query(cluster.connect(keyspace), "insert into kinds values " + ROWS)
            # The shard of the rows 1, 2 and 3; the other server has none of them.
            uids = {"plain": 100}
            for uid in (200, 201, 300, 101):
                try:
                    with cluster.direct(uid, "vt_parts") as db:
                        if query(db, "select count(*) from kinds")[0][0] == 3:
                            uids["parts"] = uid
                except Exception:
                    continue
            for keyspace, uid in uids.items():
                with self.subTest(keyspace=keyspace):
                    gate, server = clients(keyspace, uid)
                    self.check(gate, server)
                    # Within a transaction, which a statement that cannot be prepared opens, and where own changes are seen.
                    for client in (gate, server):
                        client.connection.begin()
                        client.mine = [client.execute("select id from kinds where id = ? and nowhere = 1", [number(1)])]
                        query(client.connection, "update kinds set t = 9 where id = 1")
                        client.mine += [client.execute(*execution) for execution in EXECUTIONS]
                        client.connection.rollback()
                    self.assertEqual(gate.mine, server.mine)
                    # Settings that change how texts are read, and results.
                    for client in (gate, server):
                        query(client.connection, "set sql_mode = 'ansi_quotes,pipes_as_concat'")
                        query(client.connection, "set time_zone = '+05:00'")
                    self.check(gate, server)
                    self.check(gate, server, [('select "id", v || ? from kinds where "id" = ?', [text("!"), number(1)])])
                    # Clients of another character set, whose texts and rows are converted at the gate.
                    gate, server = clients(keyspace, uid, charset="latin1")
                    self.check(gate, server, [("select id, v, c, n from kinds where id = ?", [number(1)]),
                                              ("select id from kinds where id = ? and v = ?", [number(1), (VARCHAR, b"\x05Gr\xfc\xdfe")])])
            # A table that changes between two executions of one statement.
            gate, server = clients("plain", 100)
            self.check(gate, server, EXECUTIONS[:2])
            query(server.connection, "alter table kinds modify v varchar(50), drop column bits")
            self.check(gate, server, EXECUTIONS[:6])


def add(name, server):
    def test(self):
        if server is None:
            self.skipTest(f"{name} is not on this machine")
        self.run_on(server)
    setattr(Binary, "test_" + name, test)


for name, server in harness.servers():
    add(name, server)

if __name__ == "__main__":
    unittest.main()
