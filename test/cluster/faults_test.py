"""kill -9 of a replica's server, a tablet, the gate and a primary's server while 16 clients write: clear errors, recovery by
itself, and every acknowledged row is there afterwards."""
import os
import signal
import threading
import unittest

import pymysql

import harness
from harness import query

CLIENTS = 16


class Writers:
    """Clients that insert rows by key and over two shards, each remembering what was acknowledged."""

    def __init__(self, cluster):
        self.cluster, self.stop = cluster, threading.Event()
        self.acknowledged, self.errors, self.lock = [], [], threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(n,), daemon=True) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        key, connection = 1_000_000 * (client + 1), None
        while not self.stop.is_set():
            key += 1
            try:
                if connection is None:
                    connection = self.cluster.connect("commerce", connect_timeout=5, read_timeout=60)
                query(connection, f"insert into users (user_id, name) values ({key}, 'c{client}')")
                with self.lock:
                    self.acknowledged.append(key)
            except (pymysql.Error, OSError) as error:
                with self.lock:
                    self.errors.append(error.args)
                connection = None
                self.stop.wait(0.05)

    def count(self):
        with self.lock:
            return len(self.acknowledged)

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(90)
            assert not thread.is_alive(), "a client hangs"
        return set(self.acknowledged)


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = harness.Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.cluster.up()

    def all_keys(self):
        return {row[0] for row in query(self.cluster.connect("commerce"), "select user_id from users")}

    def under_load(self, victim):
        writers = Writers(self.cluster)
        try:
            harness.wait_for(lambda: writers.count() > 200, what="writes before the fault")
            pid = self.cluster.pid(victim)
            os.kill(pid, signal.SIGKILL)
            harness.wait_for(lambda: self.cluster.pid(victim) != pid, what=f"{victim} started again")
            # Every client is served again, on every shard.
            before = writers.count()
            harness.wait_for(lambda: writers.count() > before + 400, 60, "writes after the fault")
            harness.wait_for(self.all_keys, 60, "reads of every shard after the fault")
        finally:
            acknowledged = writers.finish()
        missing = acknowledged - self.all_keys()
        self.assertEqual(missing, set(), f"acknowledged writes lost: {len(missing)}")
        for error in writers.errors:
            self.assertTrue(error and isinstance(error[0], int), f"not a clear error: {error}")
        self.no_transaction_is_left()

    def no_transaction_is_left(self):
        for uid in (100, 200):
            def idle(uid=uid):
                rows = query(self.cluster.direct(uid), "select count(*) from information_schema.innodb_trx")
                return rows[0][0] == 0
            harness.wait_for(idle, 40, f"no open transaction on tablet {uid}")

    def test_a_killed_replica_server(self):
        self.under_load("mysqld-zone1-0000000101")

    def test_a_killed_tablet(self):
        self.under_load("vttablet-zone1-0000000100")

    def test_a_killed_gate(self):
        self.under_load("vtgate")

    def test_a_killed_primary_server(self):
        self.under_load("mysqld-zone1-0000000200")

    def kill_supervisor(self):
        done = self.cluster.run("status")
        pid = int(done.stdout.split("supervisor ")[1].split()[0])
        os.kill(pid, signal.SIGKILL)
        harness.wait_for(lambda: not os.path.exists(f"/proc/{pid}"), what="the supervisor's end")

    def test_a_dead_supervisor_leaves_nothing_in_the_way(self):
        self.kill_supervisor()
        self.assertIn("ready", self.cluster.up())
        self.assertGreater(len(self.all_keys()), 0)

    def test_down_stops_what_a_dead_supervisor_left(self):
        gate = self.cluster.pid("vtgate")
        self.kill_supervisor()
        self.assertTrue(os.path.exists(f"/proc/{gate}"))
        done = self.cluster.run("down")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, "stopped 13 processes whose supervisor had died")
        harness.wait_for(lambda: not os.path.exists(f"/proc/{gate}"), what="the gate's end")
        self.assertIn("ready", self.cluster.up())


if __name__ == "__main__":
    unittest.main()
