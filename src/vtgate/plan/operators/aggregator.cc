#include "vtgate/plan/operators/aggregator.h"

#include <algorithm>

#include "sql/ast_func.h"
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
  bool group;  // else the DISTINCT argument
};

}  // namespace

Aggregator::Aggregator(PlanningContext& context, OperatorPtr in, const std::vector<sql::Expr*>& groups,
                       sql::Expr* distinct, const std::vector<semantics::Block::Order>& order)
    : input(std::move(in)) {
  tables = input->tables;
  pushed_ = dynamic_cast<Route*>(input.get());
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
  if (!pushed_ && !keys.empty()) {
    bool direct = true;
    for (const SortKey& key : keys) direct = direct && input->try_add(context, key.expr, "", true).has_value();
    if (!direct) input = std::make_unique<Projection>(std::move(input));
  }
  std::vector<OrderKey> sort;
  for (const SortKey& key : keys) {
    sort.push_back({key.expr, input_column(context, key.expr), key.descending});
    if (pushed_) pushed_->select()->group_by.push_back(context.arena, key.expr);
  }
  if (!sort.empty() && !input->push_order(context, sort)) {
    std::vector<engine::OrderBy> by;
    for (const OrderKey& key : sort) by.push_back(order_column(context, *input, key.column, key.descending));
    input = std::make_unique<Ordering>(std::move(input), std::move(by));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    const engine::OrderBy column = order_column(context, *input, sort[i].column);
    if (keys[i].key == distinct_key_) distinct_ = column;
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

size_t Aggregator::add_output(PlanningContext& context, engine::Aggregate aggregate, sql::Expr* expr) {
  outputs_.push_back({expr ? key_of(context, expr) : "", std::move(aggregate), expr});
  return outputs_.size() - 1;
}

std::optional<size_t> Aggregator::try_add(PlanningContext& context, sql::Expr* expr, std::string_view, bool) {
  const std::string key = key_of(context, expr);
  for (size_t i = 0; i < outputs_.size(); ++i) {
    if (outputs_[i].key == key) return i;
  }
  engine::Aggregate aggregate;
  aggregate.name = sql::print(expr);
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
  if (auto* concat = sql::as<sql::GroupConcatExpr>(expr)) {
    if (concat->distinct || !concat->order_by.empty()) unsupported("cannot evaluate group concat with distinct or order by");
    if (concat->exprs.size() != 1) unsupported("group_concat with more than 1 column");
    if (concat->limit) unsupported("group_concat with LIMIT");
    aggregate.op = Op::kGroupConcat;
    if (!concat->separator.empty()) {
      const std::string quoted(concat->separator.substr(concat->separator.find_first_of("'\"")));
      if (quoted.find('\\') != std::string::npos) unsupported("group_concat with an escaped separator");
      aggregate.separator = quoted.substr(1, quoted.size() - 2);
    }
    aggregate.column = input_column(context, pushed_ ? expr : concat->exprs[0]);
    return add_output(context, aggregate, expr);
  }
  // An expression of a group's expression is computed from that: servers take it for one of the rows.
  bool of_group = false;
  sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
    if (&node == expr || sql::is<sql::ColName>(&node) || node.kind <= sql::Kind::kLiteral || node.kind > sql::Kind::kJSONValueExpr) return true;
    const std::string part = key_of(context, static_cast<const sql::Expr*>(&node));
    for (const Group& group : groups_) of_group = of_group || group.key == part;
    return !of_group;
  });
  if (of_group) return std::nullopt;
  // A column that is not grouped by has one value a group, or any will do.
  if (sql::is<sql::ColName>(expr) || (pushed_ && !semantics::has_aggregate(expr))) {
    if (sql::is<sql::Argument>(expr)) return std::nullopt;
    aggregate.column = input_column(context, expr);
    return add_output(context, aggregate, expr);
  }
  return std::nullopt;
}

std::optional<size_t> Aggregator::add_function(PlanningContext& context, sql::AggrFunc* function) {
  if (function->over) unsupported("OVER CLAUSE with sharded keyspace");
  const std::string text = sql::print(function);
  if (function->args.size() != 1) {
    unsupported(fmt::format("distinct aggregation function with multiple expressions '{}'", text));
  }
  sql::Expr* argument = function->args[0];
  engine::Aggregate aggregate;
  aggregate.name = text;
  auto pushed_function = [&](sql::AggrOp op) {
    auto* copy = context.arena.make<sql::AggrFunc>();
    copy->op = op;
    copy->args.push_back(context.arena, argument);
    return input_column(context, copy);
  };
  const bool distinct = function->distinct && function->op != sql::AggrOp::kMin && function->op != sql::AggrOp::kMax;
  if (distinct && distinct_) {
    if (key_of(context, argument) != distinct_key_) {
      unsupported(fmt::format("only one DISTINCT aggregation is allowed in a SELECT: {}", text));
    }
    if (function->op != sql::AggrOp::kCount && function->op != sql::AggrOp::kSum) {
      unsupported(fmt::format("in scatter query: aggregation function '{}'", text));
    }
    aggregate.op = function->op == sql::AggrOp::kCount ? Op::kCountDistinct : Op::kSumDistinct;
    aggregate.column = distinct_->column;
    aggregate.weight_column = distinct_->weight_column;
    return add_output(context, aggregate, function);
  }
  switch (function->op) {
    case sql::AggrOp::kCount:
      aggregate.op = pushed_ ? Op::kSumCount : Op::kCount;
      aggregate.column = input_column(context, pushed_ ? function : argument);
      break;
    case sql::AggrOp::kSum:
      aggregate.op = Op::kSum;
      aggregate.column = input_column(context, pushed_ ? function : argument);
      break;
    case sql::AggrOp::kMin:
    case sql::AggrOp::kMax: {
      // They compare an ENUM's text, not its number, which is all that its rows are sorted by.
      if (!pushed_ && is_member(context, argument)) unsupported(fmt::format("{} of an ENUM or SET over several shards", text));
      aggregate.op = function->op == sql::AggrOp::kMin ? Op::kMin : Op::kMax;
      aggregate.column = input_column(context, pushed_ ? function : argument);
      aggregate.weight_column = input->add_weight(context, aggregate.column);
      break;
    }
    case sql::AggrOp::kAvg:
      if (distinct) unsupported(fmt::format("in scatter query: aggregation function '{}'", text));
      aggregate.op = Op::kAvg;
      if (pushed_) {
        aggregate.column = pushed_function(sql::AggrOp::kSum);
        aggregate.count_column = static_cast<int>(pushed_function(sql::AggrOp::kCount));
      } else {
        aggregate.column = input_column(context, argument);
      }
      break;
    case sql::AggrOp::kAnyValue: aggregate.column = input_column(context, argument); break;
    default: unsupported(fmt::format("in scatter query: aggregation function '{}'", text));
  }
  return add_output(context, aggregate, function);
}

bool Aggregator::needs_weight(PlanningContext& context, size_t column) {
  const engine::Aggregate& of = outputs_[column].aggregate;
  switch (of.op) {
    case Op::kAny:
    case Op::kMin:
    case Op::kMax: return input->needs_weight(context, of.column);
    case Op::kGroupConcat: return true;
    default: return false;
  }
}

int Aggregator::add_weight(PlanningContext& context, size_t column) {
  const engine::Aggregate of = outputs_[column].aggregate;
  if (of.op != Op::kAny && of.op != Op::kMin && of.op != Op::kMax) return -1;
  const int weight = of.op == Op::kAny ? input->add_weight(context, of.column) : of.weight_column;
  if (weight < 0) return -1;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const engine::Aggregate& other = outputs_[i].aggregate;
    if (other.op == of.op && other.column == static_cast<size_t>(weight)) return static_cast<int>(i);
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
  return std::make_unique<engine::OrderedAggregate>(input->build(context), std::move(groups), std::move(aggregates),
                                                    groups_.empty());
}

}  // namespace vif::vtgate::plan
