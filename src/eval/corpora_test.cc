// Vitess's evaluation cases as data (VIF_CORPORA, default ../shared/corpora): each file's number of passes may only
// rise. What does not pass must be refused, not answered wrongly: the wrong ones are bounded too.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "eval/requests.h"

namespace vif::eval {
namespace {

using Json = nlohmann::ordered_json;

enum class Outcome : uint8_t { kPass, kRefused, kWrong };

std::filesystem::path corpora() {
  const char* set = std::getenv("VIF_CORPORA");
  return set ? set : "../shared/corpora";
}

template <typename Check>
void run_corpus(const std::string& file, int floor, int wrong_most, Check check) {
  const std::filesystem::path path = corpora() / "open" / (file + ".jsonl");
  std::ifstream in(path);
  if (!in) GTEST_SKIP() << path << " is not here";
  int count[3] = {};
  for (std::string line; std::getline(in, line);) {
    std::string got;
    const Outcome outcome = check(Json::parse(line), got);
    ++count[static_cast<int>(outcome)];
    if (outcome == Outcome::kWrong) std::cout << file << ": " << line.substr(0, 400) << "\n    " << got << "\n";
  }
  std::cout << file << ": " << count[0] << " of " << count[0] + count[1] + count[2] << " pass, " << count[1]
            << " refused, " << count[2] << " wrong\n";
  EXPECT_GE(count[0], floor);
  EXPECT_LE(count[2], wrong_most);
}

bool is_refusal(const std::string& error) { return error.starts_with("VT12001"); }

Json asked(const Json& request, const RequestOptions& options, std::string& got) {
  const Json answer = Json::parse(answer_eval_request(request.dump(-1, ' ', false, Json::error_handler_t::replace), options));
  got = answer.dump();
  return answer;
}

Outcome check_golden(const Json& test, std::string& got) {
  const auto query = test["query"].get<std::string>();
  const Json answer = asked({{"expr", query.substr(7)}}, {}, got);
  const bool wants_error = test.contains("error") && !test["error"].is_null() && test["error"] != "";
  if (answer["ok"] == true) {
    return !wants_error && answer["typed"] == test["value"] ? Outcome::kPass : Outcome::kWrong;
  }
  const auto error = answer["error"].get<std::string>();
  if (is_refusal(error)) return Outcome::kRefused;
  return wants_error && test["error"].get<std::string>().starts_with(error) ? Outcome::kPass : Outcome::kWrong;
}

Outcome check_single(const Json& test, std::string& got) {
  if (test["test"] != "TestCompilerSingle") return Outcome::kRefused;  // shapes of plans, not values
  RequestOptions options;
  options.now_us = 1698141600123456;  // 2023-10-24 12:00:00.123456 in Madrid
  options.time_zone = "Europe/Madrid";
  Json request = {{"expr", test["expr"]}};
  if (test.contains("values") && test["values"].is_array()) request["row"] = test["values"];
  const Json answer = asked(request, options, got);
  if (answer["ok"] == true) return answer["typed"] == test["result"] ? Outcome::kPass : Outcome::kWrong;
  return is_refusal(answer["error"].get<std::string>()) ? Outcome::kRefused : Outcome::kWrong;
}

TEST(Corpora, EvalengineGolden) { run_corpus("evalengine_golden", 5629, 1, check_golden); }
TEST(Corpora, EvalengineSingle) { run_corpus("evalengine_single", 71, 1, check_single); }

}  // namespace
}  // namespace vif::eval
