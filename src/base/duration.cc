#include "base/duration.h"

#include <cmath>

namespace vif {
namespace {

struct Unit {
  std::string_view name;
  int64_t ns;
};
// Longer names first: "ms" must be tried before "m".
constexpr Unit kUnits[] = {{"ns", 1},           {"us", 1000},      {"\xc2\xb5s", 1000},
                           {"ms", 1000000},     {"s", 1000000000}, {"m", 60000000000},
                           {"h", 3600000000000}};

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const auto invalid = [&] {
    return Error(Code::kInvalidArgument, fmt::format("time: invalid duration \"{}\"", text));
  };
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  if (rest == "0") return std::chrono::nanoseconds(0);
  if (rest.empty()) return invalid();
  double total = 0;
  while (!rest.empty()) {
    size_t digits = 0;
    while (digits < rest.size() &&
           (std::isdigit(static_cast<unsigned char>(rest[digits])) || rest[digits] == '.')) {
      ++digits;
    }
    if (digits == 0) return invalid();
    char* end = nullptr;
    const std::string number(rest.substr(0, digits));
    const double value = std::strtod(number.c_str(), &end);
    if (*end != '\0') return invalid();
    rest.remove_prefix(digits);
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (rest.starts_with(unit.name)) {
        found = &unit;
        break;
      }
    }
    if (!found) return invalid();
    rest.remove_prefix(found->name.size());
    total += value * static_cast<double>(found->ns);
  }
  if (total > 9.2e18) return invalid();
  return std::chrono::nanoseconds(static_cast<int64_t>(std::llround(negative ? -total : total)));
}

std::string format_duration(std::chrono::nanoseconds duration) {
  int64_t ns = duration.count();
  if (ns == 0) return "0s";
  const std::string sign = ns < 0 ? "-" : "";
  if (ns < 0) ns = -ns;
  if (ns < 1000) return fmt::format("{}{}ns", sign, ns);
  if (ns < 1000000) return fmt::format("{}{}µs", sign, static_cast<double>(ns) / 1e3);
  if (ns < 1000000000) return fmt::format("{}{}ms", sign, static_cast<double>(ns) / 1e6);
  const int64_t hours = ns / 3600000000000;
  const int64_t minutes = ns / 60000000000 % 60;
  const double seconds = static_cast<double>(ns % 60000000000) / 1e9;
  if (hours > 0) return fmt::format("{}{}h{}m{}s", sign, hours, minutes, seconds);
  if (minutes > 0) return fmt::format("{}{}m{}s", sign, minutes, seconds);
  return fmt::format("{}{}s", sign, seconds);
}

}  // namespace vif
