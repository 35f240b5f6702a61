#!/usr/bin/env python3
"""Runs the benches of single functions, and holds those that have one to their limit: what a comparison, a condition and a
merged row may cost. Prints the machine's name, because the limits are about one of a common kind. The best of several
repetitions counts: what else runs on a machine makes things slower, never faster.
"""
import argparse
import json
import os
import platform
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# program: {bench: the most nanoseconds an operation}
LIMITS = {
    "eval_eval_bench": {
        "BM_IntegerComparison": 10,
        "BM_PredicateOfFiveNodes": 60,
        "matches/date_beside_text": 60,
        "matches/datetime_between": 100,
        "matches/decimal_beside_integer": 60,
        "matches/integer_beside_text": 60,
        # 5 million rows a second
        "BM_MergeFourStreamsByInteger": 200,
        "BM_MergeFourStreamsByBytes": 200,
    },
    "types_collation_bench": {
        "compare/utf8mb4_0900_ai_ci_ascii": 40,
    },
}
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}"


def run(program, repetitions, seconds):
    """Name of each bench to the nanoseconds of its best repetition; of a row where rows are counted."""
    path = os.path.join(ROOT, "build", "release", program)
    done = subprocess.run([path, "--benchmark_format=json", f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    best = {}
    for one in json.loads(done.stdout)["benchmarks"]:
        if one["run_type"] != "iteration":
            continue
        rate = one.get("items_per_second")
        ns = 1e9 / rate if rate else one["cpu_time"] * NANOSECONDS[one["time_unit"]]
        best[one["run_name"]] = min(ns, best.get(one["run_name"], ns))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each repetition, at least")
    args = parser.parse_args()
    print("machine:", machine())
    broken = 0
    for program, limits in LIMITS.items():
        best = run(program, args.repetitions, args.seconds)
        missing = set(limits) - set(best)
        if missing:
            raise SystemExit(f"{program} has no bench {', '.join(sorted(missing))}")
        for name, ns in best.items():
            limit = limits.get(name)
            verdict = "" if limit is None else f"  limit {limit} ns: {'kept' if ns <= limit else 'BROKEN'}"
            broken += limit is not None and ns > limit
            print(f"{program:24} {name:40} {ns:9.1f} ns{verdict}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
