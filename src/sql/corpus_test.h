// What the tests over the interface corpora share: finding the files, and running one check over a
// file's cases.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace vif::sql::corpus {

using nlohmann::json;

// The folder of the cases: in the one that the environment's VIF_CORPORA names.
std::filesystem::path corpora();

// "" when the case holds, else what differs.
using Check = std::function<std::string(const json&)>;

struct Score {
  int passed = 0;
  int failed = 0;
};

// Checks each record of `file`, and prints the score and the first `shown_max` that do not hold.
Score run(const std::string& file, const Check& check, int shown_max = 5);

// The string that the record has under the key, or "".
std::string text_of(const json& record, const char* key);

// "" when `want` is `got`, else a text of all three.
std::string compare(const std::string& input, const std::string& want, const std::string& got);

}  // namespace vif::sql::corpus

#define SKIP_WITHOUT_CORPORA()                     \
  if (!std::filesystem::exists(corpus::corpora())) \
  GTEST_SKIP() << "no corpora at " << corpus::corpora()
