"""Drivers and clients against the gate; see README.md."""
import os
import shutil
import ssl
import subprocess
import unittest

import pymysql

import cursors
import harness
import packets
from harness import query

HERE = os.path.dirname(os.path.abspath(__file__))
JAR = "/usr/share/java/mariadb-java-client.jar"
GO_PATH = "/usr/share/gocode"
BLOBS = "create table if not exists blobs (id bigint not null, data longblob, primary key (id))"


def make_certificate(folder):
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
    return cert, key


DOCUMENT = """
kind: VitessCluster
metadata: {name: drivers}
spec:
  cells: [{name: zone1, gateway: {extraFlags: {mysql-server-ssl-cert: CERT, mysql-server-ssl-key: KEY}}}]
  keyspaces:
  - name: commerce
    durabilityPolicy: none
    partitionings: [{equal: {parts: 2, shardTemplate: {tabletPools: [{cell: zone1, type: replica, replicas: 1}]}}}]
"""
SCHEMA = "create table users (user_id bigint not null, name varchar(64) not null, email varchar(128), primary key (user_id));\n" + BLOBS + ";\n"
VSCHEMA = """{"sharded": true, "vindexes": {"hash": {"type": "hash"}}, "tables": {
  "users": {"column_vindexes": [{"column": "user_id", "name": "hash"}]},
  "blobs": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}"""


class Drivers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = harness.Cluster(schema={"commerce": (SCHEMA, VSCHEMA)})
        cls.addClassCleanup(cls.cluster.close)
        cert, key = make_certificate(cls.cluster.dir)
        cls.cluster.document = DOCUMENT.replace("CERT", cert).replace("KEY", key)
        cls.cluster.up()

    def run_program(self, command, **options):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, **options)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        return done.stdout

    def need(self, *things):
        for thing in things:
            if not (shutil.which(thing) or os.path.exists(thing)):
                self.skipTest(f"{thing} is not on this machine")

    def scenario_pymysql(self, **options):
        db = self.cluster.connect("commerce", max_allowed_packet=64 << 20, **options)
        query(db, "delete from users where user_id between 8000 and 8999")
        with db.cursor() as cursor:
            self.assertEqual(cursor.execute("insert into users (user_id, name) values (%s, %s), (%s, %s)", (8000, "a", 8001, "b'\\")), 2)
        self.assertEqual(query(db, "select name from users where user_id = 8001"), (("b'\\",),))
        db.begin()
        query(db, "update users set name = 'x' where user_id in (8000, 8001)")
        db.rollback()
        self.assertEqual(query(db, "select count(*) from users where name = 'x'"), ((0,),))
        blob = os.urandom(1 << 20) * 20
        with db.cursor() as cursor:
            cursor.execute("replace into blobs (id, data) values (80, %s)", (blob,))
        self.assertEqual(query(db, "select data from blobs where id = 80")[0][0], blob)
        with self.assertRaises(pymysql.err.IntegrityError) as caught:
            query(db, "insert into users (user_id, name) values (8000, 'again')")
        self.assertEqual(caught.exception.args[0], 1062)
        db.ping(reconnect=False)
        db.close()

    def test_pymysql(self):
        self.scenario_pymysql()

    def test_pymysql_tls(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.scenario_pymysql(ssl=context)

    def test_cursor_fetch(self):
        with self.cluster.connect("commerce") as db:
            query(db, "replace into users (user_id, name) values " + ", ".join(f"({id}, 'c{id}')" for id in range(7001, 7006)))
        sql = "select user_id, name from users where user_id between 7001 and 7005 order by user_id"
        for deprecate_eof in (False, True):
            flags = packets.DEPRECATE_EOF if deprecate_eof else 0
            with self.cluster.direct(100) as server:
                query(server, "create table if not exists vt_commerce.all_users like vt_commerce.users")
                query(server, "replace into vt_commerce.all_users (user_id, name) values " +
                      ", ".join(f"({id}, 'c{id}')" for id in range(7001, 7006)))
            with self.cluster.direct(100, "vt_commerce", client_flag=flags) as server:
                wanted = cursors.scenario(cursors.CursorClient(server, deprecate_eof), sql.replace("from users", "from all_users"))
            with self.cluster.connect("commerce", client_flag=flags) as db:
                got = cursors.scenario(cursors.CursorClient(db, deprecate_eof), sql)
            kept = 0x40 | 0x80 | 0x02  # a cursor is there, the last row was sent, autocommit
            masked = [[(x[0], x[1] & kept) if isinstance(x, tuple) else x for x in said] for said in (got, wanted)]
            self.assertEqual(masked[0], masked[1])

    def client(self, program, *flags):
        self.need(program)
        base = [program, "--no-defaults", "-h", "127.0.0.1", "-P", str(self.cluster.port), "-u", "root", *flags, "-N", "-B", "commerce"]
        out = self.run_program(base + ["-e", "replace into users (user_id, name) values (9000, 'cli'); select name from users where user_id = 9000; "
                                             "begin; delete from users where user_id = 9000; rollback; select count(*) from users where user_id = 9000"])
        self.assertEqual(out.split(), ["cli", "1"])
        failed = subprocess.run(base + ["-e", "select * from nosuch"], capture_output=True, text=True)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("ERROR", failed.stderr)

    def test_mariadb_client(self):
        self.client("mariadb", "--skip-ssl")

    def test_mariadb_client_tls(self):
        self.client("mariadb", "--ssl")

    def mysql_client(self):
        return os.path.join(harness.ROOT, "build", "mysql", "bin", "mysql")

    def test_mysql_client(self):
        self.client(self.mysql_client(), "--ssl-mode=DISABLED", "--get-server-public-key")

    def test_mysql_client_tls(self):
        self.client(self.mysql_client(), "--ssl-mode=REQUIRED")

    def go_program(self):
        self.need("go", GO_PATH + "/src/github.com/go-sql-driver/mysql")
        program = os.path.join(self.cluster.dir, "go-driver")
        if not os.path.exists(program):
            env = dict(os.environ, GO111MODULE="off", GOPATH=GO_PATH, GOFLAGS="", GOCACHE=os.path.join(self.cluster.dir, "gocache"))
            self.run_program(["go", "build", "-o", program, os.path.join(HERE, "go", "main.go")], env=env)
        return program

    def test_go(self):
        self.run_program([self.go_program(), f"127.0.0.1:{self.cluster.port}", "false"])

    def test_go_tls(self):
        self.run_program([self.go_program(), f"127.0.0.1:{self.cluster.port}", "skip-verify"])

    def node_modules(self):
        self.need("node", "npm")
        folder = os.path.join(harness.ROOT, "build", "drivers")
        if not os.path.isdir(os.path.join(folder, "node_modules", "mysql2")):
            os.makedirs(folder, exist_ok=True)
            done = subprocess.run(["npm", "install", "--silent", "--prefix", folder, "mysql2@3"], capture_output=True, text=True)
            if done.returncode != 0:
                self.skipTest("npm cannot install mysql2: " + done.stderr[-300:])
        return os.path.join(folder, "node_modules")

    def test_node(self):
        env = dict(os.environ, NODE_PATH=self.node_modules())
        self.run_program(["node", os.path.join(HERE, "node.js"), str(self.cluster.port), "plain"], env=env)

    def test_node_tls(self):
        env = dict(os.environ, NODE_PATH=self.node_modules())
        self.run_program(["node", os.path.join(HERE, "node.js"), str(self.cluster.port), "tls"], env=env)

    def test_java(self):
        self.need("java", JAR)
        self.run_program(["java", "-cp", JAR, os.path.join(HERE, "Driver.java"), str(self.cluster.port), "plain"])

    def test_java_tls(self):
        self.need("java", JAR)
        self.run_program(["java", "-cp", JAR, os.path.join(HERE, "Driver.java"), str(self.cluster.port), "tls"])


if __name__ == "__main__":
    unittest.main()
