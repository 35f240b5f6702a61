#include "sql/conjunction.h"

#include <algorithm>
#include <vector>

#include "sql/balanced.h"

namespace vif::sql {

namespace {

AndExpr* both(Arena& arena, Expr* left, Expr* right, bool balanced) {
  auto* node = arena.make<AndExpr>();
  node->left = left;
  node->right = right;
  node->balanced = balanced;
  return node;
}

size_t levels(const Expr* run, Expr* AndExpr::*side) {
  size_t levels = 0;
  for (const auto* node = as<AndExpr>(run); node; node = as<AndExpr>(node->*side)) ++levels;
  return levels;
}

// The bits of a binary counter: to the left a full tree, to the right what does not fill another
// one of its height yet.
Expr* grown(Arena& arena, Expr* run, Expr* more) {
  const auto* node = as<AndExpr>(run);
  if (!node || levels(node->right, &AndExpr::right) >= levels(node->left, &AndExpr::left))
    return both(arena, run, more, true);
  return both(arena, node->left, grown(arena, node->right, more), true);
}

}  // namespace

Expr* conjunction(Arena& arena, Expr* all, Expr* more) {
  if (!all) return more;
  if (!more) return all;
  const auto* node = as<AndExpr>(all);
  if (node && node->balanced) return grown(arena, all, more);
  if (levels(all, &AndExpr::left) < kBalanceAbove) return both(arena, all, more, false);
  std::vector<Expr*> terms;
  for (; node; node = as<AndExpr>(node->left)) {
    terms.push_back(node->right);
    all = node->left;
  }
  terms.push_back(all);
  std::reverse(terms.begin(), terms.end());
  return grown(arena, balanced<AndExpr>(arena, terms.data(), terms.size()), more);
}

}  // namespace vif::sql
