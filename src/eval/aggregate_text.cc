// GROUP_CONCAT, JSON_ARRAYAGG and JSON_OBJECTAGG.
#include <algorithm>

#include "base/base64.h"
#include "eval/aggregate.h"
#include "eval/charsets.h"
#include "eval/datum.h"
#include "eval/mariadb_json.h"
#include "types/float_text.h"
#include "types/json.h"

namespace vif::eval {
namespace {

using types::Field;
using types::Row;
using types::Type;
using types::Value;

constexpr int kCutByGroupConcat = 1260;

// The length of the text without a character that is cut in two.
size_t whole_characters(std::string_view text, size_t length) {
  size_t at = std::min(length, text.size());
  if (at == text.size()) return at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
  return at;
}

// How a JSON document calls the type of opaque bytes.
int protocol_type(Type t, uint32_t length) {
  switch (t) {
    case Type::kBit: return 16;
    case Type::kBlob:
      return length == 255 ? 249 : length == 16777215 ? 250 : length > 16777215 ? 251 : 252;
    case Type::kBinary: return 254;
    default: return 15;
  }
}

// What GROUP_CONCAT orders by where a column is NULL: a server compares what the column holds then.
Value zero_of(const Field& field) {
  const Type type = field.type;
  if (types::is_number(type)) return {type, "0"};
  switch (type) {
    case Type::kTime: return {type, "00:00:00"};
    case Type::kDate: return {type, "0000-00-00"};
    case Type::kDatetime:
    case Type::kTimestamp: return {type, "0000-00-00 00:00:00"};
    case Type::kBit: return {type, std::string((field.column_length + 7) / 8, '\0')};
    case Type::kBinary: return {type, std::string(field.column_length, '\0')};
    default: return {type, ""};
  }
}

// JSON's dates and times have six digits of a fraction.
std::string with_microseconds(const Value& value) {
  std::string text = value.bytes;
  if (value.type == Type::kDate) return text;
  const size_t point = text.find('.');
  if (point == std::string::npos) return text + ".000000";
  text.append(6 - std::min<size_t>(text.size() - point - 1, 6), '0');
  return text;
}

}  // namespace

void append_json(const Value& value, bool mariadb, std::string& out, uint32_t length) {
  if (value.is_null()) {
    out += "null";
  } else if (value.type == Type::kJson) {
    out += value.bytes;
  } else if (types::is_float(value.type) && !mariadb) {
    const double number = value.type == Type::kFloat32
                              ? static_cast<double>(std::strtof(value.bytes.c_str(), nullptr))
                              : types::parse_double_prefix(value.bytes);
    const std::string text = types::double_text(number);
    out += text;
    if (text.find_first_of(".e") == std::string::npos) out += ".0";
  } else if (types::is_number(value.type)) {
    out += mariadb ? value.bytes : without_zeros(value.bytes);
  } else if (value.type == Type::kBit && mariadb) {
    out += escaped_json(value.bytes);
  } else if ((types::is_binary(value.type) || value.type == Type::kBit) && !mariadb) {
    types::append_json_string(out,
                              fmt::format("base64:type{}:{}", protocol_type(value.type, length),
                                          base64_encode(value.bytes)));
  } else if (!mariadb && (value.type == Type::kDate || value.type == Type::kTime ||
                          value.type == Type::kDatetime || value.type == Type::kTimestamp)) {
    types::append_json_string(out, with_microseconds(value));
  } else {
    types::append_json_string(out, value.bytes);
  }
}

// The value as it stands in the result: among bytes a text is in its own charset.
Value Aggregate::joined(const Row& row, size_t column) const {
  Value out = row[column];
  const uint32_t charset = row_[column].charset;
  const bool text = types::is_text(out.type) || out.type == Type::kEnum || out.type == Type::kSet;
  if (text && field_.charset == kBinaryCollation && charset != kBinaryCollation)
    out.bytes = own_bytes(out.bytes, charset);
  return out;
}

void Aggregate::add_text(const Row& row) {
  std::string text;
  for (const OrderBy& by : spec_.columns) text += joined(row, by.column).bytes;
  if (spec_.order_by.empty() && !spec_.limit) return append_item(text);
  items_.push_back({std::move(text), row});
  types::Row& keys = items_.back().keys;
  for (const OrderBy& by : spec_.order_by) {
    if (!keys[by.column].is_null()) continue;
    keys[by.column] = zero_of(row_[by.column]);
    if (by.weight_column < 0) continue;
    const auto weight = static_cast<size_t>(by.weight_column);
    keys[weight] = zero_of(row_[weight]);
  }
}

void Aggregate::append_item(std::string_view text) {
  if (cut_) return;
  ++items_seen_;
  if (has_value_) text_ += spec_.separator;
  has_value_ = true;
  text_ += text;
  if (text_.size() <= spec_.length_max) return;
  cut_ = true;
  const bool bytes = field_.charset == kBinaryCollation;
  text_.resize(bytes ? spec_.length_max : whole_characters(text_, spec_.length_max));
  warnings_.push_back(
      {kCutByGroupConcat, fmt::format("Row {} was cut by GROUP_CONCAT()", items_seen_)});
}

Value Aggregate::concatenated() {
  if (!items_.empty()) {
    std::stable_sort(items_.begin(), items_.end(), [this](const Item& a, const Item& b) {
      return compare_rows(a.keys, b.keys, spec_.order_by) < 0;
    });
    uint64_t skipped = spec_.limit ? spec_.offset : 0;
    uint64_t left = spec_.limit.value_or(UINT64_MAX);
    for (const Item& item : items_) {
      if (skipped > 0) {
        --skipped;
      } else if (left > 0) {
        --left;
        append_item(item.text);
      }
    }
    items_.clear();
  }
  return has_value_ ? Value{field_.type, text_} : Value::null();
}

void Aggregate::add_json_value(const Row& row) {
  text_ += !has_value_ ? "[" : spec_.mariadb ? "," : ", ";
  has_value_ = true;
  append_json(argument(row), spec_.mariadb, text_, row_[spec_.columns[0].column].column_length);
}

Status Aggregate::add_json_member(const Row& row) {
  const Value key = joined(row, spec_.columns[0].column);
  const Type type = row_[spec_.columns[0].column].type;
  if (key.is_null() && spec_.mariadb) return {};
  if (key.is_null())
    return Error(Code::kInvalidArgument, 3158, "22032",
                 "JSON documents may not contain NULL member names.");
  if (!spec_.mariadb && (types::is_binary(type) || type == Type::kBit)) {
    return Error(Code::kInvalidArgument, 3144, "22032",
                 "Cannot create a JSON value from a string with CHARACTER SET 'binary'.");
  }
  has_value_ = true;
  std::string text;
  const size_t column = spec_.columns[1].column;
  append_json(joined(row, column), spec_.mariadb, text, row_[column].column_length);
  // Of members with one name, the last one stays; MariaDB keeps them all.
  const auto same = std::find_if(members_.begin(), members_.end(),
                                 [&](const auto& m) { return m.first == key.bytes; });
  if (same != members_.end() && !spec_.mariadb) {
    same->second = std::move(text);
  } else {
    members_.emplace_back(key.bytes, std::move(text));
  }
  return {};
}

Value Aggregate::json_object() const {
  if (!has_value_) return Value::null();
  auto members = members_;
  // MySQL keeps an object's members by the length of their names, then by their bytes.
  if (!spec_.mariadb) {
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return a.first.size() != b.first.size() ? a.first.size() < b.first.size() : a.first < b.first;
    });
  }
  std::string out = "{";
  for (const auto& [name, text] : members) {
    if (out.size() > 1) out += ", ";
    if (spec_.mariadb) {
      out += fmt::format("\"{}\":", escaped_json(name));
    } else {
      types::append_json_string(out, name);
      out += ": ";
    }
    out += text;
  }
  return {field_.type, out + "}"};
}

}  // namespace vif::eval
