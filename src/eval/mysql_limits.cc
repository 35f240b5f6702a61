#include "eval/mysql_limits.h"

#include <algorithm>

#include "eval/charsets.h"
#include "eval/constants.h"
#include "eval/equality.h"
#include "eval/static_type.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_weights(const StaticType& t) {
  return types::is_binary(t.type) && t.type != Type::kHexNum && t.type != Type::kHexVal &&
         t.type != Type::kBitNum &&
         static_cast<Coercibility>(t.coercibility) == Coercibility::kNumeric;
}

// The weights of a number as a text.
class WeightsTextNode final : public Operation {
 public:
  enum class Wrong : uint8_t { kError, kEmpty, kKept };  // what becomes of bytes that are none

  WeightsTextNode(NodePtr weights, uint32_t collation, Wrong wrong)
      : Operation(one(std::move(weights))), collation_(collation), wrong_(wrong) {}
  Datum evaluate(Context& context) const override {
    Datum d = arg(0, context);
    if (d.is_null()) return d;
    size_t bad = 0;
    const bool text = is_utf8mb4(d.bytes, bad);
    if (!text && wrong_ == Wrong::kKept) return d;
    if (!text && wrong_ == Wrong::kEmpty) d.bytes.clear();
    return Datum::of_text(text_of_bytes(d, collation_).bytes, collation_, Coercibility::kNumeric);
  }
  StaticType type(Context& context) const override {
    StaticType out = args()[0]->type(context);
    out.type = Type::kVarchar;
    out.collation = collation_;
    return out;
  }

 private:
  static std::vector<NodePtr> one(NodePtr node) {
    std::vector<NodePtr> out;
    out.push_back(std::move(node));
    return out;
  }

  uint32_t collation_;
  Wrong wrong_;
};

}  // namespace

void read_weights(std::string_view name, std::vector<NodePtr>& args, uint32_t connection) {
  constexpr std::string_view kTogether[] = {
      "concat", "concat_ws", "insert",   "lpad",    "rpad", "elt",      "field",  "locate",
      "instr",  "quote",     "position", "reverse", "trim", "make_set", "replace"};
  constexpr std::string_view kOfOne[] = {"left", "right", "substring", "substr", "mid", "repeat"};
  const bool cases = name == "lower" || name == "upper" || name == "lcase" || name == "ucase";
  const bool together = is_among(name, kTogether);
  if (!cases && !together && !is_among(name, kOfOne)) return;
  std::vector<StaticType> types;
  bool found = false;
  for (const NodePtr& arg : args) {
    types.push_back(type_before_rows(*arg));
    found = found || is_weights(types.back());
  }
  // Some are of the collation of the text that they change or search.
  constexpr std::string_view kChanging[] = {"replace", "insert", "lpad", "rpad", "trim", "instr"};
  std::span<const StaticType> deciding = types;
  if (is_among(name, kChanging)) deciding = deciding.first(1);
  if ((name == "locate" || name == "position") && types.size() > 1)
    deciding = deciding.subspan(1, 1);
  const uint32_t collation = merged_text(deciding, connection).collation;
  if (!found || collation == kBinaryCollation) return;
  const bool null = std::any_of(types.begin(), types.end(),
                                [](const StaticType& t) { return t.type == Type::kNull; });
  for (size_t i = 0; i < args.size(); ++i) {
    if (!is_weights(types[i])) continue;
    // What is searched through stays as it is where nothing is made of it.
    const bool strict = together && !(name == "replace" && i == 0) && !null;
    const auto wrong = strict  ? WeightsTextNode::Wrong::kError
                       : cases ? WeightsTextNode::Wrong::kEmpty
                               : WeightsTextNode::Wrong::kKept;
    args[i] = std::make_unique<WeightsTextNode>(std::move(args[i]), collation, wrong);
  }
}

void check_constant_rows(const Node& row, std::span<const NodePtr> rows) {
  if (rows.size() < 2 || !row.columns()) return;
  std::vector<StaticType> types;
  for (const NodePtr& column : *row.columns()) {
    types.push_back(type_before_rows(*column));
    if (column->columns() || types.back().nullable) return;
  }
  std::vector<Datum> values;
  for (const NodePtr& other : rows) {
    if (!other->columns() || other->columns()->size() != types.size()) return;
    for (const NodePtr& column : *other->columns()) {
      const std::optional<Datum> d = constant_before_rows(*column);
      if (!d || d->is_null()) return;
      values.push_back(*d);
    }
  }
  const Env env;
  const Context context{{}, env};
  for (size_t i = 0; i < values.size(); ++i) {
    const StaticType& t = types[i % types.size()];
    if (types::is_integral(t.type)) (void)whole_of(values[i], context);
    const bool text = types::is_text(t.type) && t.collation != kBinaryCollation;
    if (text && values[i].form == Form::kBytes) (void)text_of_bytes(values[i], t.collation);
  }
}

}  // namespace vif::eval
