// A value in the form that costs nothing: most conditions are about numbers, dates, and texts of
// one collation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "eval/datum.h"

namespace vif::eval {

struct Quick {
  enum class Kind : uint8_t {
    kNone,  // not to be had like this, evaluate() has it
    kNull,
    kInt,
    kUint,
    kDouble,
    kDecimal,   // `i` / 10 ^ `scale`, of 18 digits at most
    kDate,      // `i` orders dates and datetimes
    kDatetime,  // as kDate
    kTime,      // microseconds
    kText
  };
  // What a literal's text is beside a number or a date: it has none of the ways to write one that
  // servers warn of, or take for another.
  enum class ReadsAs : uint8_t { kText, kNumber, kDatetime };

  Kind kind = Kind::kNone;
  ReadsAs reads_as =
      ReadsAs::kText;  // of kText: `i` and `scale` are those of kDecimal or kDatetime
  uint8_t scale = 0;
  // A date that a column of dates would store; or a text of ASCII with the collation of what it is
  // beside.
  bool literal = false;
  bool coercible = false;  // a constant text, ASCII or not: no firmer than another
  uint32_t collation = 0;
  union {
    int64_t i = 0;
    uint64_t u;
    double f;
  };
  std::string_view text;  // of the row or of the program

  static Quick null() { return of_kind(Kind::kNull); }
  static Quick of_int(int64_t v) {
    Quick q = of_kind(Kind::kInt);
    q.i = v;
    return q;
  }
  static Quick of_uint(uint64_t v) {
    Quick q = of_kind(Kind::kUint);
    q.u = v;
    return q;
  }
  static Quick of_double(double v) {
    Quick q = of_kind(Kind::kDouble);
    q.f = v;
    return q;
  }
  static Quick of_decimal(int64_t digits, uint8_t decimals) {
    Quick q = of_kind(Kind::kDecimal);
    q.i = digits;
    q.scale = decimals;
    return q;
  }
  static Quick of_text(std::string_view v, uint32_t text_collation) {
    Quick q = of_kind(Kind::kText);
    q.text = v;
    q.collation = text_collation;
    return q;
  }
  static Quick of_kind(Kind k) {
    Quick q;
    q.kind = k;
    return q;
  }
  bool is_null() const { return kind == Kind::kNull; }
  bool is_number() const { return kind >= Kind::kInt && kind <= Kind::kDecimal; }
  // REQUIRES: is_number().
  bool is_true() const { return kind == Kind::kDouble ? f != 0 : i != 0; }
};

// Less than, equal to, greater than 0; nullopt when it takes more than that. REQUIRES: neither is
// kNone or kNull.
std::optional<int> compare_quick(const Quick& a, const Quick& b);
// In which two texts are compared; 0 when that takes more to know. REQUIRES: both are kText.
uint32_t shared_collation(const Quick& a, const Quick& b);
// The sum, difference or product; kNone when it takes more than that. REQUIRES: neither is kNone or
// kNull.
Quick add_quick(const Quick& a, const Quick& b);
Quick subtract_quick(const Quick& a, const Quick& b);
Quick multiply_quick(const Quick& a, const Quick& b);
// Of a row; `collation` is the column's.
Quick quick_from(const types::Value& value, uint32_t collation);
// Of a constant, which must outlive it.
Quick quick_from(const Datum& constant);

}  // namespace vif::eval
