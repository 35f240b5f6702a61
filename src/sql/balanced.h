// Long runs of AND, OR and XOR as balanced trees, so that nobody's recursion is as deep as a run is
// long.
#pragma once

#include "sql/ast_expr.h"

namespace vif::sql {

// Runs up to this many operands are left-deep.
inline constexpr size_t kBalanceAbove = 64;

// `operands` in their order. T: AndExpr, OrExpr, XorExpr. REQUIRES: count > 0.
template <typename T>
Expr* balanced(Arena& arena, Expr* const* operands, size_t count) {
  if (count == 1) return operands[0];
  T* node = arena.make<T>();
  node->left = balanced<T>(arena, operands, (count + 1) / 2);
  node->right = balanced<T>(arena, operands + (count + 1) / 2, count / 2);
  node->balanced = true;
  return node;
}

}  // namespace vif::sql
