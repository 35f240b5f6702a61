"""Many idle connections on one gate: what each costs in memory, and that point selects are served all the while.

VIF_IDLE sets how many (50000 is the aim; the default is small enough for every run of the tests).
"""
import os
import resource
import select
import socket
import struct
import unittest

import harness
from harness import query

WANTED = int(os.environ.get("VIF_IDLE", "5000"))
BYTES_A_CONNECTION_MAX = 4096
BATCH = 500

# Protocol 4.1, secure connection, plugin auth; without a password.
CAPABILITIES = 0x00000200 | 0x00008000 | 0x00080000


def read_packet(connection):
    header = b""
    while len(header) < 4:
        header += connection.recv(4 - len(header))
    size, body = int.from_bytes(header[:3], "little"), b""
    while len(body) < size:
        body += connection.recv(size - len(body))
    return body


def log_in(port, source):
    """A raw client: a driver's objects would cost more memory here than the gate's there."""
    connection = socket.socket()
    connection.bind((source, 0))  # one address has only so many ports
    connection.connect(("127.0.0.1", port))
    read_packet(connection)
    body = struct.pack("<IIB23x", CAPABILITIES, 1 << 24, 45) + b"root\0" + b"\0" + b"mysql_native_password\0"
    connection.sendall(struct.pack("<I", len(body))[:3] + b"\1" + body)
    return connection


def finish_login(connection):
    answer = read_packet(connection)
    if answer[:1] == b"\xfe":  # asked for another plugin: no password is an empty answer
        connection.sendall(b"\0\0\0\3")
        answer = read_packet(connection)
    assert answer[:1] == b"\0", answer


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Idle(unittest.TestCase):
    def test_connections_without_work_are_cheap(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (WANTED + 1000, max(hard, WANTED + 1000)))
            hard = max(hard, WANTED + 1000)
        except (ValueError, PermissionError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        count = min(WANTED, hard - 200)
        if os.environ.get("VIF_PRESET", "release") not in ("release", "dev"):
            self.skipTest("memory is measured without sanitizers")
        document = harness.cluster_yaml({"main": (1, 1, "none")})
        with harness.Cluster(document=document) as cluster:
            db = cluster.connect("main")
            pid = cluster.pid("vtgate")
            for _ in range(200):
                query(db, "select 1")
            before, idle = resident_bytes(pid), []
            try:
                while len(idle) < count:
                    batch = [log_in(cluster.port, f"127.0.{1 + len(idle) // 2000}.1") for _ in range(min(BATCH, count - len(idle)))]
                    for connection in batch:
                        finish_login(connection)
                    idle += batch
                    self.assertEqual(query(db, "select 1"), ((1,),))
                each = (resident_bytes(pid) - before) / len(idle)
                print(f"{len(idle)} idle connections: {each:.0f} bytes resident each", flush=True)
                readable, _, _ = select.select(idle[:500], [], [], 0)
                self.assertEqual(readable, [], "the gate closed idle connections")
                self.assertLess(each, BYTES_A_CONNECTION_MAX)
            finally:
                for connection in idle:
                    connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


if __name__ == "__main__":
    unittest.main()
