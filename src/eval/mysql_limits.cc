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

// Which are compared as dates, the JSON by a text that is not its own.
void refuse_json_beside_dates(std::span<const NodePtr> args) {
  bool json = false;
  bool dated = false;
  for (const NodePtr& arg : args) {
    const Type t = type_before_rows(*arg).type;
    json |= t == Type::kJson;
    dated |= t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp;
  }
  if (json && dated) refuse("GREATEST or LEAST of JSON and dates in the gate");
}

}  // namespace

void check_mysql_function(std::string_view name, std::span<const NodePtr> args) {
  if (name == "greatest" || name == "least") refuse_json_beside_dates(args);
}

bool reads_weights(std::string_view name) {
  constexpr std::string_view kReading[] = {
      "left",      "right", "replace", "reverse",   "locate", "instr", "lower",    "upper",
      "lcase",     "ucase", "insert",  "substring", "substr", "mid",   "position", "concat",
      "concat_ws", "lpad",  "rpad",    "repeat",    "elt",    "field", "quote",    "make_set"};
  return is_among(name, kReading);
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
