#include "sql/temporal_literal.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace vif::sql {
namespace {

bool digits_only(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

int to_number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

// yyyy-mm-dd, with any punctuation between, or without; parts may be zero.
bool valid_date(std::string_view text) {
  std::array<std::string_view, 3> parts;
  if (digits_only(text)) {
    if (text.size() != 8 && text.size() != 6) return false;
    const size_t year = text.size() - 4;
    parts = {text.substr(0, year), text.substr(year, 2), text.substr(year + 2)};
  } else {
    size_t part = 0;
    size_t from = 0;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] >= '0' && text[i] <= '9') continue;
      if (i == from || part == 3) return false;
      parts[part++] = text.substr(from, i - from);
      from = i + 1;
    }
    if (part != 3 || parts[0].size() > 4 || parts[1].size() > 2 || parts[2].size() > 2)
      return false;
  }
  const int month = to_number(parts[1]);
  const int day = to_number(parts[2]);
  if (month > 12 || day > 31) return false;
  static constexpr int kDays[] = {31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int year = to_number(parts[0]);
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month] - (month == 2 && !leap ? 1 : 0);
}

// [-][d ]hh[:mm[:ss]][.ffffff]
bool valid_time(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t dot = text.find('.');
  if (dot != std::string_view::npos) {
    if (dot + 1 < text.size() && !digits_only(text.substr(dot + 1))) return false;
    text = text.substr(0, dot);
  }
  if (const size_t blank = text.find(' '); blank != std::string_view::npos) {
    if (!digits_only(text.substr(0, blank))) return false;
    text.remove_prefix(blank + 1);
  }
  if (text.find(':') == std::string_view::npos) return digits_only(text) && text.size() <= 7;
  int parts = 0;
  for (size_t from = 0; from <= text.size(); ++parts) {
    const size_t to = std::min(text.find(':', from), text.size());
    const std::string_view part = text.substr(from, to - from);
    if (!digits_only(part) || parts == 3 || part.size() > 3) return false;
    if (parts > 0 && (part.size() > 2 || to_number(part) > 59)) return false;
    from = to + 1;
  }
  return true;
}

bool valid_datetime(std::string_view text) {
  size_t split = text.find_first_of(" T");
  if (split == std::string_view::npos) {
    if (!digits_only(text.substr(0, text.find('.')))) return valid_date(text);
    return text.size() >= 8;
  }
  const std::string_view time = text.substr(split + 1);
  return valid_date(text.substr(0, split)) &&
         valid_time(time.substr(0, time.find_first_of("+Z"))) &&
         to_number(time.substr(0, time.find(':'))) < 24;
}

}  // namespace

bool is_temporal_literal(const Literal& literal) {
  switch (literal.type) {
    case LiteralType::kDateVal: return valid_date(literal.text);
    case LiteralType::kTimeVal: return valid_time(literal.text);
    default: return valid_datetime(literal.text);
  }
}

void check_temporal_literal(const Literal& literal) {
  const char* type = literal.type == LiteralType::kDateVal        ? "DATE"
                     : literal.type == LiteralType::kTimeVal      ? "TIME"
                     : literal.type == LiteralType::kTimestampVal ? "DATETIME"
                                                                  : nullptr;
  if (type == nullptr || is_temporal_literal(literal)) return;
  throw SqlError{Error(Code::kInvalidArgument, "Incorrect " + std::string(type) + " value: '" +
                                                   std::string(literal.text) + "'")};
}

}  // namespace vif::sql
