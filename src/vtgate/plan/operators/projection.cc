#include "vtgate/plan/operators/projection.h"

#include "vtgate/engine/simple_projection.h"
#include "vtgate/plan/expression.h"

namespace vif::vtgate::plan {

std::optional<size_t> Projection::try_add(PlanningContext& context, sql::Expr* expr,
                                          std::string_view alias, bool reuse) {
  const std::string key = key_of(context, expr);
  if (reuse) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].key == key) return i;
    }
  }
  columns.push_back({to_offsets(context, *input, expr), key, std::string(alias)});
  return columns.size() - 1;
}

bool Projection::needs_weight(PlanningContext& context, size_t column) {
  const auto* offset = sql::as<sql::Offset>(columns[column].expr);
  return offset ? input->needs_weight(context, static_cast<size_t>(offset->v))
                : plan::needs_weight(context, columns[column].expr);
}

uint32_t Projection::collation(PlanningContext& context, size_t column) {
  const auto* offset = sql::as<sql::Offset>(columns[column].expr);
  return offset ? input->collation(context, static_cast<size_t>(offset->v)) : 0;
}

int Projection::add_weight(PlanningContext& context, size_t column) {
  const auto* offset = sql::as<sql::Offset>(columns[column].expr);
  return offset ? pass_on(context, input->add_weight(context, static_cast<size_t>(offset->v))) : -1;
}

int Projection::force_weight(PlanningContext& context, size_t column) {
  const auto* offset = sql::as<sql::Offset>(columns[column].expr);
  if (!offset) return Operator::force_weight(context, column);
  return pass_on(context, input->force_weight(context, static_cast<size_t>(offset->v)));
}

int Projection::pass_on(PlanningContext& context, int weight) {
  if (weight < 0) return -1;
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto* other = sql::as<sql::Offset>(columns[i].expr);
    if (other && other->v == weight) return static_cast<int>(i);
  }
  auto* reference = context.arena.make<sql::Offset>();
  reference->v = weight;
  columns.push_back({reference, "", ""});
  return static_cast<int>(columns.size()) - 1;
}

bool Projection::push_order(PlanningContext& context, const std::vector<OrderKey>& keys) {
  std::vector<OrderKey> lower;
  for (const OrderKey& key : keys) {
    const auto* offset = sql::as<sql::Offset>(columns[key.column].expr);
    if (!offset) return false;
    lower.push_back({key.expr, static_cast<size_t>(offset->v), key.descending});
  }
  return input->push_order(context, lower);
}

engine::PrimitivePtr Projection::build(PlanningContext& context) {
  engine::PrimitivePtr below = input->build(context);
  std::vector<engine::SimpleProjection::Column> picks;
  std::vector<ProjectedColumn> computed;
  bool simple = true;
  for (const Column& column : columns) {
    computed.push_back({column.expr, column.name});
    if (const auto* offset = sql::as<sql::Offset>(column.expr)) {
      picks.push_back({static_cast<size_t>(offset->v), column.name});
    } else {
      simple = false;
    }
  }
  if (!simple) return projection_primitive(context, std::move(below), computed);
  return std::make_unique<engine::SimpleProjection>(std::move(below), std::move(picks));
}

}  // namespace vif::vtgate::plan
