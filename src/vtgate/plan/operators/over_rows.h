// What operators are made of that leave their input's columns as they are.
#pragma once

#include "vtgate/plan/operators/operator.h"

namespace vif::vtgate::plan {

// Takes rows away, or puts them into another order.
class OverRows : public Operator {
 public:
  explicit OverRows(OperatorPtr in) : input(std::move(in)) { tables = input->tables; }

  OperatorPtr input;

  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override {
    return input->try_add(context, expr, alias, reuse);
  }
  bool needs_weight(PlanningContext& context, size_t column) override {
    return input->needs_weight(context, column);
  }
  int add_weight(PlanningContext& context, size_t column) override {
    return input->add_weight(context, column);
  }
  int force_weight(PlanningContext& context, size_t column) override {
    return input->force_weight(context, column);
  }
  uint32_t collation(PlanningContext& context, size_t column) override {
    return input->collation(context, column);
  }
  bool takes_aliases(TableSet used) const override { return input->takes_aliases(used); }
  size_t column_count() const override { return input->column_count(); }
};

// May keep its last columns to itself. One that is asked for later is shown again, and with it all.
class Narrowing : public OverRows {
 public:
  using OverRows::OverRows;

  std::optional<size_t> try_add(PlanningContext& context, sql::Expr* expr, std::string_view alias,
                                bool reuse) override {
    const auto column = OverRows::try_add(context, expr, alias, reuse);
    if (column) show(*column);
    return column;
  }
  int add_weight(PlanningContext& context, size_t column) override {
    return shown(OverRows::add_weight(context, column));
  }
  int force_weight(PlanningContext& context, size_t column) override {
    return shown(OverRows::force_weight(context, column));
  }
  size_t column_count() const override {
    return visible_ != 0 ? visible_ : OverRows::column_count();
  }
  bool truncate(size_t count) override {
    visible_ = count;
    return true;
  }

 private:
  void show(size_t column) {
    if (column >= visible_) visible_ = 0;
  }
  int shown(int column) {
    if (column >= 0) show(static_cast<size_t>(column));
    return column;
  }

 protected:
  size_t visible_ = 0;  // 0: all
};

}  // namespace vif::vtgate::plan
