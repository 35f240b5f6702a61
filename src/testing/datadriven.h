// Tests as data: files of cases, each a command line, an input, `----` and the expected output.
//
//   # What a reader should know about the next case.
//   plan keyspace=user
//   select 1 from user
//   ----
//   Route Scatter keyspace=user
//
// A case ends at an empty line after its output. An output with empty lines stands between two
// lines of `----` (opened by a second `----` right after the first). REWRITE=1 in the environment
// rewrites the outputs.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace vif::testing {

struct DataCase {
  std::string file;  // without folder and ".test"
  int line = 0;      // of the command
  std::string command;
  std::map<std::string, std::string> arguments;  // key=value after the command
  std::string input;
  std::string expected;

  // The argument, or `otherwise`.
  std::string argument(const std::string& name, std::string otherwise = "") const;
};

// Registers each case of each *.test file in `folder` (relative to the checkout) as a test of
// `suite`, named by file and line; `run` gives the actual output. Call it from a static initializer
// of a test, or from main. Returns how many there are.
int register_data_tests(const char* suite, const std::string& folder,
                        std::function<std::string(const DataCase&)> run);

}  // namespace vif::testing
