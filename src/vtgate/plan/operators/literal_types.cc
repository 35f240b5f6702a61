#include "vtgate/plan/operators/literal_types.h"

#include <algorithm>

#include "sql/ast_func.h"
#include "sql/tree.h"
#include "vtgate/plan/routing.h"

namespace vif::vtgate::plan {
namespace {

using types::Type;

// How a column is compared.
enum class As : uint8_t {
  kUnknown,
  kNumber,
  kText,
  kMember,
  kBytes,
  kBit,
  kDate,
  kMoment,
  kTime,
  kYear,
  kJson
};

As as_of(Type type) {
  switch (type) {
    case Type::kDate: return As::kDate;
    case Type::kDatetime:
    case Type::kTimestamp: return As::kMoment;
    case Type::kTime: return As::kTime;
    case Type::kYear: return As::kYear;
    case Type::kBit: return As::kBit;
    case Type::kJson: return As::kJson;
    case Type::kEnum:
    case Type::kSet: return As::kMember;
    case Type::kBinary:
    case Type::kVarbinary:
    case Type::kBlob: return As::kBytes;
    default: break;
  }
  if (types::is_number(type)) return As::kNumber;
  return types::is_text(type) ? As::kText : As::kUnknown;
}

bool is_temporal(As as) {
  return as == As::kDate || as == As::kMoment || as == As::kTime || as == As::kYear;
}

// Seen in all pairs of columns of both servers.
bool is_compared_alike(As literal, As column) {
  if (literal == As::kUnknown || column == As::kUnknown) return true;
  switch (literal) {
    case As::kNumber:
    case As::kText: return !is_temporal(column);
    case As::kMember: return column == As::kText || column == As::kMember || column == As::kBytes;
    case As::kBytes: return column == As::kBytes || column == As::kNumber;
    case As::kBit: return column == As::kBit || column == As::kNumber;
    case As::kDate: return column == As::kDate || column == As::kMoment;
    case As::kYear: return column == As::kYear || column == As::kNumber;
    case As::kMoment:
    case As::kTime: return column == literal;
    default: return false;
  }
}

struct Known {
  const sql::ColName* column = nullptr;
  const sharding::Column* schema = nullptr;
  As as = As::kUnknown;
};

Known known_of(const PlanningContext& context, const sql::Expr* expr) {
  Known out;
  out.column = base_column(context.analysis, expr);
  if (!out.column) return out;
  const auto& table = context.analysis.tables[static_cast<size_t>(out.column->table)].table;
  out.schema = table ? table->find_column(out.column->name) : nullptr;
  if (out.schema) out.as = as_of(out.schema->type);
  return out;
}

std::string shown(const Known& known) {
  return fmt::format("{} column '{}'", types::type_name(known.schema->type), known.column->name);
}

// Calls `pair` for the two sides of each comparison, column by column.
template <typename Pair>
void each_pair(const sql::Expr* left, const sql::Expr* right, Pair pair) {
  const auto* row = sql::as<sql::ValTuple>(left);
  const auto* other = sql::as<sql::ValTuple>(right);
  if (row && other && row->exprs.size() == other->exprs.size() &&
      !sql::is<sql::ValTuple>(other->exprs[0])) {
    for (size_t i = 0; i < row->exprs.size(); ++i) pair(row->exprs[i], other->exprs[i]);
  } else if (other) {
    for (const sql::Expr* item : other->exprs) each_pair(left, item, pair);
  } else {
    pair(left, right);
  }
}

}  // namespace

void refuse_unlike_types(const PlanningContext& context, const sql::Expr* value,
                         const sql::Expr* other) {
  const Known literal = known_of(context, value);
  const Known column = known_of(context, other);
  // A text keeps its collation on the way beside a text (with_collation), but not beside a member.
  const auto is_text = [](As as) { return as == As::kText || as == As::kMember; };
  const bool members = is_text(literal.as) && is_text(column.as) &&
                       (literal.as == As::kMember || column.as == As::kMember);
  const bool mixed = members && literal.schema->collation_name != column.schema->collation_name;
  if (is_compared_alike(literal.as, column.as) && !mixed) return;
  unsupported(
      fmt::format("comparing {} with {} over several shards", shown(literal), shown(column)));
}

void refuse_unlike_types(const PlanningContext& context, const sql::Node* root, TableSet from) {
  const auto is_from = [&](const sql::Expr* expr) {
    return semantics::contains(from, semantics::tables_of(context.analysis, expr));
  };
  const auto pair = [&](const sql::Expr* a, const sql::Expr* b) {
    if (is_from(a) == is_from(b)) return;
    if (is_from(a))
      refuse_unlike_types(context, a, b);
    else
      refuse_unlike_types(context, b, a);
  };
  sql::walk(root, [&](const sql::Node& node) {
    if (const auto* comparison = sql::as<sql::ComparisonExpr>(&node)) {
      each_pair(comparison->left, comparison->right, pair);
    } else if (const auto* between = sql::as<sql::BetweenExpr>(&node)) {
      pair(between->left, between->from);
      pair(between->left, between->to);
    }
    return !sql::is<sql::Subquery>(&node);
  });
}

namespace {

bool is_compared(const sql::Node* parent) {
  return sql::is<sql::ComparisonExpr>(parent) || sql::is<sql::BetweenExpr>(parent) ||
         sql::is<sql::ValTuple>(parent) || sql::is<sql::IsExpr>(parent);
}

bool is_arithmetic(const sql::Node* parent) {
  return sql::is<sql::BinaryExpr>(parent) || sql::is<sql::ChainExpr>(parent) ||
         sql::is<sql::UnaryExpr>(parent);
}

bool is_call(const sql::Node* parent, std::initializer_list<std::string_view> names) {
  const auto* call = sql::as<sql::FuncExpr>(parent);
  return call && std::any_of(names.begin(), names.end(), [&](std::string_view name) {
           return sql::equal_ci(call->name, name);
         });
}

// Has the result the type of all that it may be?
bool is_choice(const sql::Node* parent) {
  return sql::is<sql::When>(parent) || sql::is<sql::CaseExpr>(parent) ||
         is_call(parent, {"coalesce", "ifnull", "if", "nullif", "greatest", "least"});
}

struct Cast {
  const char* name = nullptr;  // null: as it is
  std::optional<int32_t> length = {};
  std::optional<int32_t> scale = {};
};

Cast cast_of(const Known& known, bool chosen, bool computed) {
  const sharding::Column& c = *known.schema;
  const std::optional<int32_t> digits = c.size > 0 ? std::optional(c.size) : std::nullopt;
  switch (known.as) {
    case As::kDate: return {"date"};
    case As::kMoment: return {"datetime", digits};
    case As::kTime: return {"time", digits};
    case As::kYear: return {"unsigned"};
    case As::kJson: return {chosen || computed ? "json" : nullptr};
    case As::kNumber: break;
    default: return {};
  }
  if (c.type == Type::kFloat64) return {"double"};
  if (c.type == Type::kDecimal) return {digits ? "decimal" : nullptr, digits, c.scale};
  if (types::is_unsigned(c.type)) return {"unsigned"};
  return {chosen ? "signed" : nullptr};
}

}  // namespace

sql::Expr* with_type(PlanningContext& context, const sql::ColName& column, sql::Expr* argument,
                     const sql::Node* parent) {
  if (parent && is_compared(parent)) return argument;
  const Known known = known_of(context, &column);
  if (known.as == As::kUnknown) return argument;
  const bool chosen = parent && is_choice(parent);
  const bool computed = parent && is_arithmetic(parent);
  if ((chosen || computed) && (known.as == As::kMember || known.as == As::kBit))
    unsupported(fmt::format("an expression of {} over several shards", shown(known)));
  if (parent && is_call(parent, {"greatest", "least"})) {
    for (const sql::Expr* beside : static_cast<const sql::FuncExpr*>(parent)->exprs)
      refuse_unlike_types(context, &column, beside);
  }
  const Cast wanted = cast_of(known, chosen, computed);
  if (!wanted.name) return argument;
  auto* cast = context.arena.make<sql::CastExpr>();
  cast->expr = argument;
  cast->type = context.arena.make<sql::ConvertType>();
  cast->type->type = wanted.name;
  cast->type->length = wanted.length;
  cast->type->scale = wanted.scale;
  return cast;
}

}  // namespace vif::vtgate::plan
