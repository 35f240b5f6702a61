"""A local cluster for tests: started by `vif up` in a temporary folder, on ports of its own, ended with the test."""
import fcntl
import glob
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pymysql

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Every port of a cluster lies between 15000 and 17400, below the range that systems give out by themselves.
SHIFTS = [s * 2400 for s in (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)]


def vif_binary():
    folder = os.environ.get("VIF_BIN") or os.path.join(ROOT, "build", "release", "bin")
    return os.path.join(folder, "vif")


def servers():
    """(name, program or None) of the servers that the tests run on."""
    mariadb = os.environ.get("VIF_MARIADBD") or shutil.which("mariadbd") or "/usr/sbin/mariadbd"
    mysql = os.environ.get("VIF_MYSQLD") or os.path.join(ROOT, "build", "mysql", "bin", "mysqld")
    return [("mariadb", mariadb if os.path.exists(mariadb) else None), ("mysql", mysql if os.path.exists(mysql) else None)]


def take_shift():
    """A range of ports that no other cluster of a test has, also while that one's servers are down; and the lock on it."""
    for shift in random.sample(SHIFTS, len(SHIFTS)):
        lock = open(os.path.join(tempfile.gettempdir(), f"vif-test-ports-{shift}.lock"), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for port in (15001, 15306, 15991, 15100, 16100, 17100, 15200, 17200, 15300, 17300):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port + shift))
            return shift, lock
        except OSError:
            lock.close()
    raise RuntimeError("no free range of ports")


def wait_for(condition, seconds=30.0, what="condition"):
    """Polls `condition` until it is true; its last exception tells why it never was."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            if condition():
                return
            last = None
        except Exception as error:  # the condition may fail while things come up
            last = error
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true in {seconds} s: {last}")


def cluster_yaml(keyspaces):
    """A VitessCluster document; `keyspaces` maps a name to (shards, replicas, durability)."""
    text = "apiVersion: planetscale.com/v2\nkind: VitessCluster\nmetadata: {name: test}\nspec:\n  cells: [{name: zone1}]\n  keyspaces:\n"
    for name, (shards, replicas, durability) in keyspaces.items():
        text += (f"  - name: {name}\n    durabilityPolicy: {durability}\n    partitionings:\n    - equal:\n        parts: {shards}\n"
                 f"        shardTemplate: {{tabletPools: [{{cell: zone1, type: replica, replicas: {replicas}}}]}}\n")
    return text


class Cluster:
    """`with Cluster(...) as cluster:`; `schema` maps a keyspace to (sql, vschema json)."""

    def __init__(self, server=None, document=None, schema=None, gate_flags=()):
        self.server, self.document, self.schema = server, document, schema or {}
        self.shift, self.port_lock = take_shift()
        self.port = 15306 + self.shift
        self.web_port = 15001 + self.shift
        self.dir = tempfile.mkdtemp(prefix="vif-test-")
        self.data_dir = os.path.join(self.dir, "d")

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def command(self):
        command = [vif_binary(), "up", "--data-dir=" + self.data_dir, f"--port-shift={self.shift}"]
        if self.server:
            command.append("--mysql=" + self.server)
        if self.document:
            path = os.path.join(self.dir, "cluster.yaml")
            with open(path, "w") as file:
                file.write(self.document)
            command.append("--file=" + path)
        for keyspace, (sql, vschema) in self.schema.items():
            folder = os.path.join(self.dir, "schema", keyspace)
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "schema.sql"), "w") as file:
                file.write(sql)
            with open(os.path.join(folder, "vschema.json"), "w") as file:
                file.write(vschema)
        if self.schema:
            command.append("--schema-dir=" + os.path.join(self.dir, "schema"))
        return command

    def up(self):
        done = subprocess.run(self.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)
        if done.returncode != 0:
            raise AssertionError(f"vif up failed:\n{done.stdout}\n{self.log_tails()}")
        return done.stdout

    def run(self, role, *flags):
        return subprocess.run([vif_binary(), role, "--data-dir=" + self.data_dir, *flags], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=180)

    def close(self):
        if os.path.exists(self.data_dir):
            self.run("down")
        self.port_lock.close()
        if sys.exc_info()[0] is not None and os.environ.get("VIF_KEEP"):
            print("kept", self.dir)
            return
        shutil.rmtree(self.dir, ignore_errors=True)

    def log_tails(self):
        text = ""
        paths = glob.glob(os.path.join(self.data_dir, "logs", "*.log")) + glob.glob(os.path.join(self.data_dir, "vt_*", "error.log"))
        for path in sorted(paths):
            with open(path, errors="replace") as file:
                text += f"--- {os.path.relpath(path, self.data_dir)}\n" + "".join(file.readlines()[-15:])
        return text

    def connect(self, database=None, **options):
        options.setdefault("autocommit", True)
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", database=database, **options)

    def direct(self, uid, database=None, user="vt_dba", **options):
        """The server of a tablet, not through the gate."""
        options.setdefault("autocommit", True)
        return pymysql.connect(unix_socket=os.path.join(self.data_dir, f"vt_{uid:010}", "mysql.sock"), user=user,
                               database=database, **options)

    def pid(self, name):
        with open(os.path.join(self.data_dir, "run", name + ".pid")) as file:
            return int(file.read())


def query(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
