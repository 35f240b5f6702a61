"""Every collation against real servers: random texts compared, matched, weighed and changed in case, and a sample of all characters.

VIF_COLLATION_PAIRS and VIF_COLLATION_STEP give other sizes: 10000 and 1 are the whole.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import pymysql

import harness

PAIRS = os.environ.get("VIF_COLLATION_PAIRS", "30")
STEP = os.environ.get("VIF_COLLATION_STEP", "2011")


class Server:
    """A plain server in a temporary folder, reached by its socket."""

    def __init__(self, name, program):
        self.folder = tempfile.mkdtemp(prefix="vif-collations-")
        self.socket = os.path.join(self.folder, "s")
        data = os.path.join(self.folder, "data")
        if name == "mysql":
            first = [program, "--no-defaults", "--user=root", f"--datadir={data}", "--initialize-insecure"]
        else:
            first = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", "--force"]
        first.append(f"--tmpdir={self.folder}")
        subprocess.run(first, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        options = ["--skip-networking", f"--tmpdir={self.folder}", "--innodb-buffer-pool-size=32M", f"--pid-file={self.folder}/pid", f"--log-error={self.folder}/err"]
        if name == "mysql":
            options += ["--mysqlx=OFF", "--skip-log-bin", "--secure-file-priv="]  # its default folder may not be there
        self.process = subprocess.Popen([program, "--no-defaults", "--user=root", f"--datadir={data}", f"--socket={self.socket}", *options],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        harness.wait_for(lambda: pymysql.connect(unix_socket=self.socket, user="root").close() or True, 60, name)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class Collations(unittest.TestCase):
    def compare_with(self, name):
        program = dict(harness.servers())[name]
        if not program:
            self.skipTest(f"no {name} here")
        server = Server(name, program)
        self.addCleanup(server.stop)
        answers = os.path.join(server.folder, "answers")
        oracle = os.path.join(harness.ROOT, "src", "types", "collation", "oracle.py")
        with open(answers, "w") as file:
            digest = "100" if int(PAIRS) > 1000 else "0"
            subprocess.run([sys.executable, oracle, server.socket, "--pairs", PAIRS, "--step", STEP, "--digest", digest], stdout=file, check=True)
        test = os.path.join(os.path.dirname(os.path.dirname(harness.vif_binary())), "types_test")
        done = subprocess.run([test, "--gtest_filter=*AnswersOfAServer"], cwd=harness.ROOT, env=dict(os.environ, VIF_COLLATION_ANSWERS=answers),
                              stdout=subprocess.PIPE, text=True)
        summary = [line for line in done.stdout.splitlines() if " answers, " in line]
        print("oracle", name, *summary)
        self.assertTrue(summary, done.stdout[-2000:])
        self.assertGreater(int(summary[0].split()[0]), 10000)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])

    def test_mysql(self):
        self.compare_with("mysql")

    def test_mariadb(self):
        self.compare_with("mariadb")


if __name__ == "__main__":
    unittest.main()
