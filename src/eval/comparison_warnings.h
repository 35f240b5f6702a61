// What the server warns of while it compares. Its comparisons go in two steps: constants are
// converted once, before there are rows, and what is left is converted as each row is compared.
// These are the same steps, with no value but for the warnings; the order is the server's.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "eval/compared_side.h"
#include "eval/node.h"

namespace vif::eval {

// Whether a comparison of these may warn by itself: not of two texts, nor of two numbers, that
// stand there as they are.
bool may_warn(const Node& left, const Node& right, Context& context);

// REQUIRES, of all below: the flavor is MySQL's. Errors of what is compared are its own, and come
// with its value: none is thrown here.

// `left` and `right` beside an operator. Constants beside a column of dates or long integers are
// stored in it first.
// `names`: what the two are called where they are arguments of a function; or none.
void warn_before_comparison(const Node& left, const Node& right, Context& context,
                            std::span<const std::string> names = {});
void warn_of_comparison(Operator::Comparison op, const Node& left, const Node& right,
                        Context& context, std::span<const std::string> names = {});

// BETWEEN: value, low, high.
void warn_before_between(std::span<const NodePtr> args, bool negated, Context& context);
void warn_of_between(std::span<const NodePtr> args, bool negated, Context& context);

// IN, of more than one: what is looked for, then the list.
void warn_before_in(std::span<const NodePtr> args, Context& context);
// `matched`: which of `args` is the same, or none, args.size(). `same_column`: of rows, whether the
// left one's column i equals that value or one of them is NULL.
void warn_of_in(std::span<const NodePtr> args, size_t matched,
                const std::function<bool(size_t, const Datum&, const Datum&)>& same_column,
                Context& context);

// CASE's operand beside what follows WHEN, until one is the same. `is_same`: whether it is.
class CaseWarnings {
 public:
  // All must outlive this.
  CaseWarnings(const Node& operand, std::span<const Node* const> conditions, Context& context);
  CaseWarnings(const CaseWarnings&) = delete;
  // Which of the conditions. False when the operand is NULL, which ends it.
  bool beside(size_t condition);

 private:
  std::vector<Side> sides_;  // the operand's first
  Context& context_;
  unsigned seen_ = 0;  // as what the operand has been looked at: a bit each
};

}  // namespace vif::eval
