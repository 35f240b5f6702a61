#!/usr/bin/env python3
"""Builds and runs the libFuzzer targets (every src/*/*_fuzz.cc), one after the other."""
import argparse
import glob
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    targets = []
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "**", "*_fuzz.cc"), recursive=True)):
        folder = os.path.relpath(path, os.path.join(ROOT, "src")).split(os.sep)[0]
        target = f"{folder}_{os.path.splitext(os.path.basename(path))[0]}"
        if not args.names or any(name in target for name in args.names):
            targets.append(target)
    build = os.path.join(ROOT, "build", "fuzz")
    if not os.path.exists(os.path.join(build, "build.ninja")):
        subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", build, *targets], check=True)
    failed = []
    for target in targets:
        corpus = os.path.join(build, "corpus", target)
        os.makedirs(corpus, exist_ok=True)
        print("== fuzz", target, flush=True)
        done = subprocess.run([os.path.join(build, target), corpus, f"-max_total_time={args.seconds}",
                               "-rss_limit_mb=4096", "-timeout=10", "-print_final_stats=1"], cwd=build)
        if done.returncode != 0:
            failed.append(target)
    print(f"{len(targets) - len(failed)} passed, {len(failed)} failed" + "".join(" " + f for f in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
