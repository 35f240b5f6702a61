#!/usr/bin/env python3
"""Builds and runs the libFuzzer targets (every src/*/*_fuzz.cc), one after the other.

Each starts from the texts that stand in its folder's tests and test data, and goes on from what earlier runs found.
"""
import argparse
import ast
import glob
import hashlib
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "fuzz")
LITERAL = re.compile(r'R"(\w*)\((.*?)\)\1"|("(?:[^"\\\n]|\\.)*")', re.S)
# What these targets read before the text itself.
PREFIXES = {"types_decimal_fuzz": b"\2", "types_temporal_fuzz": b"\1" + b"\0" * 7 + b"\7"}


def fuzz_targets():
    """Pairs of target and its source."""
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "**", "*_fuzz.cc"), recursive=True)):
        folder = os.path.relpath(path, os.path.join(ROOT, "src")).split(os.sep)[0]
        yield f"{folder}_{os.path.splitext(os.path.basename(path))[0]}", path


def test_texts(folder):
    """The string literals of the tests in `folder`, and the expressions of its test data, as bytes."""
    for path in glob.glob(os.path.join(folder, "testdata", "*.jsonl")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if text := json.loads(line).get("expr"):
                    yield text.encode()
    for path in glob.glob(os.path.join(folder, "*_test.cc")):
        with open(path, encoding="utf-8") as file:
            for match in LITERAL.finditer(file.read()):
                text = match.group(2)
                if text is None:
                    try:
                        text = ast.literal_eval(match.group(3))
                    except (SyntaxError, ValueError):
                        continue
                if len(text) > 1:
                    yield text.encode("utf-8", errors="replace")


def write_seeds(target, source, corpus):
    for text in set(test_texts(os.path.dirname(source))):
        seed = PREFIXES.get(target, b"") + text
        with open(os.path.join(corpus, "test-" + hashlib.sha1(seed).hexdigest()[:16]), "wb") as file:
            file.write(seed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    targets = {target: source for target, source in fuzz_targets()
               if not args.names or any(name in target for name in args.names)}
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, *targets], check=True)
    failed = []
    for target, source in targets.items():
        corpus = os.path.join(BUILD, "corpus", target)
        os.makedirs(corpus, exist_ok=True)
        write_seeds(target, source, corpus)
        print("== fuzz", target, flush=True)
        done = subprocess.run([os.path.join(BUILD, target), corpus, f"-max_total_time={args.seconds}",
                               "-rss_limit_mb=4096", "-timeout=10", "-print_final_stats=1"], cwd=BUILD)
        if done.returncode != 0:
            failed.append(target)
    print(f"{len(targets) - len(failed)} passed, {len(failed)} failed" + "".join(" " + f for f in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
