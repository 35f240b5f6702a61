"""mysqlctl: one tablet's MySQL server from its making to its end."""
import os
import shutil
import subprocess
import tempfile
import unittest

import pymysql

import harness


class Mysqlctl(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="vif-test-")
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)

    def mysqlctl(self, server, *words):
        environment = dict(os.environ, VTDATAROOT=self.root, PATH=os.path.dirname(server) + ":" + os.environ["PATH"])
        return subprocess.run([harness.vif_binary(), "mysqlctl", "--tablet_uid", "7", "--mysql_port", "0", *words],
                              env=environment, capture_output=True, text=True, timeout=120)

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if f"--defaults-file={self.root}/".encode() in file.read():
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def test_a_server_is_made_started_once_and_ended(self):
        for name, server in harness.servers():
            with self.subTest(server=name):
                if server is None:
                    self.skipTest(f"no {name} here")
                folder = os.path.join(self.root, "vt_0000000007")
                done = self.mysqlctl(server, "init")
                self.assertEqual(done.returncode, 0, done.stderr)
                started = self.processes()
                self.assertTrue(started)
                # A second server on the same files would take over when the first ends.
                self.assertEqual(self.mysqlctl(server, "start").returncode, 0)
                self.assertEqual(self.processes(), started)
                with pymysql.connect(unix_socket=os.path.join(folder, "mysql.sock"), user="vt_dba") as db:
                    self.assertEqual(harness.query(db, "select 1"), ((1,),))
                done = self.mysqlctl(server, "shutdown")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.processes(), [])
                self.assertEqual(self.mysqlctl(server, "teardown").returncode, 0)
                self.assertFalse(os.path.exists(folder))


if __name__ == "__main__":
    unittest.main()
