#!/usr/bin/env python3
"""The rules of the house as checks. Each message says what to write instead.

Exceptions stand in tools/tidy_allow.txt, one "rule path" a line; the list may only shrink.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMNS_MAX = 100
FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
README_LINES_MAX = 40

# Folders whose code is trees: there a fault that ends the statement is thrown.
TREES = ("src/sql/", "src/eval/", "src/semantics/", "src/schema/", "src/sharding/", "src/vtgate/plan/")
# The doors: where a tree's SqlError becomes a Result. The one other place for `catch` is the edge to a library that throws.
DOORS = re.compile(r"src/(sql|eval|semantics|schema|sharding|vtgate/plan|local|types|vtgate/engine)/")
# Program folders: none includes another.
BANNED = [
    # (rule, pattern, where it is allowed, what to write instead)
    ("thread", re.compile(r"\bstd::(thread|jthread|mutex|shared_mutex|condition_variable)\b"),
     ("src/rt/", "src/base/metrics", "src/base/log"), "use the fibers and locks of rt/"),
    ("sleep", re.compile(r"\b(sleep_for|usleep|nanosleep|std::this_thread)\b"), ("src/rt/",), "use rt::sleep_for, or wait on a condition"),
    ("clock", re.compile(r"(steady_clock|system_clock|high_resolution_clock)::now|\bclock_gettime\b|\bgettimeofday\("),
     ("src/rt/", "src/base/log"), "use rt::now() or rt::wall_now_us()"),
    ("random", re.compile(r"\bstd::(random_device|mt19937)\b|\brand\(\)"), ("src/rt/",), "use rt::random_u64()"),
    ("coroutine", re.compile(r"\bco_(await|yield|return)\b"), (), "write it straight down on a fiber"),
    ("todo", re.compile(r"\b(TODO|FIXME|XXX)\b"), (), "do it, or say in docs/decisions/ why not"),
    ("using", re.compile(r"^\s*using namespace\b"), (), "name what you use"),
]
# Tests may start threads against what they test, and draw from a seeded generator of their own.
IN_TESTS = ("thread", "random")
HEADER_BANNED = re.compile(r"#include <(iostream|regex)>|\.pb\.h\"")


def git_files(root):
    text = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [line for line in text.splitlines() if os.path.exists(os.path.join(root, line))]


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def strip_comments_and_strings(text):
    text = re.sub(r'R"(\w*)\((.*?)\)\1"', lambda m: '""' + "\n" * m.group(0).count("\n"), text, flags=re.S)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def layers(root):
    table = {}
    for line in read(root, "src/LAYERS").splitlines():
        match = re.match(r"^([a-z_0-9]+):(.*)$", line)
        if match:
            table[match.group(1)] = set(match.group(2).split()) | {match.group(1)}
    return table


def is_table(path):
    return bool(re.search(r"(_gen|_table)\.(cc|h)$", path))


def is_test(path):
    return (path.endswith(("_test.cc", "_fuzz.cc", "_bench.cc")) or path.startswith("src/testing/")
            or path.rpartition("/")[2].startswith("test_"))


def check_includes(path, text, table):
    folder = path.split("/")[1]
    if folder not in table:
        yield "layer", f"folder {folder} is not in src/LAYERS"
        return
    allowed = table[folder] | ({"testing"} | table["testing"] if is_test(path) else set())
    for include in re.findall(r'^#include "([^"]+)"', text, re.M):
        target = include.split("/")[0]
        if "/" not in include:
            yield "include", f'#include "{include}": write the full path from src/'
        elif target in table and target not in allowed:
            yield "layer", f'#include "{include}": {folder} may not include {target} (src/LAYERS)'


def check_functions(path, code):
    """Length of brace blocks that start at column 0 and end with a brace at column 0, namespaces and types aside."""
    start = None
    for number, line in enumerate(code.splitlines(), 1):
        if start is None and re.match(r"^[A-Za-z_].*\)\s*(const)?\s*(noexcept)?\s*(->.*)?\s*(:.*)?\{\s*$", line):
            start = number
        elif start is None and re.match(r"^ {4,}.*\)\s*(const)?\s*\{\s*$", line):
            start = number if re.match(r"^ {4}", line) and number > 1 else None
            if start and not re.match(r"^[A-Za-z_].*[(,]\s*$", code.splitlines()[number - 2]):
                start = None
        elif line.startswith("}"):
            if start is not None and number - start > FUNCTION_LINES_MAX:
                yield "function", f"the function at line {start} has {number - start} lines; at most {FUNCTION_LINES_MAX}: split it by what it does"
            start = None


def check_source(root, path, table):
    text = read(root, path)
    code = strip_comments_and_strings(text)
    lines = text.count("\n")
    if lines > FILE_LINES_MAX and not is_table(path):
        yield "size", f"{lines} lines; at most {FILE_LINES_MAX}: split it by noun"
    yield from check_includes(path, text, table)
    for number, line in enumerate(text.splitlines(), 1):
        # clang-format leaves comments as they are; examples, which are indented, may be wider.
        if len(line) > COLUMNS_MAX and re.match(r"\s*// \S", line):
            yield "columns", f"line {number}: a comment of {len(line)} columns; at most {COLUMNS_MAX}"
    for number, line in enumerate(code.splitlines(), 1):
        for rule, pattern, allowed, instead in BANNED:
            if rule == "sleep" and "rt::sleep_for" in line:
                continue
            if pattern.search(line) and not path.startswith(tuple(allowed)) and not (rule in IN_TESTS and is_test(path)):
                yield rule, f"line {number}: {instead}"
    if re.search(r"\bTODO\b|\bFIXME\b", text):
        yield "todo", "a comment defers work: do it, or say in docs/decisions/ why not"
    if not path.startswith(TREES) and re.search(r"\bthrow\b", code) and not is_test(path) and not DOORS.match(path):
        yield "throw", "services return Result; only trees throw"
    if re.search(r"\bcatch\s*\(", code) and not DOORS.match(path) and not is_test(path) and not path.startswith(("src/rt/", "src/base/")):
        yield "catch", "only the doors of trees catch"
    if path.endswith(".h"):
        if "#pragma once" not in text:
            yield "header", "needs #pragma once"
        if not text.startswith("//"):
            yield "header", "open with a comment that says what it is for"
        if HEADER_BANNED.search(text) and not is_test(path):
            yield "header", "keep <iostream>, <regex> and generated messages out of headers: forward-declare"
    if not is_table(path):
        yield from check_functions(path, code)


def check_docs(root, path, files):
    """Paths in backticks in READMEs and docs exist."""
    known = set(files)
    folders = {os.path.dirname(f) for f in files}
    folders |= {os.path.dirname(f) for f in folders}
    here = os.path.dirname(path)
    for name in re.findall(r"`([A-Za-z0-9_./-]+\.(?:h|cc|py|md|proto|txt|test))`", read(root, path)):
        if re.match(r"x[._]", os.path.basename(name)):
            continue  # stands for any file
        places = [name, os.path.normpath(os.path.join(here, name)), "src/" + name]
        if not any(p in known for p in places) and not any(f.endswith("/" + name) for f in known):
            yield "docs", f"`{name}` does not exist"


def check(root=ROOT):
    files = git_files(root)
    table = layers(root)
    findings = []
    for path in files:
        if path.startswith("src/") and path.endswith((".cc", ".h")):
            findings += [(rule, path, what) for rule, what in check_source(root, path, table)]
        if path.endswith(".md"):
            findings += [(rule, path, what) for rule, what in check_docs(root, path, files)]
        if re.match(r"src/[^/]+/README\.md$", path) and read(root, path).count("\n") > README_LINES_MAX:
            findings.append(("readme", path, f"over {README_LINES_MAX} lines: a folder's README is a map"))
    for folder in table:
        has_code = any(f.startswith(f"src/{folder}/") for f in files)
        if has_code and f"src/{folder}/README.md" not in files:
            findings.append(("readme", f"src/{folder}", "needs a README.md"))
    return findings


def main():
    allow_path = os.path.join(ROOT, "tools", "tidy_allow.txt")
    allowed = set()
    if os.path.exists(allow_path):
        with open(allow_path) as file:
            allowed = {tuple(line.split()[:2]) for line in file if line.strip() and not line.startswith("#")}
    findings = check()
    shown = [f for f in findings if (f[0], f[1]) not in allowed]
    for rule, path, what in shown:
        print(f"{path}: [{rule}] {what}")
    stale = allowed - {(f[0], f[1]) for f in findings}
    for rule, path in sorted(stale):
        print(f"tools/tidy_allow.txt: '{rule} {path}' is no longer needed; remove the line")
    return 1 if shown or stale else 0


if __name__ == "__main__":
    sys.exit(main())
