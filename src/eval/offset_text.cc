#include "eval/offset_text.h"

#include "eval/time_zone.h"
#include "types/any_datetime.h"

namespace vif::eval {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Year, month, day, hour, minute, second, perhaps a fraction.
bool has_all_numbers(std::string_view text) {
  constexpr size_t kNumbers = 6;
  size_t numbers = 0;
  for (size_t i = 0; i < text.size(); ++i)
    numbers += is_digit(text[i]) && (i == 0 || !is_digit(text[i - 1])) ? 1 : 0;
  return numbers == kNumbers || (numbers == kNumbers + 1 && text.find('.') < text.size());
}

}  // namespace

std::optional<OffsetText> offset_text(std::string_view text) {
  while (!text.empty() && text.find_last_of(" \t\n\v\f\r") == text.size() - 1)
    text.remove_suffix(1);
  const size_t at = text.find_last_of("+-");
  if (at == std::string_view::npos || at == 0 || !is_digit(text[at - 1])) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  if (!has_all_numbers(local)) return std::nullopt;
  const std::optional<types::ParsedTemporal> parsed = types::parse_any_datetime(local);
  if (!parsed || !parsed->has_time || !parsed->complete) return std::nullopt;
  constexpr size_t kOffsetSize = 6;
  const std::string_view end = text.substr(at);
  const bool whole = end.size() == kOffsetSize && end != "-00:00";
  return OffsetText{local, whole ? offset_seconds(end) : std::nullopt};
}

}  // namespace vif::eval
