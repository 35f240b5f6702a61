#!/usr/bin/env python3
"""Measures what a query costs: direct, through HAProxy, through a verbatim relay, through vif in one process and in two.
"relay-unix" is the same relay with the server's unix socket behind it, as tablets have it.

Every path is run in every repeat, so that drift falls on all alike; what is printed are medians of the repeats with
the range, and the ratios that DESIGN's budgets are about. CPU is user + system time of each process from /proc,
divided by sysbench's count of queries. Numbers of different runs of this program are not to be compared.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "test"))
import harness  # noqa: E402

TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")
# (sysbench's script, --db-ps-mode: "disable" is the text protocol, "auto" sysbench's default, which prepares)
WORKLOADS = {"point": ("oltp_point_select", "disable"), "point-ps": ("oltp_point_select", "auto"),
             "ro": ("oltp_read_only", "disable"), "rw": ("oltp_read_write", "disable"),
             "ro-ps": ("oltp_read_only", "auto"), "rw-ps": ("oltp_read_write", "auto")}
# (name, what it compares: sums of processes of paths, the greatest ratio allowed): of medians of CPU a query in the point select
# workload. From BUSY threads on a query costs what is done for it. Below, it costs mostly the sleeping and waking of whoever waits
# for it, twice in each process that it passes: there vif is held to relays that wait as often, between sockets of the same
# kinds (docs/decisions/0021-budgets-and-load.md).
BUSY = 16
GATE, TABLET, MYSQLD, ONE = ("vif", "gate"), ("vif", "tablet"), ("direct", "mysqld"), ("one", "one")
RELAY, RELAY_UNIX, HAPROXY = ("relay", "relay"), ("relay-unix", "relay"), ("haproxy", "haproxy")
BUDGETS = [
    ("gate / relay", [GATE], [RELAY], 1.1),
    ("gate + tablet / mysqld", [GATE, TABLET], [MYSQLD], 1.0),
    ("one process / relay", [ONE], [RELAY], 1.2),
    ("one process / haproxy", [ONE], [HAPROXY], 1.0),
]
BUDGETS_OF_FEW = [
    ("gate / relay", [GATE], [RELAY], 1.1),
    ("gate + tablet / two relays", [GATE, TABLET], [RELAY, RELAY_UNIX], 1.1),
    ("one process / relay-unix", [ONE], [RELAY_UNIX], 1.2),
    ("one process / haproxy", [ONE], [HAPROXY], 1.0),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_us(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


class Path:
    """One way from sysbench to the server: where to connect, and which processes it costs."""

    def __init__(self, name, port, processes, database="vt_sbtest", user="bench"):
        self.name, self.port, self.processes, self.database, self.user = name, port, processes, database, user


class Proxies:
    """HAProxy and the relay, started in front of the server's TCP port, and a relay in front of its unix socket."""

    def __init__(self, server_port, server_socket, folder):
        self.processes = []
        self.haproxy_port, self.relay_port, self.relay_unix_port = free_port(), free_port(), free_port()
        config = os.path.join(folder, "haproxy.cfg")
        with open(config, "w") as file:
            file.write("global\n  nbthread 2\n  maxconn 4096\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n"
                       f"  timeout server 1h\nlisten m\n  bind 127.0.0.1:{self.haproxy_port}\n  server m 127.0.0.1:{server_port}\n")
        self.haproxy = self.start(["haproxy", "-f", config, "-db"], self.haproxy_port)
        relay = os.path.join(ROOT, "build", "release", "bench_relay")
        self.relay = self.start([relay, str(self.relay_port), f"127.0.0.1:{server_port}"], self.relay_port)
        self.relay_unix = self.start([relay, str(self.relay_unix_port), "unix:" + server_socket], self.relay_unix_port)

    def start(self, command, port):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        harness.wait_for(lambda: socket.create_connection(("127.0.0.1", port)).close() is None, 10, command[0])
        return process.pid

    def close(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
            process.wait()


def sysbench(path, workload, threads, seconds, command, tables, rows):
    script, ps_mode = WORKLOADS[workload]
    arguments = ["sysbench", script, "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={path.port}",
                 f"--mysql-user={path.user}", "--mysql-password=", f"--mysql-db={path.database}", f"--tables={tables}",
                 f"--table-size={rows}", f"--threads={threads}", f"--time={seconds}", "--percentile=99", "--histogram=on",
                 f"--db-ps-mode={ps_mode}", "--mysql-ssl=off", "--rand-type=uniform", command]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SystemExit(f"sysbench through {path.name} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def percentile(output, wanted):
    """From sysbench's histogram: the value below which `wanted` of the events lie, in microseconds."""
    buckets = [(float(v), int(c)) for v, c in re.findall(r"^\s*([\d.]+) \|\**\s*(\d+)\s*$", output, re.M)]
    total, seen = sum(count for _, count in buckets), 0
    for value, count in buckets:
        seen += count
        if seen >= total * wanted:
            return value * 1000
    return 0.0


def measure(path, workload, threads, args):
    sysbench(path, workload, threads, 1, "run", args.tables, args.rows)  # warm-up
    before = {name: cpu_us(pid()) for name, pid in path.processes.items()}
    output = sysbench(path, workload, threads, args.seconds, "run", args.tables, args.rows)
    queries = int(re.search(r"total:\s+(\d+)", output).group(1))
    seconds = float(re.search(r"total time:\s+([\d.]+)s", output).group(1))
    return {"qps": queries / seconds, "p50": percentile(output, 0.50), "p99": percentile(output, 0.99),
            "cpu": {name: (cpu_us(pid()) - before[name]) / queries for name, pid in path.processes.items()}}


def spread(values):
    return f"{statistics.median(values):8.1f} ({min(values):.1f}-{max(values):.1f})"


def report(results, repeats):
    print(f"\nmedians of {repeats} repeats (least-greatest); CPU in microseconds a query\n")
    for (workload, threads, path), runs in results.items():
        cpus = "  ".join(f"{name} {spread([run['cpu'][name] for run in runs])}" for name in runs[0]["cpu"])
        print(f"{workload:8} {threads:3} {path:10} qps {spread([run['qps'] for run in runs])}  p50 "
              f"{statistics.median([run['p50'] for run in runs]):.0f} us  p99 {statistics.median([run['p99'] for run in runs]):.0f} us  {cpus}")


def cost(results, threads, processes):
    """Of the processes together; None when one of them was not measured. What one path passes is summed within each run."""
    of_path = {}
    for path, process in processes:
        of_path.setdefault(path, []).append(process)
    total = 0
    for path, names in of_path.items():
        runs = results.get(("point", threads, path))
        if not runs:
            return None
        total += statistics.median([sum(run["cpu"][name] for name in names) for run in runs])
    return total


def hold_budgets(results, thread_counts):
    broken, compared = [], 0
    print("\nbudgets (point select, ratio of medians)")
    for threads in thread_counts:
        held = BUDGETS if threads >= BUSY else BUDGETS_OF_FEW
        for name, of, to, most in held + [told for told in BUDGETS if told not in held]:
            upper, lower = cost(results, threads, of), cost(results, threads, to)
            if upper is None or lower is None:
                continue
            within = upper / lower <= most
            verdict = "holds" if within else "BROKEN"
            if (name, of, to, most) in held:
                compared += 1
                broken += [] if within else [f"{name} at {threads} threads"]
            else:
                verdict = f"not held to below {BUSY} threads"
            print(f"  {name:26} {threads:3} threads: {upper:6.1f} / {lower:6.1f} = {upper / lower:.2f}  (at most {most}) {verdict}")
    return broken, compared


def prepare(cluster, args):
    """The table, made on the server itself; the gate serves it from the same database."""
    with cluster.direct(100) as root:
        for host in ("127.0.0.1", "localhost"):
            harness.query(root, f"create user if not exists bench@'{host}' identified by ''")
            harness.query(root, f"grant all on *.* to bench@'{host}'")
    direct = Path("direct", 17100 + cluster.shift, {"mysqld": lambda: cluster.pid("mysqld-zone1-0000000100")})
    sysbench(direct, "point", 1, 1, "prepare", args.tables, args.rows)
    return direct


def server_socket(cluster):
    return os.path.join(cluster.data_dir, "vt_0000000100", "mysql.sock")


def combo_process(cluster, folder):
    """The same tablet's server behind one process, or None while that role is not built."""
    port = free_port()
    command = [harness.vif_binary(), "vtcombo", "--keyspaces=sbtest", f"--mysql-server-port={port}",
               "--db-socket=" + server_socket(cluster)]
    log = open(os.path.join(folder, "vtcombo.log"), "w")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        harness.wait_for(lambda: socket.create_connection(("127.0.0.1", port)).close() is None or process.poll() is not None, 15)
    except AssertionError:
        process.kill()
        return None
    return (process, port) if process.poll() is None else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="point,point-ps,ro,rw", help="of " + ", ".join(WORKLOADS))
    parser.add_argument("--threads", default="1,16,64")
    parser.add_argument("--paths", default="direct,haproxy,relay,relay-unix,one,vif")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=7)
    parser.add_argument("--tables", type=int, default=2)
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--server", help="mysqld or mariadbd")
    parser.add_argument("--json", help="write every run there")
    args = parser.parse_args()
    thread_counts = [int(t) for t in args.threads.split(",")]
    folder = tempfile.mkdtemp(prefix="vif-bench-")
    document = harness.cluster_yaml({"sbtest": (1, 1, "none")})
    results, proxies, combo = {}, None, None
    try:
        with harness.Cluster(server=args.server, document=document) as cluster:
            direct = prepare(cluster, args)
            mysqld = direct.processes["mysqld"]
            proxies = Proxies(direct.port, server_socket(cluster), folder)
            paths = {"direct": direct,
                     "haproxy": Path("haproxy", proxies.haproxy_port, {"haproxy": lambda: proxies.haproxy, "mysqld": mysqld}),
                     "relay": Path("relay", proxies.relay_port, {"relay": lambda: proxies.relay, "mysqld": mysqld}),
                     "relay-unix": Path("relay-unix", proxies.relay_unix_port, {"relay": lambda: proxies.relay_unix, "mysqld": mysqld}),
                     "vif": Path("vif", cluster.port, {"gate": lambda: cluster.pid("vtgate"),
                                                       "tablet": lambda: cluster.pid("vttablet-zone1-0000000100"), "mysqld": mysqld},
                                 database="sbtest", user="root")}
            if "one" in args.paths.split(","):
                combo = combo_process(cluster, folder)
                if combo:
                    paths["one"] = Path("one", combo[1], {"one": lambda: combo[0].pid, "mysqld": mysqld}, database="sbtest", user="root")
                else:
                    print("SKIPPED path one: vtcombo does not start")
            wanted = [paths[name] for name in args.paths.split(",") if name in paths]
            for repeat in range(args.repeats):
                for workload in args.workloads.split(","):
                    for threads in thread_counts:
                        for path in wanted:
                            results.setdefault((workload, threads, path.name), []).append(measure(path, workload, threads, args))
                print(f"repeat {repeat + 1} of {args.repeats} done", flush=True)
    finally:
        if proxies:
            proxies.close()
        if combo:
            combo[0].terminate()
            combo[0].wait()
        shutil.rmtree(folder, ignore_errors=True)
    report(results, args.repeats)
    if args.json:
        with open(args.json, "w") as file:
            json.dump([{"workload": w, "threads": t, "path": p, "runs": runs} for (w, t, p), runs in results.items()], file, indent=1)
    broken, compared = hold_budgets(results, thread_counts)
    verdict = f"all {compared} ratios within their budgets" if not broken else "broken: " + ", ".join(broken)
    print(f"{time.strftime('%Y-%m-%d')}: " + (verdict if compared else "no ratio of a budget was measured"))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
