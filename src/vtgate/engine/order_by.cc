#include "vtgate/engine/order_by.h"

#include <cstdlib>

namespace vif::vtgate::engine {

namespace {

using types::Type;
using types::Value;

int sign(int n) { return n < 0 ? -1 : n > 0; }

// A decimal's parts, without what does not count: leading zeros, trailing zeros of the fraction.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;

  explicit Decimal(std::string_view text) {
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

int compare_decimals(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int magnitude = a.whole.size() != b.whole.size() ? (a.whole.size() < b.whole.size() ? -1 : 1)
                                                   : sign(a.whole.compare(b.whole));
  if (magnitude == 0) magnitude = sign(a.fraction.compare(b.fraction));
  return a.negative ? -magnitude : magnitude;
}

double to_double(const Value& value) { return std::strtod(value.bytes.c_str(), nullptr); }

int compare_doubles(double a, double b) { return a < b ? -1 : a > b; }

// "-12:30:00.5" to a decimal's text, "-123000.5"; hours may have three digits.
std::string time_digits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ':') out += c;
  }
  return out;
}

bool uses_weight(const Value& value) { return !compares_by_itself(value.type); }

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

std::string to_string(std::span<const OrderBy> order_by) {
  std::string out;
  for (const OrderBy& by : order_by) {
    if (!out.empty()) out += ", ";
    out += by.weight_column < 0 ? std::to_string(by.column) : fmt::format("({}|{})", by.column, by.weight_column);
    out += by.descending ? " DESC" : " ASC";
  }
  return out;
}

Status check_sortable(const Fields& fields, std::span<const OrderBy> order_by) {
  for (const OrderBy& by : order_by) {
    if (by.column >= fields.size() || (by.weight_column >= 0 && static_cast<size_t>(by.weight_column) >= fields.size())) return Error(Code::kInternal, "a column to sort by is missing");
    const types::Field& field = fields[by.column];
    if (compares_by_itself(field.type)) continue;
    if (types::is_text(field.type) && by.weight_column >= 0) continue;
    // Members sort by their number, which is what the weight must be.
    const bool member = field.type == types::Type::kEnum || field.type == types::Type::kSet;
    if (member && by.weight_column >= 0 && static_cast<size_t>(by.weight_column) < fields.size() &&
        types::is_number(fields[static_cast<size_t>(by.weight_column)].type)) {
      continue;
    }
    return Error(Code::kUnimplemented,
                 fmt::format("VT12001: unsupported: comparing {} column '{}' of several shards",
                             types::type_name(field.type), field.name));
  }
  return {};
}

int compare_values(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  if (types::is_number(a.type) && types::is_number(b.type)) {
    if (types::is_float(a.type) || types::is_float(b.type)) return compare_doubles(to_double(a), to_double(b));
    return compare_decimals(Decimal(a.bytes), Decimal(b.bytes));
  }
  if (a.type == Type::kTime && b.type == Type::kTime) {
    const std::string left = time_digits(a.bytes);
    const std::string right = time_digits(b.bytes);
    return compare_decimals(Decimal(left), Decimal(right));
  }
  return sign(a.bytes.compare(b.bytes));
}

int compare_rows(const types::Row& a, const types::Row& b, std::span<const OrderBy> order_by) {
  for (const OrderBy& by : order_by) {
    const Value* left = &a[by.column];
    const Value* right = &b[by.column];
    if (by.weight_column >= 0 && (uses_weight(*left) || uses_weight(*right))) {
      left = &a[static_cast<size_t>(by.weight_column)];
      right = &b[static_cast<size_t>(by.weight_column)];
    }
    const int order = compare_values(*left, *right);
    if (order != 0) return by.descending ? -order : order;
  }
  return 0;
}

void append_key(const types::Row& row, const OrderBy& column, std::string& out) {
  const Value* value = &row[column.column];
  if (column.weight_column >= 0 && uses_weight(*value)) value = &row[static_cast<size_t>(column.weight_column)];
  if (value->is_null()) {
    out += 'n';
    return;
  }
  std::string key;
  if (types::is_float(value->type)) {
    const double number = to_double(*value);
    key = fmt::format("{}", number == 0 ? 0.0 : number);
  } else if (types::is_number(value->type) || value->type == Type::kTime) {
    const std::string digits = value->type == Type::kTime ? time_digits(value->bytes) : value->bytes;
    const Decimal decimal(digits);
    key = fmt::format("{}{}.{}", decimal.negative ? "-" : "", decimal.whole, decimal.fraction);
  } else {
    key = value->bytes;
  }
  out += fmt::format("{}:", key.size());
  out += key;
}

}  // namespace vif::vtgate::engine
