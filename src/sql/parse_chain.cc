// Long runs of one operator, so that nobody's recursion is as deep as a run is long. What a run is
// kept as depends on its printed text alone: parentheses around a part that it begins with, which
// are not printed, make no other tree.
#include "sql/parse_core.h"
#include "sql/print_core.h"

namespace vif::sql {

namespace {

// ---- AND, OR, XOR: a balanced tree

template <typename T>
void collect_balanced(Expr* node, std::vector<Expr*>& operands) {
  T* both = as<T>(node);
  if (both == nullptr || !both->balanced) return operands.push_back(node);
  collect_balanced<T>(both->left, operands);
  collect_balanced<T>(both->right, operands);
}

template <typename T>
Expr* balance_chain(Arena& arena, Expr* chain) {
  std::vector<Expr*> last_first;
  Expr* first = chain;
  while (is<T>(first) && !static_cast<T*>(first)->balanced) {
    last_first.push_back(static_cast<T*>(first)->right);
    first = static_cast<T*>(first)->left;
  }
  std::vector<Expr*> operands;
  collect_balanced<T>(first, operands);
  operands.insert(operands.end(), last_first.rbegin(), last_first.rend());
  if (operands.size() <= kBalanceAbove) return chain;
  return balanced<T>(arena, operands.data(), operands.size());
}

// ---- the operators of numbers: beside each other

Expr* flat_chain(Arena& arena, Expr* chain) {
  const int level = precedence(chain);
  std::vector<const BinaryExpr*> last_first;
  Expr* first = chain;
  while (is<BinaryExpr>(first) && precedence(first) == level) {
    last_first.push_back(static_cast<BinaryExpr*>(first));
    first = static_cast<BinaryExpr*>(first)->left;
  }
  const auto* begun = precedence(first) == level ? as<ChainExpr>(first) : nullptr;
  if (begun == nullptr && last_first.size() < kFlatAbove) return chain;
  ChainExpr* flat = arena.make<ChainExpr>();
  if (begun != nullptr) {
    *flat = *begun;
  } else {
    flat->exprs.push_back(arena, first);
  }
  for (size_t i = last_first.size(); i-- > 0;) {
    flat->exprs.push_back(arena, last_first[i]->right);
    flat->ops.push_back(arena, last_first[i]->op);
  }
  return flat;
}

// concat(concat(a, b), c) as concat(a, b, c)
Expr* flat_concat(Arena& arena, Expr* chain, size_t count) {
  std::vector<Expr*> operands(count);
  for (size_t i = count - 1; i > 0; --i) {
    const FuncExpr* call = static_cast<FuncExpr*>(chain);
    operands[i] = call->exprs[1];
    chain = call->exprs[0];
  }
  operands[0] = chain;
  FuncExpr* flat = arena.make<FuncExpr>();
  flat->name = "concat";
  for (Expr* operand : operands) flat->exprs.push_back(arena, operand);
  return flat;
}

// ---- UNIONs of one kind: which are united first is of no matter

bool continues(const TableStatement* query, const Union& kind) {
  const auto* both = as<Union>(query);
  return both != nullptr && both->op == SetOp::kUnion && both->distinct == kind.distinct &&
         !needs_parens(*both);
}

void collect_unions(TableStatement* query, const Union& kind, std::vector<TableStatement*>& all) {
  std::vector<TableStatement*> last_first;
  for (; continues(query, kind); query = static_cast<Union*>(query)->left)
    last_first.push_back(static_cast<Union*>(query)->right);
  all.push_back(query);
  for (size_t i = last_first.size(); i-- > 0;) collect_unions(last_first[i], kind, all);
}

TableStatement* united(Arena& arena, TableStatement* left, TableStatement* right,
                       const Union& kind) {
  Union* node = arena.make<Union>();
  node->distinct = kind.distinct;
  node->left = left;
  node->right = right;
  return node;
}

TableStatement* balanced(Arena& arena, TableStatement* const* queries, size_t count,
                         const Union& kind) {
  if (count == 1) return queries[0];
  return united(arena, balanced(arena, queries, (count + 1) / 2, kind),
                balanced(arena, queries + (count + 1) / 2, count / 2, kind), kind);
}

}  // namespace

// What a run of that many operands, or of more, is kept as.
Expr* Parser::end_run(Expr* chain, size_t operands, bool may_be_longer) {
  if (operands <= kBalanceAbove && !may_be_longer) return chain;
  switch (chain->kind) {
    case Kind::kAndExpr: return balance_chain<AndExpr>(arena_, chain);
    case Kind::kOrExpr: return balance_chain<OrExpr>(arena_, chain);
    case Kind::kXorExpr: return balance_chain<XorExpr>(arena_, chain);
    case Kind::kBinaryExpr: return flat_chain(arena_, chain);
    default: return operands > kBalanceAbove ? flat_concat(arena_, chain, operands) : chain;
  }
}

// The same of UNIONs: `chain` is the last of them.
TableStatement* Parser::end_unions(TableStatement* chain) {
  const Union& kind = *static_cast<Union*>(chain);
  size_t count = 1;
  bool from_left = true;
  for (TableStatement* at = chain; continues(at, kind); at = static_cast<Union*>(at)->left) {
    ++count;
    from_left = from_left && !continues(static_cast<Union*>(at)->right, kind);
  }
  if (from_left && count <= kBalanceAbove) return chain;
  std::vector<TableStatement*> queries;
  collect_unions(chain, kind, queries);
  if (queries.size() > kBalanceAbove) return balanced(arena_, queries.data(), queries.size(), kind);
  TableStatement* left = queries[0];
  for (size_t i = 1; i < queries.size(); ++i) left = united(arena_, left, queries[i], kind);
  return left;
}

}  // namespace vif::sql
