// JSON as MySQL has it: values finer than JSON's own (decimals, dates, opaque bytes), keys sorted
// by length, then bytes. Text is read as the server reads it (its error texts and positions, its
// doubles) and printed as it prints.
//
// No document is deeper than kDepthMax, so recursion over one is bounded: what reads or builds
// documents checks it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "types/decimal.h"
#include "types/temporal.h"

namespace vif::types {

class Json {
 public:
  static constexpr int kDepthMax = 100;
  // In the order in which different kinds compare, numbers of all kinds being one.
  enum class Kind : uint8_t {
    kNull,
    kInt,
    kUint,
    kDouble,
    kDecimal,
    kString,
    kObject,
    kArray,
    kBool,
    kDate,
    kTime,
    kDatetime,
    kOpaque
  };
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;  // sorted by key_less, each key once
  struct Opaque {
    uint8_t field_type = 0;  // MySQL's column type byte
    std::string bytes;
  };
  struct Exact {
    Decimal value;
    int scale = 0;  // decimals shown
  };

  Json() = default;  // null
  static Json of_bool(bool v);
  static Json of_int(int64_t v);
  static Json of_uint(uint64_t v);
  static Json of_double(double v);
  static Json of_decimal(Decimal v, int scale);
  static Json of_string(std::string v);
  static Json of_date(const Temporal& v);
  static Json of_time(const Temporal& v);
  static Json of_datetime(const Temporal& v);
  static Json of_opaque(uint8_t field_type, std::string v);
  static Json array();
  static Json object();

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_number() const { return kind_ >= Kind::kInt && kind_ <= Kind::kDecimal; }
  bool is_scalar() const { return !is_array() && !is_object(); }

  // REQUIRES: that kind.
  bool boolean() const { return std::get<bool>(value_); }
  int64_t integer() const { return std::get<int64_t>(value_); }
  uint64_t unsigned_integer() const { return std::get<uint64_t>(value_); }
  double real() const { return std::get<double>(value_); }
  const Exact& decimal() const { return std::get<Exact>(value_); }
  const std::string& string() const { return std::get<std::string>(value_); }
  const Temporal& temporal() const { return std::get<Temporal>(value_); }
  const Opaque& opaque() const { return std::get<Opaque>(value_); }
  const Array& items() const { return std::get<Array>(value_); }
  Array& items() { return std::get<Array>(value_); }
  const Object& members() const { return std::get<Object>(value_); }
  Object& members() { return std::get<Object>(value_); }

  // Null when the object (REQUIRES) has no such key.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  // Replaces what was there. REQUIRES: an object.
  void set(std::string_view key, Json value);
  bool remove(std::string_view key);

  // 1 for a scalar and for [] and {}.
  int depth() const;
  // "INTEGER", "BOOLEAN", ... as JSON_TYPE says.
  std::string_view type_text() const;
  // {"a": [1, 2.0, "x"]}
  std::string to_string() const;
  // As JSON_PRETTY does.
  std::string to_pretty() const;
  // The string itself for a string, else to_string().
  std::string unquoted() const;

  bool operator==(const Json& other) const;

 private:
  using Data = std::variant<std::monostate, bool, int64_t, uint64_t, double, Exact, std::string,
                            Temporal, Opaque, Array, Object>;
  template <typename T>
  Json(Kind kind, T value) : kind_(kind), value_(std::move(value)) {}

  Kind kind_ = Kind::kNull;
  Data value_;
};

struct Json::Member {
  std::string key;
  Json value;
};

inline Json Json::of_bool(bool v) { return Json(Kind::kBool, v); }
inline Json Json::of_int(int64_t v) { return Json(Kind::kInt, v); }
inline Json Json::of_uint(uint64_t v) { return Json(Kind::kUint, v); }
inline Json Json::of_double(double v) { return Json(Kind::kDouble, v); }
inline Json Json::of_decimal(Decimal v, int scale) {
  return Json(Kind::kDecimal, Exact{std::move(v), scale});
}
inline Json Json::of_string(std::string v) { return Json(Kind::kString, std::move(v)); }
inline Json Json::of_date(const Temporal& v) { return Json(Kind::kDate, v); }
inline Json Json::of_time(const Temporal& v) { return Json(Kind::kTime, v); }
inline Json Json::of_datetime(const Temporal& v) { return Json(Kind::kDatetime, v); }
inline Json Json::of_opaque(uint8_t field_type, std::string v) {
  return Json(Kind::kOpaque, Opaque{field_type, std::move(v)});
}
inline Json Json::array() { return Json(Kind::kArray, Array()); }
inline Json Json::object() { return Json(Kind::kObject, Object()); }

// Shorter first, then by bytes.
bool json_key_less(std::string_view a, std::string_view b);

// MySQL's order of JSON values: less than, equal to, greater than 0.
int compare(const Json& a, const Json& b);

struct JsonFault {
  bool too_deep = false;
  std::string reason;   // "Invalid value."
  size_t position = 0;  // in bytes
};

// nullopt and `fault` for what is not one JSON document.
std::optional<Json> parse_json(std::string_view text, JsonFault& fault);

// In quotes, as JSON prints a string.
void append_json_string(std::string& out, std::string_view text);

}  // namespace vif::types
