#include "eval/compared_side.h"

#include <algorithm>

#include "eval/charsets.h"
#include "eval/leaf_nodes.h"
#include "eval/static_type.h"

namespace vif::eval {

bool is_dated(Type t) { return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp; }

Kind kind_of(Type t) {
  if (t == Type::kTuple) return Kind::kRow;
  if (types::is_integral(t) || t == Type::kYear || t == Type::kBit) return Kind::kInt;
  if (types::is_float(t)) return Kind::kReal;
  return t == Type::kDecimal ? Kind::kDecimal : Kind::kString;
}

Kind common_kind(Kind a, Kind b) {
  if (a == b) return a;
  const bool exact =
      (a == Kind::kInt || a == Kind::kDecimal) && (b == Kind::kInt || b == Kind::kDecimal);
  return exact ? Kind::kDecimal : Kind::kReal;
}

bool is_fixed(const Node& node) { return node.is_constant() || node.is_bind_variable(); }
bool is_written(const Node& node) {
  return node.is_bind_variable() || (node.is_leaf() && node.is_constant());
}
bool is_column(const Node& node) { return node.is_leaf() && !is_fixed(node); }

Quiet::Quiet(const Context& context) : env_(context.env), context_{context.row, env_} {
  env_.warnings = nullptr;
}

Datum quietly(const Node& node, const Context& context) {
  Quiet quiet(context);
  return node.evaluate(quiet.context());
}

Side side_of(const Node& node, Context& context) {
  const Node& told = node.as_written();
  const StaticType t = told.type(context);
  return {&told, t.type, t.nullable, false, std::nullopt};
}

Datum value_of(const Side& side, Context& context) {
  return side.text ? *side.text : side.node->evaluate(context);
}

void make_bytes(std::span<Side* const> sides, bool bits, Context& context) {
  const auto is_bytes = [&](Type t) {
    return types::is_binary(t) || t == Type::kHexNum || t == Type::kHexVal || t == Type::kBitNum ||
           (bits && t == Type::kBit);
  };
  const auto becomes = [&](const Side& side) {
    return types::is_text(side.type) && !is_bytes(side.type) && side.node->is_constant() &&
           is_written(*side.node);
  };
  bool bytes = false;
  bool texts = false;
  for (const Side* side : sides) {
    bytes = bytes || is_bytes(side->type);
    texts = texts || becomes(*side);
  }
  if (!bytes || !texts) return;
  std::vector<StaticType> types;
  for (const Side* side : sides) {
    if (!is_bytes(side->type) && !types::is_text(side->type)) continue;
    types.push_back(side->node->type(context));
    if (side->type == Type::kBit) types.back().type = Type::kVarbinary;
  }
  if (merged_text(types, kUtf8mb4Collation).collation != kBinaryCollation) return;
  for (Side* side : sides) {
    if (!becomes(*side)) continue;
    side->text = Datum::of_bytes(own_bytes(quietly(*side->node, context)));
    side->text->origin = Origin::kLiteral;
    side->type = Type::kVarbinary;
  }
}

std::optional<std::string> name_of(const Side& side, const Context& context) {
  const auto trimmed = [](std::string text) {
    text.erase(0, std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
    return text;
  };
  if (side.text) return side.text->is_null() ? "NULL" : trimmed(to_text(*side.text));
  if (const auto* column = dynamic_cast<const ColumnNode*>(side.node)) return column->name();
  if (!side.name.empty() && is_dated(side.type)) return std::string(side.name);
  if (!is_written(*side.node)) return std::nullopt;
  const Datum d = quietly(*side.node, context);
  if (d.is_null()) return "NULL";
  if (d.is_temporal() || d.is_hex_or_bit()) return std::nullopt;
  return trimmed(to_text(d));
}

bool read_date(const Side& side, const Side& beside, Context& context) {
  const Datum d = value_of(side, context);
  if (d.is_null()) return false;
  if (d.is_temporal() && !side.text) {
    if (d.form == Form::kTime) (void)to_datetime(d, context);
    return true;
  }
  warn_unless_date(d, beside.type == Type::kDate, name_of(beside, context), context);
  return true;
}

bool read_time(const Side& side, Context& context) {
  const Datum d = value_of(side, context);
  if (d.is_null()) return false;
  if (d.form == Form::kTime) return true;
  const bool text = d.is_textual() || d.form == Form::kJson;
  return to_time(text ? d : Datum::of_text(to_text(d), kUtf8mb4Collation), context).has_value();
}

bool read_as(const Side& side, Kind kind, Context& context) {
  const Datum d = value_of(side, context);
  if (d.is_null()) return false;
  if (kind == Kind::kReal) (void)to_double(d, context);
  if (kind == Kind::kDecimal) (void)to_decimal(d, context);
  if (kind == Kind::kInt && (!d.is_temporal() || d.form == Form::kDatetime))
    (void)to_int(d, context);
  return true;
}

}  // namespace vif::eval
