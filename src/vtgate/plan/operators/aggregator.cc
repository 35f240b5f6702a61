#include "vtgate/plan/operators/aggregator.h"

#include <algorithm>

#include "sql/ast_func.h"
#include "sql/lexer.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/plan/operators/ordering.h"
#include "vtgate/plan/operators/projection.h"
#include "vtgate/plan/operators/route.h"

namespace vif::vtgate::plan {

using Op = engine::Aggregate::Op;

namespace {

struct SortKey {
  sql::Expr* expr;
  std::string key;
  bool descending;
  bool group;  // else the DISTINCT argument, or a column that orders a group's rows
};

// The primary key of the one table that the rows come from, when they can be had in its order.
std::vector<sql::Expr*> row_order(PlanningContext& context, const Operator& input) {
  std::vector<sql::Expr*> columns;
  if (!dynamic_cast<const Route*>(&input)) return columns;
  for (size_t i = 0; i < context.analysis.tables.size(); ++i) {
    if (input.tables != semantics::set_of(i)) continue;
    const semantics::Table& table = context.analysis.tables[i];
    if (!table.table) return columns;
    for (const std::string& name : table.table->primary_key) {
      auto* column = context.arena.make<sql::ColName>();
      column->name = context.arena.copy(name);
      column->table = static_cast<int32_t>(i);
      column->qualifier.name = context.arena.copy(table.alias);
      columns.push_back(column);
    }
  }
  return columns;
}

Op op_of(sql::AggrOp op) {
  switch (op) {
    case sql::AggrOp::kCount: return Op::kCount;
    case sql::AggrOp::kSum: return Op::kSum;
    case sql::AggrOp::kAvg: return Op::kAvg;
    case sql::AggrOp::kMin: return Op::kMin;
    case sql::AggrOp::kMax: return Op::kMax;
    case sql::AggrOp::kAnyValue: return Op::kAny;
    case sql::AggrOp::kBitAnd: return Op::kBitAnd;
    case sql::AggrOp::kBitOr: return Op::kBitOr;
    case sql::AggrOp::kBitXor: return Op::kBitXor;
    case sql::AggrOp::kStd:
    case sql::AggrOp::kStdDev:
    case sql::AggrOp::kStdPop: return Op::kStddevPop;
    case sql::AggrOp::kStdSamp: return Op::kStddevSamp;
    case sql::AggrOp::kVarPop:
    case sql::AggrOp::kVariance: return Op::kVarPop;
    case sql::AggrOp::kVarSamp: return Op::kVarSamp;
    case sql::AggrOp::kJSONArrayAgg: return Op::kJsonArrayAgg;
    case sql::AggrOp::kJSONObjectAgg: return Op::kJsonObjectAgg;
  }
  return Op::kAny;
}

// What a quoted separator says.
std::string separator_of(std::string_view literal) {
  if (literal.empty()) return ",";
  if (literal.front() != '\'') unsupported("group_concat with a separator that is no text");
  std::string out;
  sql::unescape(literal.substr(1, literal.size() - 2), '\'', false, out);
  return out;
}

}  // namespace

Aggregator::Aggregator(PlanningContext& context, OperatorPtr in, From from,
                       const std::vector<sql::Expr*>& groups, sql::Expr* distinct,
                       const std::vector<semantics::Block::Order>& order)
    : input(std::move(in)), from_(from) {
  tables = input->tables;
  over_route_ = dynamic_cast<Route*>(input.get()) != nullptr;
  if (from == From::kShards) pushed_ = dynamic_cast<Route*>(input.get());
  std::vector<SortKey> keys;
  auto has = [&](const std::string& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const SortKey& k) { return k.key == key; });
  };
  std::vector<std::string> group_keys;
  for (sql::Expr* group : groups) group_keys.push_back(key_of(context, group));
  // The groups may come in any order: take the one that the statement wants.
  for (const auto& wanted : order) {
    const std::string key = key_of(context, wanted.expr);
    if (std::find(group_keys.begin(), group_keys.end(), key) == group_keys.end()) break;
    if (!has(key)) keys.push_back({wanted.expr, key, wanted.descending, true});
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!has(group_keys[i])) keys.push_back({groups[i], group_keys[i], false, true});
  }
  for (const SortKey& key : keys) sorted_by_.emplace_back(key.key, key.descending);
  if (distinct) {
    distinct_key_ = key_of(context, distinct);
    if (!has(distinct_key_)) keys.push_back({distinct, distinct_key_, false, false});
  }
  if (from_ == From::kRows) {
    for (sql::Expr* column : row_order(context, *input)) {
      const std::string key = key_of(context, column);
      if (!has(key)) keys.push_back({column, key, false, false});
    }
  }
  if (!pushed_ && !keys.empty()) {
    bool direct = true;
    for (const SortKey& key : keys)
      direct = direct && input->try_add(context, key.expr, "", true).has_value();
    if (!direct) input = std::make_unique<Projection>(std::move(input));
  }
  std::vector<OrderKey> sort;
  for (const SortKey& key : keys) {
    sort.push_back({key.expr, input_column(context, key.expr), key.descending});
    if (pushed_) pushed_->select()->group_by.push_back(context.arena, key.expr);
  }
  if (!sort.empty() && !input->push_order(context, sort)) {
    std::vector<engine::OrderBy> by;
    for (const OrderKey& key : sort)
      by.push_back(order_column(context, *input, key.column, key.descending));
    input = std::make_unique<Ordering>(std::move(input), std::move(by));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    const engine::OrderBy column = order_column(context, *input, sort[i].column);
    if (distinct && keys[i].key == distinct_key_) distinct_ = column;
    if (!keys[i].group) continue;
    engine::Aggregate any;
    any.column = column.column;
    groups_.push_back({keys[i].key, add_output(context, any, keys[i].expr), column});
  }
}

size_t Aggregator::input_column(PlanningContext& context, sql::Expr* expr) {
  const auto column = input->try_add(context, expr, "", true);
  if (!column) {
    // Columns keep their numbers: groups and other aggregates know them by those.
    auto projection = std::make_unique<Projection>(std::move(input));
    for (size_t i = 0; i < projection->input->column_count(); ++i) {
      auto* same = context.arena.make<sql::Offset>();
      same->v = static_cast<int32_t>(i);
      projection->columns.push_back({same, "", ""});
    }
    input = std::move(projection);
    return *input->try_add(context, expr, "", true);
  }
  return *column;
}

size_t Aggregator::add_output(PlanningContext& context, engine::Aggregate aggregate,
                              sql::Expr* expr) {
  outputs_.push_back({expr ? key_of(context, expr) : "", std::move(aggregate), expr});
  return outputs_.size() - 1;
}

std::optional<size_t> Aggregator::try_add(PlanningContext& context, sql::Expr* expr,
                                          std::string_view, bool) {
  const std::string key = key_of(context, expr);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    if (outputs_[i].key == key) return i;
  }
  engine::Aggregate aggregate;
  const auto* column = sql::as<sql::ColName>(expr);
  aggregate.name = column ? std::string(column->name) : sql::print(expr);
  if (sql::is<sql::CountStar>(expr)) {
    aggregate.op = pushed_ ? Op::kSumCount : Op::kCountStar;
    // Counting rows needs some column of them.
    if (pushed_) {
      aggregate.column = input_column(context, expr);
    } else if (input->column_count() == 0) {
      auto* one = context.arena.make<sql::Literal>();
      one->type = sql::LiteralType::kIntVal;
      one->text = "1";
      input_column(context, one);
    }
    return add_output(context, aggregate, expr);
  }
  if (auto* function = sql::as<sql::AggrFunc>(expr)) return add_function(context, function);
  if (auto* concat = sql::as<sql::GroupConcatExpr>(expr)) return add_concatenation(context, concat);
  // An expression of a group's expression is computed from that: servers take it for one of the
  // rows.
  bool of_group = false;
  sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
    if (&node == expr || sql::is<sql::ColName>(&node) || node.kind <= sql::Kind::kLiteral ||
        node.kind > sql::Kind::kJSONValueExpr)
      return true;
    const std::string part = key_of(context, static_cast<const sql::Expr*>(&node));
    for (const Group& group : groups_) of_group = of_group || group.key == part;
    return !of_group;
  });
  if (of_group) return std::nullopt;
  // Where there are no rows, there is none to take a constant from.
  const bool may_have_no_row = groups_.empty() && (!pushed_ || distinct_);
  if (may_have_no_row && !sql::is<sql::ColName>(expr) &&
      semantics::tables_of(context.analysis, expr) == 0)
    return std::nullopt;
  // A column that is not grouped by has one value a group, or any will do.
  if (sql::is<sql::ColName>(expr) || (over_route_ && !semantics::has_aggregate(expr))) {
    if (sql::is<sql::Argument>(expr)) return std::nullopt;
    aggregate.column = input_column(context, expr);
    return add_output(context, aggregate, expr);
  }
  return std::nullopt;
}

engine::OrderBy Aggregator::compared_column(PlanningContext& context, sql::Expr* expr) {
  const size_t column = input_column(context, expr);
  return order_column(context, *input, column);
}

size_t Aggregator::add_concatenation(PlanningContext& context, sql::GroupConcatExpr* concat) {
  engine::Aggregate aggregate;
  aggregate.name = sql::print(concat);
  aggregate.op = Op::kGroupConcat;
  aggregate.separator = separator_of(concat->separator);
  aggregate.distinct = concat->distinct;
  aggregate.mariadb = context.in.flavor == Flavor::kMariaDb;
  std::vector<engine::OrderBy> arguments;
  for (sql::Expr* expr : concat->exprs) {
    arguments.push_back(concat->distinct ? compared_column(context, expr)
                                         : engine::OrderBy{input_column(context, expr)});
  }
  aggregate.column = arguments[0].column;
  aggregate.weight_column = arguments[0].weight_column;
  aggregate.collation = arguments[0].collation;
  aggregate.more.assign(arguments.begin() + 1, arguments.end());
  for (const sql::Order* order : concat->order_by) {
    sql::Expr* by = order->expr;
    // A number is that of an argument.
    const auto* place = sql::as<sql::Literal>(by);
    if (place && place->type == sql::LiteralType::kIntVal) {
      const Result<uint64_t> number =
          types::Value{types::Type::kUint64, std::string(place->text)}.to_uint64();
      if (!number.ok() || *number == 0 || *number > concat->exprs.size()) {
        throw SqlError{Error(Code::kInvalidArgument, 1054, "42S22",
                             fmt::format("Unknown column '{}' in 'order clause'", place->text))};
      }
      by = concat->exprs[*number - 1];
    }
    aggregate.order_by.push_back(compared_column(context, by));
    aggregate.order_by.back().descending = order->descending;
  }
  // MariaDB keeps the distinct ones in a tree, and reads it out.
  if (aggregate.mariadb && concat->distinct && aggregate.order_by.empty())
    aggregate.order_by = arguments;
  if (concat->limit) {
    aggregate.limit = value_of(concat->limit->rowcount);
    if (concat->limit->offset) aggregate.offset = value_of(concat->limit->offset);
    if (!aggregate.limit || (concat->limit->offset && !aggregate.offset))
      unsupported("group_concat with LIMIT");
  }
  return add_output(context, aggregate, concat);
}

size_t Aggregator::add_of_rows(PlanningContext& context, engine::Aggregate aggregate,
                               sql::AggrFunc* function) {
  aggregate.op = op_of(function->op);
  aggregate.distinct = function->distinct && aggregate.op != Op::kMin && aggregate.op != Op::kMax;
  if (pushed_) {
    // DISTINCT was each shard's business: no value is on two of them.
    aggregate.distinct = false;
    aggregate.column = input_column(context, function);
    aggregate.partial = true;
    return add_output(context, aggregate, function);
  }
  for (size_t i = 0; i < function->args.size(); ++i) {
    sql::Expr* argument = function->args[i];
    const engine::OrderBy column = aggregate.distinct
                                       ? compared_column(context, argument)
                                       : engine::OrderBy{input_column(context, argument)};
    if (i == 0) {
      aggregate.column = column.column;
      aggregate.weight_column = column.weight_column;
      aggregate.collation = column.collation;
    } else {
      aggregate.more.push_back(column);
    }
  }
  return add_output(context, aggregate, function);
}

std::optional<size_t> Aggregator::add_function(PlanningContext& context, sql::AggrFunc* function) {
  if (function->over) unsupported("OVER CLAUSE with sharded keyspace");
  engine::Aggregate aggregate;
  aggregate.name = sql::print(function);
  aggregate.mariadb = context.in.flavor == Flavor::kMariaDb;
  sql::Expr* argument = function->args[0];
  auto pushed_function = [&](sql::AggrOp op) {
    auto* copy = context.arena.make<sql::AggrFunc>();
    copy->op = op;
    copy->args.push_back(context.arena, argument);
    return input_column(context, copy);
  };
  const bool distinct =
      function->distinct && function->op != sql::AggrOp::kMin && function->op != sql::AggrOp::kMax;
  if (distinct && distinct_) {
    aggregate.op = function->op == sql::AggrOp::kCount ? Op::kCountDistinct : Op::kSumDistinct;
    aggregate.column = distinct_->column;
    aggregate.weight_column = distinct_->weight_column;
    aggregate.collation = distinct_->collation;
    return add_output(context, aggregate, function);
  }
  switch (function->op) {
    case sql::AggrOp::kCount:
      if (!pushed_) return add_of_rows(context, aggregate, function);
      aggregate.op = Op::kSumCount;
      aggregate.column = input_column(context, function);
      break;
    case sql::AggrOp::kMin:
    case sql::AggrOp::kMax: {
      // They compare an ENUM's text, not its number, which is all that its rows are sorted by.
      if (!pushed_ && is_member(context, argument))
        unsupported(fmt::format("{} of an ENUM or SET over several shards", aggregate.name));
      aggregate.op = op_of(function->op);
      aggregate.column = input_column(context, pushed_ ? function : argument);
      aggregate.weight_column = input->add_weight(context, aggregate.column);
      if (aggregate.weight_column < 0)
        aggregate.collation = input->collation(context, aggregate.column);
      break;
    }
    case sql::AggrOp::kAvg:
      if (!pushed_) return add_of_rows(context, aggregate, function);
      aggregate.op = Op::kAvg;
      aggregate.column = pushed_function(sql::AggrOp::kSum);
      aggregate.count_column = static_cast<int>(pushed_function(sql::AggrOp::kCount));
      break;
    case sql::AggrOp::kAnyValue: aggregate.column = input_column(context, argument); break;
    default: return add_of_rows(context, aggregate, function);
  }
  return add_output(context, aggregate, function);
}

bool Aggregator::needs_weight(PlanningContext& context, size_t column) {
  const engine::Aggregate& of = outputs_[column].aggregate;
  switch (of.op) {
    case Op::kAny:
    case Op::kMin:
    case Op::kMax: return input->needs_weight(context, of.column);
    case Op::kGroupConcat: return this->collation(context, column) == 0;
    case Op::kBitAnd:
    case Op::kBitOr:
    case Op::kBitXor:
    case Op::kJsonArrayAgg:
    case Op::kJsonObjectAgg: return true;
    default: return false;
  }
}

uint32_t Aggregator::collation(PlanningContext& context, size_t column) {
  const engine::Aggregate& of = outputs_[column].aggregate;
  if (of.op == Op::kGroupConcat) return text_collation(context, outputs_[column].expr);
  return of.op == Op::kAny ? input->collation(context, of.column) : of.collation;
}

int Aggregator::add_weight(PlanningContext& context, size_t column) {
  const engine::Aggregate of = outputs_[column].aggregate;
  if (of.op != Op::kAny && of.op != Op::kMin && of.op != Op::kMax) return -1;
  const int weight = of.op == Op::kAny ? input->add_weight(context, of.column) : of.weight_column;
  if (weight < 0) return -1;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const engine::Aggregate& other = outputs_[i].aggregate;
    if (other.op == of.op && other.column == static_cast<size_t>(weight))
      return static_cast<int>(i);
  }
  engine::Aggregate companion;
  companion.op = of.op;  // the least weight is the least value's
  companion.column = static_cast<size_t>(weight);
  return static_cast<int>(add_output(context, companion, nullptr));
}

engine::PrimitivePtr Aggregator::build(PlanningContext& context) {
  std::vector<engine::OrderBy> groups;
  for (const Group& group : groups_) groups.push_back(group.column);
  std::vector<engine::Aggregate> aggregates;
  for (const Output& output : outputs_) aggregates.push_back(output.aggregate);
  return std::make_unique<engine::OrderedAggregate>(input->build(context), std::move(groups),
                                                    std::move(aggregates), groups_.empty());
}

}  // namespace vif::vtgate::plan
