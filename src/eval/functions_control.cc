// IF, COALESCE, NULLIF, GREATEST, LEAST, ...
#include <algorithm>

#include "eval/function.h"

namespace vif::eval {
namespace {

StaticType type_of_args(const Call& call, size_t from) {
  StaticType out = call.arg_type(from);
  for (size_t i = from + 1; i < call.size(); ++i) out = aggregated_type(out, call.arg_type(i));
  return out;
}

StaticType type_of_all(const Call& call) { return type_of_args(call, 0); }
StaticType type_of_values(const Call& call) { return type_of_args(call, 1); }
StaticType type_of_first(const Call& call) { return call.arg_type(0); }

// Unlike IF and CASE, these show all the decimals of their common type.
Datum converted_wholly(Datum d, const StaticType& type) {
  Datum out = converted(std::move(d), type);
  if (out.form == Form::kDecimal) out.scale = std::max(out.scale, type.scale);
  return out;
}

Datum coalesce(const Call& call) {
  for (size_t i = 0; i < call.size(); ++i) {
    Datum d = call.arg(i);
    if (!d.is_null()) return converted_wholly(std::move(d), type_of_all(call));
  }
  return {};
}

Datum if_function(const Call& call) {
  const Datum condition = call.arg(0);
  const bool yes = !condition.is_null() && to_bool(condition);
  return converted(call.arg(yes ? 1 : 2), type_of_values(call));
}

Datum nullif(const Call& call) {
  Datum a = call.arg(0);
  const Datum b = call.arg(1);
  if (a.is_null() || b.is_null()) return a;
  return compare_datums(a, b) == 0 ? Datum() : a;
}

Datum isnull(const Call& call) { return Datum::of_bool(call.arg(0).is_null()); }

Datum extreme(const Call& call, int wanted) {
  Datum best = call.arg(0);
  if (best.is_null()) return {};
  bool mixed = false;
  for (size_t i = 1; i < call.size(); ++i) {
    Datum d = call.arg(i);
    if (d.is_null()) return {};
    mixed = mixed || (d.is_number() != best.is_number()) || (d.is_temporal() != best.is_temporal());
    if (mixed) refuse("GREATEST or LEAST of values of different kinds in the gate");
    const int order = compare_datums(d, best) * wanted;
    if (order == 0 && d.is_textual() && d.bytes != best.bytes) refuse("GREATEST or LEAST of equal texts in the gate");
    if (order > 0) best = std::move(d);
  }
  return converted_wholly(std::move(best), type_of_all(call));
}

Datum greatest(const Call& call) { return extreme(call, 1); }
Datum least(const Call& call) { return extreme(call, -1); }

// How many of the sorted numbers are not greater than the first; NULLs count as not greater.
Datum interval(const Call& call) {
  const Datum first = call.arg(0);
  if (first.is_null()) return Datum::of_int(-1);
  const Datum n = to_number(first);
  int64_t count = 0;
  for (size_t i = 1; i < call.size(); ++i, ++count) {
    const Datum d = call.arg(i);
    if (!d.is_null() && compare_datums(to_number(d), n) > 0) break;
  }
  return Datum::of_int(count);
}

Datum not_asked(const Call& call) { return call.arg(0); }

constexpr Function kFunctions[] = {
    {"coalesce", 1, kAnyNumber, coalesce, type_of_all},
    {"ifnull", 2, 2, coalesce, type_of_all},
    {"if", 3, 3, if_function, type_of_values},
    {"nullif", 2, 2, nullif, type_of_first},
    {"isnull", 1, 1, isnull, int_type},
    {"greatest", 2, kAnyNumber, greatest, type_of_all},
    {"least", 2, kAnyNumber, least, type_of_all},
    {"interval", 2, kAnyNumber, interval, int_type},
    {"any_value", 1, 1, not_asked, type_of_first},
};

const std::span<const Function>* tables(size_t& count) {
  static const std::span<const Function> all[] = {control_functions(), text_functions(), math_functions(), date_functions(),
                                                regexp_functions()};
  count = std::size(all);
  return all;
}

class FunctionNode final : public Operation {
 public:
  FunctionNode(const Function& function, std::vector<NodePtr> args, uint32_t collation)
      : Operation(std::move(args)), function_(function), collation_(collation) {}
  Datum evaluate(Context& context) const override { return function_.evaluate({args(), context, collation_}); }
  StaticType type(Context& context) const override { return function_.type({args(), context, collation_}); }

 private:
  const Function& function_;
  uint32_t collation_;
};

}  // namespace

std::span<const Function> control_functions() { return kFunctions; }

NodePtr make_function(std::string_view name, std::vector<NodePtr> args, uint32_t collation) {
  size_t count = 0;
  const std::span<const Function>* all = tables(count);
  for (size_t i = 0; i < count; ++i) {
    for (const Function& function : all[i]) {
      if (function.name != name) continue;
      if (args.size() < function.args_min || args.size() > function.args_max) {
        throw SqlError{Error(Code::kInvalidArgument, 1582, "42000",
                             fmt::format("Incorrect parameter count in the call to native function '{}'", name))};
      }
      for (const NodePtr& arg : args) {
        if (arg->width() != 1) {
          throw SqlError{Error(Code::kInvalidArgument, 1241, "21000", "Operand should contain 1 column(s)")};
        }
      }
      return std::make_unique<FunctionNode>(function, std::move(args), collation);
    }
  }
  return nullptr;
}

}  // namespace vif::eval
