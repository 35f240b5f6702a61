"""Compares `vif eval` with a MySQL server on Vitess's generated expressions.

    python3 src/eval/oracle.py VIF SOCKET [MYSQL_CLIENT] [MOST]

Reads open/evalengine_exprs.jsonl of VIF_CORPORA, evaluates those that need no row in both, and prints for each group
how many agree, are refused here (VT12001) and differ. Values compare by their text, doubles within 1e-14.
"""
import collections
import json
import os
import random
import subprocess
import sys

vif, socket = sys.argv[1:3]
client = sys.argv[3] if len(sys.argv) > 3 else "mysql"
most = int(sys.argv[4]) if len(sys.argv) > 4 else 50000
corpora = os.environ.get("VIF_CORPORA", "../shared/corpora")
cases = [json.loads(line) for line in open(f"{corpora}/open/evalengine_exprs.jsonl")]
# One statement a line: what has a line's end or a quote left open cannot be fed to the client.
cases = [c for c in cases if not c.get("row") and not c.get("nondeterministic") and c["expr"].isprintable()]
random.seed(1)
cases = random.sample(cases, min(most, len(cases)))

requests = "".join(json.dumps({"expr": c["expr"]}) + "\n" for c in cases)
now = "2023-10-24 10:00:00.123456"
ours = subprocess.run([vif, "eval", "--now", now], input=requests, capture_output=True, text=True).stdout.splitlines()

script = "set names utf8mb4, time_zone = '+00:00', timestamp = 1698141600.123456;\n"
for i, c in enumerate(cases):
    script += f"select 'case {i}';\nselect hex(cast(({c['expr']}) as binary));\n"
server = subprocess.run(
    [client, "--no-defaults", "-uroot", "-S", socket, "-NB", "--force", "--default-character-set=utf8mb4"],
    input=script.encode(), capture_output=True).stdout.decode().splitlines()
theirs, current = {}, None
for line in server:
    if line.startswith("case "):
        current = int(line[5:])
    else:
        theirs[current] = line


def agree(mine, server_hex):
    if server_hex is None:
        return not mine["ok"]
    if not mine["ok"]:
        return False
    value = mine["value"]
    if value is None or server_hex == "NULL":
        return value is None and server_hex == "NULL"
    expected = bytes.fromhex(server_hex)
    actual = bytes.fromhex(value["$hex"]) if isinstance(value, dict) else value.encode()
    if actual == expected or mine["type"] != "FLOAT64":
        return actual == expected
    return abs(float(actual) - float(expected)) <= 1e-14 * abs(float(expected))


counts = collections.defaultdict(collections.Counter)
for i, (c, answer) in enumerate(zip(cases, ours)):
    mine = json.loads(answer)
    if not mine["ok"] and mine["error"].startswith("VT12001"):
        outcome = "refused"
    else:
        outcome = "agree" if agree(mine, theirs.get(i)) else "differ"
    counts[c["fn"]][outcome] += 1
    if outcome == "differ":
        print(c["fn"], c["expr"], "| here:", mine.get("typed", mine.get("error")), "| server:", theirs.get(i, "an error"))
total = collections.Counter()
for group, outcomes in sorted(counts.items()):
    print(group, dict(outcomes))
    total.update(outcomes)
print("in all", dict(total))
