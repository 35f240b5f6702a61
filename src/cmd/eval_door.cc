#include "cmd/eval_door.h"

#include <iostream>
#include <string>

#include "eval/requests.h"
#include "eval/strictness.h"
#include "types/temporal.h"

namespace vif::cmd {
namespace {

constexpr std::string_view kUsage =
    "usage: vif eval [--flavor mysql|mariadb] [--now TIME] [--time-zone ZONE] [--sql-mode MODE] "
    "[--collation NAME]\n";

// As the server keeps it: words that stand for several are those too.
std::string whole_sql_mode(std::string_view value) {
  std::string out(value);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (eval::names_mode(out, "ANSI"))
    out += ",REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY";
  if (eval::names_mode(out, "TRADITIONAL")) {
    out +=
        ",STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";
  }
  return out;
}

// Returns false for a value that it does not know.
bool set_option(eval::RequestOptions& options, std::string_view name, std::string_view value) {
  if (name == "time-zone") {
    options.time_zone = value;
  } else if (name == "sql-mode") {
    options.sql_mode = whole_sql_mode(value);
  } else if (name == "collation") {
    options.collation = value;
  } else if (name == "now") {
    const auto parsed = types::parse_datetime(value);
    if (!parsed) return false;
    options.now_us = types::unix_microseconds(parsed->value);
  } else {
    return name == "flavor" && (value == "mysql" || value == "mariadb");
  }
  return true;
}

// What the flavor's server starts with.
void set_defaults(eval::RequestOptions& options, std::span<const std::string_view> args) {
  for (size_t i = 0; i < args.size(); ++i) {
    const bool maria = args[i] == "--flavor=mariadb" ||
                       (args[i] == "--flavor" && i + 1 < args.size() && args[i + 1] == "mariadb");
    if (!maria) continue;
    options.mariadb = true;
    options.collation = "utf8mb4_general_ci";
    options.sql_mode =
        "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";
  }
}

}  // namespace

int eval_main(std::span<const std::string_view> args) {
  eval::RequestOptions options;
  set_defaults(options, args);
  for (size_t i = 0; i < args.size(); ++i) {
    std::string_view name = args[i];
    if (name == "--help" || name == "-h") {
      std::cout << kUsage;
      return 0;
    }
    name.remove_prefix(name.starts_with("--") ? 2 : 0);
    std::string_view value;
    if (const size_t equals = name.find('='); equals != std::string_view::npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (i + 1 < args.size()) {
      value = args[++i];
    }
    if (!set_option(options, name, value)) {
      std::cerr << "vif eval does not know --" << name << " " << value << "\n" << kUsage;
      return 2;
    }
  }
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    std::cout << eval::answer_eval_request(line, options) << '\n';
    if (std::cin.rdbuf()->in_avail() <= 0) std::cout.flush();
  }
  return 0;
}

}  // namespace vif::cmd
