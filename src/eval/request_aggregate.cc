// Aggregates for `vif eval`.
#include "eval/aggregate.h"
#include "eval/request.h"
#include "sql/ast_select.h"
#include "sql/parser.h"

namespace vif::eval {
namespace {

OrderBy column_of(const Request& request, const sql::Expr& e) {
  const auto* name = sql::as<sql::ColName>(&e);
  if (!name) refuse("an aggregate of anything but columns in a request");
  const std::optional<size_t> at = request.find(name->name);
  if (!at) {
    throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                         fmt::format("Unknown column '{}' in 'field list'", name->name))};
  }
  OrderBy by;
  by.column = *at;
  const types::Field& field = request.fields[*at];
  if (types::is_text(field.type)) by.collation = field.charset;
  if (field.type == Type::kEnum || field.type == Type::kSet)
    by.members = request.columns[*at].members;
  return by;
}

AggregateKind kind_of(sql::AggrOp op) {
  using Op = sql::AggrOp;
  switch (op) {
    case Op::kCount: return AggregateKind::kCount;
    case Op::kMax: return AggregateKind::kMax;
    case Op::kMin: return AggregateKind::kMin;
    case Op::kSum: return AggregateKind::kSum;
    case Op::kAvg: return AggregateKind::kAvg;
    case Op::kBitAnd: return AggregateKind::kBitAnd;
    case Op::kBitOr: return AggregateKind::kBitOr;
    case Op::kBitXor: return AggregateKind::kBitXor;
    case Op::kStd:
    case Op::kStdDev:
    case Op::kStdPop: return AggregateKind::kStddevPop;
    case Op::kStdSamp: return AggregateKind::kStddevSamp;
    case Op::kVarPop:
    case Op::kVariance: return AggregateKind::kVarPop;
    case Op::kVarSamp: return AggregateKind::kVarSamp;
    case Op::kJSONArrayAgg: return AggregateKind::kJsonArrayAgg;
    case Op::kJSONObjectAgg: return AggregateKind::kJsonObjectAgg;
    case Op::kAnyValue: return AggregateKind::kAnyValue;
  }
  return AggregateKind::kAnyValue;
}

uint64_t limit_number(const sql::Expr* e) {
  const auto* literal = sql::as<sql::Literal>(e);
  if (!literal || literal->type != sql::LiteralType::kIntVal)
    refuse("a LIMIT that is no number in a request");
  const Result<uint64_t> number =
      types::Value{Type::kInt64, std::string(literal->text)}.to_uint64();
  return number.ok() ? *number : 0;
}

// The text of a literal with its quotes.
std::string unquoted(std::string_view literal) {
  const size_t quote = literal.find_first_of("'\"");
  if (quote == std::string_view::npos) return std::string(literal);
  const Result<sql::ParsedExpr> parsed = sql::parse_expr(literal.substr(quote));
  const auto* text = parsed.ok() ? sql::as<sql::Literal>(parsed->expr) : nullptr;
  return text ? std::string(text->text) : std::string(literal);
}

AggregateSpec spec_of(const Request& request, const sql::Expr& e) {
  AggregateSpec spec;
  if (sql::is<sql::CountStar>(&e)) return spec;
  if (const auto* function = sql::as<sql::AggrFunc>(&e)) {
    spec.kind = kind_of(function->op);
    spec.distinct = function->distinct;
    for (const sql::Expr* arg : function->args) spec.columns.push_back(column_of(request, *arg));
    const size_t wanted = spec.kind == AggregateKind::kJsonObjectAgg ? 2 : 1;
    const bool many = spec.kind == AggregateKind::kCount && spec.distinct;
    if (spec.columns.empty() || (!many && spec.columns.size() != wanted))
      refuse("so many arguments of an aggregate");
    return spec;
  }
  const auto* concat = sql::as<sql::GroupConcatExpr>(&e);
  if (!concat) refuse("rows without an aggregate of them");
  spec.kind = AggregateKind::kGroupConcat;
  spec.distinct = concat->distinct;
  for (const sql::Expr* arg : concat->exprs) spec.columns.push_back(column_of(request, *arg));
  for (const sql::Order* order : concat->order_by) {
    spec.order_by.push_back(column_of(request, *order->expr));
    spec.order_by.back().descending = order->descending;
  }
  if (!concat->separator.empty()) spec.separator = unquoted(concat->separator);
  if (concat->limit) {
    spec.limit = limit_number(concat->limit->rowcount);
    if (concat->limit->offset) spec.offset = limit_number(concat->limit->offset);
  }
  return spec;
}

Result<AggregateSpec> read_spec(const Request& request, const sql::Expr& e) {
  try {
    return spec_of(request, e);
  } catch (const SqlError& error) {
    return error.error;
  }
}

}  // namespace

Result<Answer> answer_aggregate(const Request& request, const RequestOptions& options) {
  sql::ParseOptions parse_options;
  parse_options.sql_mode = sql::SqlMode::from_string(options.sql_mode);
  const sql::ParsedExpr tree = VIF_TRY(sql::parse_expr(request.expr, parse_options));
  AggregateSpec spec = VIF_TRY(read_spec(request, *tree.expr));
  spec.mariadb = options.mariadb;
  spec.collation = request.collation;
  if (spec.mariadb) spec.length_max = 1048576;
  VIF_TRY(Aggregate::check(spec, request.fields));
  Aggregate aggregate(spec, request.fields);
  for (const types::Row& row : request.rows) VIF_TRY(aggregate.add(row));
  Answer answer;
  answer.value = VIF_TRY(aggregate.result());
  answer.field = aggregate_field(spec, request.fields);
  answer.collation = answer.field.charset;
  answer.warnings = aggregate.warnings();
  return answer;
}

}  // namespace vif::eval
