"""The tree keeps the rules, and each rule can be broken."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy


class TheTree(unittest.TestCase):
    def test_keeps_the_rules(self):
        done = subprocess.run([sys.executable, os.path.join(tidy.ROOT, "tools", "tidy.py")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


class EachRule(unittest.TestCase):
    def findings(self, path, text):
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["git", "init", "-q", root], check=True)
            files = {"src/LAYERS": "base:\nrt: base\nsql: base\n", "src/base/README.md": "x\n", "src/rt/README.md": "x\n",
                     "src/sql/README.md": "x\n", path: text}
            for name, content in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w") as file:
                    file.write(content)
            return {rule for rule, _, _ in tidy.check(root)}

    def setUp(self):
        self.layers = tidy.layers
        tidy.layers = lambda root: dict(self.layers(root), testing=set())

    def tearDown(self):
        tidy.layers = self.layers

    def test_rules(self):
        head = "// Purpose.\n#pragma once\n"
        cases = [
            ("src/base/a.h", head, set()),
            ("src/base/a.h", head + '#include "rt/fiber.h"\n', {"layer"}),
            ("src/sql/a.h", head + '#include "base/error.h"\n', set()),
            ("src/base/a.h", head + '#include "error.h"\n', {"include"}),
            ("src/base/a.h", "#pragma once\n", {"header"}),
            ("src/base/a.h", head + "#include <iostream>\n", {"header"}),
            ("src/base/a.cc", "std::mutex m;\n", {"thread"}),
            ("src/rt/a.cc", "std::mutex m;\n", set()),
            ("src/base/a.cc", "void f() { usleep(3); }\n", {"sleep"}),
            ("src/base/a.cc", "// a usleep in a comment\n", set()),
            ("src/base/a.cc", "auto t = std::chrono::steady_clock::now();\n", {"clock"}),
            ("src/base/a.cc", "int f() { throw 1; }\n", {"throw"}),
            ("src/sql/a.cc", "int f() { throw 1; }\n", set()),
            ("src/base/a.cc", "// TODO: later\n", {"todo"}),
            ("src/base/a.cc", "int x;\n" * 801, {"size"}),
            ("src/base/a.cc", "// " + "long " * 20 + "\n", {"columns"}),
            ("src/base/a.cc", "//   " + "long " * 20 + "\n", set()),
            ("src/base/a_table.cc", "int x;\n" * 801, set()),
            ("src/base/a.cc", "int f() {\n" + "  g();\n" * 75 + "}\n", {"function"}),
            ("docs/a.md", "see `src/base/none.h`\n", {"docs"}),
            ("docs/a.md", "see `src/base/README.md`\n", set()),
        ]
        for path, text, expected in cases:
            with self.subTest(path=path, text=text[:60]):
                self.assertEqual(self.findings(path, text), expected)


if __name__ == "__main__":
    unittest.main()
