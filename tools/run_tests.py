#!/usr/bin/env python3
"""Runs every test of the tree and counts them: tidy, the GoogleTest programs, the Python tests of tools/ and test/.

The last line is "N passed, N failed, N skipped". What was skipped is named with its reason, aloud.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Count:
    """What one program or file, or all of them, came to, and what it had to say."""

    def __init__(self):
        self.passed, self.failures, self.skips, self.text = 0, [], [], []

    def say(self, text):
        self.text.append(text)

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips


class Findings:
    """What a sanitizer finds in any process under a test fails that test, also where a supervisor starts the process anew."""

    def __init__(self, env):
        self.folder = tempfile.TemporaryDirectory(prefix="vif-findings-")
        os.chmod(self.folder.name, 0o777)
        log = "log_path=" + os.path.join(self.folder.name, "finding")
        # A detected use of a returned frame costs every call a look at a heap of frames, which fibers would each have.
        defaults = {"ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=0",
                    "UBSAN_OPTIONS": "print_stacktrace=1",
                    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"}
        for name, options in defaults.items():
            env[name] = ":".join(filter(None, [options, env.get(name), log]))

    def collect(self, test, count):
        for path in sorted(glob.glob(os.path.join(self.folder.name, "*"))):
            with open(path, errors="replace") as file:
                count.say(file.read()[:12000])
            os.remove(path)
            count.failures.append(f"{test}: a sanitizer's finding, above")


def run_gtest(program, count, env):
    """One GoogleTest executable; its cases are counted by its own JSON report."""
    name = os.path.basename(program)
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        done = subprocess.run([program, "--gtest_output=json:" + report, "--gtest_brief=1"], cwd=ROOT, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1200)
        text = done.stdout.decode(errors="replace")
        if not os.path.exists(report):
            count.failures.append(f"{name}: died with status {done.returncode}")
            count.say(text[-4000:])
            return
        with open(report) as file:
            suites = json.load(file)["testsuites"]
    for suite in suites:
        for case in suite["testsuite"]:
            full = f"{name} {suite['name']}.{case['name']}"
            if case.get("failures"):
                count.failures.append(full)
            elif case.get("result") == "SKIPPED":
                count.skips.append(full)
            elif case.get("status") == "RUN":
                count.passed += 1
    if done.returncode != 0 and not count.failures:
        count.failures.append(f"{name}: exit status {done.returncode}")
    if count.failures:
        count.say(text[-8000:])
    else:
        # Corpus tests print how many of their cases hold; that is worth seeing in every run.
        for line in text.splitlines():
            if line.startswith(("corpus ", "SKIPPED", "oracle ")):
                count.say("    " + line)


def run_python(path, count, env):
    """One unittest file, which prints a JSON line per case when VIF_TEST_REPORT is set."""
    name = os.path.relpath(path, ROOT)
    with tempfile.NamedTemporaryFile(mode="r", suffix=".json") as report:
        env = dict(env, VIF_TEST_REPORT=report.name, PYTHONPATH=os.path.join(ROOT, "test"))
        runner = os.path.join(ROOT, "tools", "unittest_report.py")
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run([sys.executable, runner, path], cwd=ROOT, env=env, timeout=2400,
                                      stdout=output, stderr=subprocess.STDOUT)
            finally:
                output.seek(0)
                count.say(output.read().decode(errors="replace").rstrip("\n"))
        lines = report.read().splitlines()
    for line in lines:
        case = json.loads(line)
        full = f"{name} {case['name']}"
        if case["result"] == "passed":
            count.passed += 1
        elif case["result"] == "skipped":
            count.skips.append(f"{full}: {case['reason']}")
        else:
            count.failures.append(full)
    if done.returncode != 0 and not count.failures:
        count.failures.append(f"{name}: exit status {done.returncode}")


def run(path, env, sanitized):
    """One program or file, to its end; its Count."""
    count, env, name, begun = Count(), dict(env), os.path.relpath(path, ROOT), time.monotonic()
    findings = Findings(env) if sanitized else None
    try:
        (run_python if path.endswith(".py") else run_gtest)(path, count, env)
    except subprocess.TimeoutExpired:
        count.failures.append(f"{name}: timed out")
    if findings:
        findings.collect(name, count)
    count.say(f"   {time.monotonic() - begun:.1f} s")
    return count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="release")
    parser.add_argument("--jobs", type=int, default=2,
                        help="so many at a time: most of them wait for servers most of the time")
    parser.add_argument("names", nargs="*", help="run only the programs and files whose name holds one of these")
    args = parser.parse_args()
    build = os.path.join(ROOT, "build", args.preset)
    env = dict(os.environ)
    env.setdefault("VIF_CORPORA", os.path.join(ROOT, "..", "shared", "corpora"))
    env["VIF_BIN"] = os.path.join(build, "bin")
    env["VIF_PRESET"] = args.preset
    mysqld = os.path.join(ROOT, "build", "mysql", "bin", "mysqld")
    if os.path.exists(mysqld):
        env.setdefault("VIF_MYSQLD", mysqld)

    def wanted(path):
        return not args.names or any(name in os.path.relpath(path, ROOT) for name in args.names)

    # Whole clusters first: the longest of them is then not what the end waits for.
    paths = sorted(glob.glob(os.path.join(ROOT, "test", "*", "*_test.py")))
    paths += sorted(p for p in glob.glob(os.path.join(build, "*_test")) if os.access(p, os.X_OK))
    paths += sorted(glob.glob(os.path.join(ROOT, "tools", "*_test.py")))
    count = Count()
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, args.jobs)) as pool:
        running = {pool.submit(run, path, env, args.preset in ("asan", "tsan")): path for path in paths if wanted(path)}
        for done in concurrent.futures.as_completed(running):
            one = done.result()
            print("\n".join(["== " + os.path.relpath(running[done], ROOT), *one.text]), flush=True)
            count.add(one)
    for skip in count.skips:
        print("SKIPPED", skip)
    for failure in count.failures:
        print("FAILED", failure)
    print(f"{count.passed} passed, {len(count.failures)} failed, {len(count.skips)} skipped")
    return 1 if count.failures or count.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
