#include "eval/row_order.h"

#include <charconv>
#include <cmath>
#include <system_error>

#include "eval/compare.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

using types::Type;
using types::Value;

int sign(int n) { return (n > 0) - (n < 0); }

// A decimal's parts, without what does not count: leading zeros, trailing zeros of the fraction.
struct DecimalParts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;

  explicit DecimalParts(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
      negative = text[0] == '-';
      text.remove_prefix(1);
    }
    const size_t dot = text.find('.');
    whole = text.substr(0, dot);
    if (dot != std::string_view::npos) fraction = text.substr(dot + 1);
    while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
    if (whole.empty() && fraction.empty()) negative = false;
  }
};

int compare_decimals(std::string_view x, std::string_view y) {
  const DecimalParts a(x);
  const DecimalParts b(y);
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int magnitude = a.whole.size() != b.whole.size() ? (a.whole.size() < b.whole.size() ? -1 : 1)
                                                   : sign(a.whole.compare(b.whole));
  if (magnitude == 0) magnitude = sign(a.fraction.compare(b.fraction));
  return a.negative ? -magnitude : magnitude;
}

double to_double(const Value& value) {
  double out = 0;
  const char* end = value.bytes.data() + value.bytes.size();
  if (const auto [at, error] = std::from_chars(value.bytes.data(), end, out);
      error == std::errc() && at == end)
    return out;
  return types::parse_double_prefix(value.bytes);
}

// "-12:30:00.5" as the digits of -123000.5; at most 17 of them.
class TimeDigits {
 public:
  explicit TimeDigits(std::string_view text) {
    for (const char c : text) {
      if (c != ':' && size_ < sizeof buffer_) buffer_[size_++] = c;
    }
  }
  std::string_view text() const { return {buffer_, size_}; }

 private:
  char buffer_[32];
  size_t size_ = 0;
};

bool is_date(Type t) { return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp; }

// A date is its midnight; fractions may differ in length.
int compare_dates(std::string_view a, std::string_view b) {
  constexpr std::string_view kMidnight = "0000-00-00 00:00:00.000000";
  const size_t shared = std::min(a.size(), b.size());
  if (const int order = sign(a.substr(0, shared).compare(b.substr(0, shared))); order != 0)
    return order;
  const std::string_view rest = a.size() > shared ? a.substr(shared) : b.substr(shared);
  const int longer = a.size() > shared ? 1 : -1;
  for (size_t i = 0; i < rest.size(); ++i) {
    if (shared + i >= kMidnight.size() || rest[i] != kMidnight[shared + i]) return longer;
  }
  return 0;
}

bool by_weight(const Value& value, const OrderBy& by) {
  return by.weight_column >= 0 && !compares_by_itself(value.type);
}

void append_sized(std::string_view key, std::string& out) {
  char size[24];
  const auto end = std::to_chars(size, size + sizeof size, key.size()).ptr;
  out.append(size, static_cast<size_t>(end - size));
  out += ':';
  out += key;
}

void append_decimal(std::string_view text, std::string& out) {
  const DecimalParts parts(text);
  if (parts.negative) out += '-';
  out += parts.whole;
  if (!parts.fraction.empty()) {
    out += '.';
    out += parts.fraction;
  }
  out += ';';
}

}  // namespace

bool compares_by_itself(Type type) {
  if (types::is_number(type)) return true;
  switch (type) {
    case Type::kNull:
    case Type::kTimestamp:
    case Type::kDate:
    case Type::kTime:
    case Type::kDatetime:
    case Type::kBlob:
    case Type::kVarbinary:
    case Type::kBinary:
    case Type::kBit: return true;
    default: return false;
  }
}

Status check_sortable(std::span<const types::Field> fields, std::span<const OrderBy> order_by) {
  for (const OrderBy& by : order_by) {
    const auto weight = static_cast<size_t>(by.weight_column);
    const bool missing =
        by.column >= fields.size() || (by.weight_column >= 0 && weight >= fields.size());
    if (missing) return Error(Code::kInternal, "a column to sort by is missing");
    const types::Field& field = fields[by.column];
    if (compares_by_itself(field.type)) continue;
    bool ascii_only = false;
    const bool known =
        by.collation != 0 && collation_is_comparable(by.collation, ascii_only) && !ascii_only;
    if (types::is_text(field.type) && (by.weight_column >= 0 || known)) continue;
    // Members sort by their number: by their list, or by a weight that is it.
    const bool numbered =
        by.members || (by.weight_column >= 0 && types::is_number(fields[weight].type));
    if ((field.type == Type::kEnum || field.type == Type::kSet) && numbered) continue;
    return Error(Code::kUnimplemented,
                 fmt::format("VT12001: unsupported: comparing {} column '{}' of several shards",
                             types::type_name(field.type), field.name));
  }
  return {};
}

int compare_plain(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null())
    return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  if (types::is_number(a.type) && types::is_number(b.type)) {
    if (!types::is_float(a.type) && !types::is_float(b.type))
      return compare_decimals(a.bytes, b.bytes);
    const double x = to_double(a);
    const double y = to_double(b);
    return x < y ? -1 : x > y;
  }
  if (a.type == Type::kTime && b.type == Type::kTime) {
    return compare_decimals(TimeDigits(a.bytes).text(), TimeDigits(b.bytes).text());
  }
  if (is_date(a.type) && is_date(b.type)) return compare_dates(a.bytes, b.bytes);
  return sign(a.bytes.compare(b.bytes));
}

int compare_column(const types::Row& a, const types::Row& b, const OrderBy& by) {
  const Value& left = a[by.column];
  const Value& right = b[by.column];
  if (left.is_null() || right.is_null())
    return static_cast<int>(right.is_null()) - static_cast<int>(left.is_null());
  if (by_weight(left, by) || by_weight(right, by)) {
    const auto weight = static_cast<size_t>(by.weight_column);
    return compare_plain(a[weight], b[weight]);
  }
  if (by.members) {
    const uint64_t x = member_number(left, *by.members);
    const uint64_t y = member_number(right, *by.members);
    return x < y ? -1 : x > y;
  }
  if (types::is_text(left.type) && by.collation != 0) {
    // Characters that the collation's charset has not: any order will do, if it is one.
    const Result<int> order = compare_text(left.bytes, right.bytes, by.collation);
    return order.ok() ? *order : sign(left.bytes.compare(right.bytes));
  }
  return compare_plain(left, right);
}

int compare_rows(const types::Row& a, const types::Row& b, std::span<const OrderBy> order_by) {
  for (const OrderBy& by : order_by) {
    const int order = compare_column(a, b, by);
    if (order != 0) return by.descending ? -order : order;
  }
  return 0;
}

void append_key(const Value& value, uint32_t collation, std::string& out) {
  if (value.is_null()) {
    out += 'n';
    return;
  }
  if (types::is_float(value.type)) {
    const double number = to_double(value);
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number == 0 ? 0.0 : number).ptr;
    append_sized({buffer, static_cast<size_t>(end - buffer)}, out);
    return;
  }
  if (types::is_number(value.type)) return append_decimal(value.bytes, out);
  if (value.type == Type::kTime) return append_decimal(TimeDigits(value.bytes).text(), out);
  if (is_date(value.type)) {
    // Without what says midnight, so that 2024-01-01 equals 2024-01-01 00:00:00.000.
    std::string_view text = value.bytes;
    if (const size_t point = text.find('.'); point != std::string_view::npos) {
      while (text.ends_with('0')) text.remove_suffix(1);
      if (text.ends_with('.')) text.remove_suffix(1);
    }
    if (text.ends_with(" 00:00:00")) text.remove_suffix(9);
    return append_sized(text, out);
  }
  if (types::is_text(value.type) && collation != 0) {
    const Result<std::string> key = grouping_key(value, collation);
    return append_sized(key.ok() ? std::string_view(*key) : std::string_view(value.bytes), out);
  }
  append_sized(value.bytes, out);
}

void append_key(const types::Row& row, const OrderBy& column, std::string& out) {
  const Value& value = row[column.column];
  if (by_weight(value, column) && !value.is_null())
    return append_key(row[static_cast<size_t>(column.weight_column)], 0, out);
  append_key(value, column.collation, out);
}

uint64_t member_number(const Value& value, const std::vector<std::string>& members) {
  if (value.type != Type::kSet) {
    for (size_t i = 0; i < members.size(); ++i) {
      if (members[i] == value.bytes) return i + 1;
    }
    return 0;
  }
  uint64_t bits = 0;
  std::string_view rest = value.bytes;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    for (size_t i = 0; i < members.size(); ++i) {
      if (members[i] == rest.substr(0, comma)) bits |= uint64_t{1} << i;
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return bits;
}

}  // namespace vif::eval
