// A value that a plan needs before it talks to a shard: for vindexes, limits, sequences.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/value.h"
#include "vtgate/engine/bindings.h"

namespace vif::vtgate::engine {

// What the column is that a value is compared with, where that is known.
enum class ComparedWith : uint8_t { kUnknown, kInteger, kText };

struct ValueExpr {
  enum class Kind : uint8_t {
    kConstant,
    kBind,      // :name
    kBindList,  // ::name
    kList,      // (a, b)
  };
  Kind kind = Kind::kConstant;
  types::Value constant;
  std::string name;
  bool negative = false;  // kBind: the number with its sign turned, -:name
  std::vector<ValueExpr> list;
  bool is_number = false;  // of one value: known to be a number before there is one
  ComparedWith compared_with = ComparedWith::kUnknown;
  std::string display;  // "5", ":e_id", "(1, 2)"
};

// One value. Errors: kInvalidArgument when a bind variable is missing or is a list.
Result<types::Value> evaluate(const ValueExpr& expr, const Bindings& bindings);
// The values of a list (kBindList, kList), or the one value as a list of one.
Result<std::vector<types::Value>> evaluate_list(const ValueExpr& expr, const Bindings& bindings);

}  // namespace vif::vtgate::engine
