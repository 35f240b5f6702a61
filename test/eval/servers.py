"""A server of its own for the evaluator's tests: no network, nothing durable, gone with the test."""
import os
import shutil
import subprocess
import tempfile
import time

import pymysql

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class PrivateServer:
    def __init__(self, program, flavor):
        self.program, self.flavor = program, flavor
        self.folder = tempfile.mkdtemp(prefix="vif-eval-")
        self.socket = os.path.join(self.folder, "s")
        self.process = None

    def __enter__(self):
        data = os.path.join(self.folder, "data")
        common = ["--no-defaults", f"--datadir={data}", f"--tmpdir={self.folder}"] + (["--user=root"] if os.geteuid() == 0 else [])
        log = f"--log-error={self.folder}/error.log"
        try:
            if self.flavor == "mysql":
                subprocess.run([self.program, *common, "--initialize-insecure", log], check=True, timeout=180, **QUIET)
                flags = ["--mysqlx=OFF", "--secure-file-priv=", "--skip-log-bin"]
            else:
                install = shutil.which("mariadb-install-db") or "mariadb-install-db"
                subprocess.run([install, *common, "--auth-root-authentication-method=normal", "--skip-test-db", "--force"], check=True, timeout=180, **QUIET)
                flags = []
            self.process = subprocess.Popen([self.program, *common, *flags, f"--socket={self.socket}", "--skip-networking", log,
                                             f"--pid-file={self.folder}/pid", "--innodb-buffer-pool-size=32M"], **QUIET)
            self.wait()
            return self
        except BaseException:
            self.__exit__()
            raise

    def wait(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                pymysql.connect(unix_socket=self.socket, user="root").close()
                return
            except pymysql.Error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
