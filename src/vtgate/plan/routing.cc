#include "vtgate/plan/routing.h"

#include <algorithm>
#include <set>

#include "sharding/vindex.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::vtgate::plan {

using engine::Opcode;

const sql::ColName* base_column(const semantics::Analysis& analysis, const sql::Expr* expr) {
  const auto* column = sql::as<sql::ColName>(expr);
  while (column && column->table >= 0) {
    const semantics::Table& table = analysis.tables[static_cast<size_t>(column->table)];
    if (!table.derived) return table.table ? column : nullptr;
    const sql::Expr* inner = nullptr;
    for (const semantics::DerivedColumn& derived : table.derived_columns) {
      if (sql::equal_ci(derived.name, column->name)) inner = derived.expr;
    }
    column = sql::as<sql::ColName>(inner);
  }
  return nullptr;
}

namespace {

bool is_null(const sql::Expr* expr) { return sql::is<sql::NullVal>(expr); }

// Is the condition, without looking at any row, never true?
bool never_true(const sql::Expr* expr) {
  if (is_null(expr)) return true;
  if (const auto* value = sql::as<sql::BoolVal>(expr)) return !value->value;
  if (const auto* literal = sql::as<sql::Literal>(expr)) {
    return literal->type == sql::LiteralType::kIntVal &&
           literal->text.find_first_not_of('0') == std::string_view::npos;
  }
  const auto* comparison = sql::as<sql::ComparisonExpr>(expr);
  if (!comparison || comparison->op == sql::ComparisonOp::kNullSafeEqual) return false;
  if (is_null(comparison->left) || is_null(comparison->right)) return true;
  if (const auto* list = sql::as<sql::ValTuple>(comparison->right)) {
    const auto nulls = std::count_if(list->exprs.begin(), list->exprs.end(),
                                     [](const sql::Expr* e) { return is_null(e); });
    if (comparison->op == sql::ComparisonOp::kIn)
      return nulls == static_cast<long>(list->exprs.size());
    return comparison->op == sql::ComparisonOp::kNotIn && nulls != 0;
  }
  const auto* left = sql::as<sql::Literal>(comparison->left);
  const auto* right = sql::as<sql::Literal>(comparison->right);
  if (!left || !right || left->type != sql::LiteralType::kIntVal || right->type != left->type)
    return false;
  const bool same = left->text == right->text;
  return (comparison->op == sql::ComparisonOp::kEqual && !same) ||
         (comparison->op == sql::ComparisonOp::kNotEqual && same);
}

bool usable(const sharding::ColumnVindex& vindex) { return vindex.vindex && !vindex.backfill; }

}  // namespace

Routing Routing::dual(PlanningContext& context) {
  Routing routing;
  const auto& keyspaces = context.in.vschema->keyspaces();
  if (keyspaces.empty())
    fail(Code::kFailedPrecondition,
         "VT09005: no database selected: use keyspace<:shard><@type> or keyspace<[range]><@type> "
         "(<> are optional)");
  auto chosen = keyspaces.find(context.in.keyspace);
  if (chosen == keyspaces.end()) chosen = keyspaces.find("main");
  const sharding::Keyspace& any =
      chosen != keyspaces.end() ? *chosen->second.keyspace : context.in.vschema->first_keyspace();
  routing.keyspace_ = any.name;
  routing.sharded_ = any.sharded;
  return routing;
}

Routing Routing::system(PlanningContext& context) {
  Routing routing = dual(context);
  routing.kind_ = Kind::kSystem;
  const auto* current = context.in.vschema->keyspace(context.in.keyspace);
  if (current) {
    routing.keyspace_ = current->keyspace->name;
    routing.sharded_ = current->keyspace->sharded;
  }
  return routing;
}

Routing Routing::table(PlanningContext& context, size_t number) {
  const sharding::TablePtr table = context.analysis.tables[number].table;
  Routing routing;
  routing.keyspace_ = table->keyspace->name;
  routing.sharded_ = table->keyspace->sharded;
  routing.tables_.push_back(table);
  routing.own_ = semantics::set_of(number);
  if (table->type == sharding::TableType::kSequence) {
    routing.kind_ = Kind::kSequence;
  } else if (!routing.sharded_) {
    routing.kind_ = Kind::kUnsharded;
  } else if (table->type == sharding::TableType::kReference) {
    routing.kind_ = Kind::kAnyShard;
  } else if (table->pinned) {
    routing.kind_ = Kind::kTargeted;
    routing.unique_destination_ = true;
    routing.destination_ = sharding::Destination::keyspace_id(*table->pinned);
  } else {
    routing.kind_ = Kind::kSharded;
    for (const sharding::ColumnVindex& vindex : table->column_vindexes) {
      if (!usable(vindex)) continue;
      routing.candidates_.push_back({number, &vindex, {}});
      // A lookup is asked by its first column; the others only tell its rows apart.
      routing.candidates_.back().values.resize(vindex.vindex->lookup() ? 1 : vindex.columns.size());
    }
  }
  for (const auto& [keyspace, copy] : table->referenced_by) {
    if (auto known = copy.lock()) routing.copies_.push_back({number, known});
  }
  if (table->source) {
    auto source = context.in.vschema->find_table(table->source->keyspace, table->source->name);
    if (source.ok() && *source && (*source)->keyspace->name != routing.keyspace_)
      routing.copies_.push_back({number, *source});
  }
  return routing;
}

void Routing::add_predicate(PlanningContext& context, sql::Expr* predicate) {
  if (kind_ == Kind::kSystem) add_system_predicate(context, predicate);
  if (kind_ != Kind::kSharded) return;
  if (never_true(predicate)) {
    none_ = true;
    return;
  }
  if (auto* comparison = sql::as<sql::ComparisonExpr>(predicate)) {
    if (comparison->op == sql::ComparisonOp::kEqual) {
      const auto* left = sql::as<sql::ValTuple>(comparison->left);
      const auto* right = sql::as<sql::ValTuple>(comparison->right);
      for (size_t i = 0; left && right && i < left->exprs.size() && i < right->exprs.size(); ++i) {
        add_equal(context, left->exprs[i], right->exprs[i]);
        add_equal(context, right->exprs[i], left->exprs[i]);
      }
      add_equal(context, comparison->left, comparison->right);
      add_equal(context, comparison->right, comparison->left);
    } else if (comparison->op == sql::ComparisonOp::kIn) {
      add_in(context, comparison);
    }
  } else if (sql::is<sql::OrExpr>(predicate)) {
    for (Alternatives& either : alternatives(context, predicate)) {
      std::set<std::string> seen;
      std::erase_if(either.values, [&](const engine::ValueExpr& value) {
        return !seen.insert(value.display).second;
      });
      if (either.values.size() == 1) {
        add_value(context, *either.column, {either.values[0], false, nullptr, false});
        continue;
      }
      engine::ValueExpr values;
      values.kind = engine::ValueExpr::Kind::kList;
      for (const engine::ValueExpr& one : either.values) {
        values.display += (values.display.empty() ? "(" : ", ") + one.display;
      }
      values.display += ")";
      values.list = std::move(either.values);
      add_value(context, *either.column, {std::move(values), true, nullptr, false});
    }
  } else if (const auto* between = sql::as<sql::BetweenExpr>(predicate)) {
    add_between(context, *between);
  }
}

// table_schema = 'commerce' means a keyspace; the servers know it by its database's name.
void Routing::add_system_predicate(PlanningContext& context, sql::Expr* predicate) {
  auto* comparison = sql::as<sql::ComparisonExpr>(predicate);
  if (!comparison || comparison->op != sql::ComparisonOp::kEqual) return;
  for (auto [column, value] : {std::pair(comparison->left, &comparison->right),
                               std::pair(comparison->right, &comparison->left)}) {
    const auto* name = sql::as<sql::ColName>(column);
    if (!name) continue;
    const std::string lower = sql::lowered(name->name);
    if (!lower.ends_with("_schema") && lower != "schema_name") continue;
    auto known = value_of(*value);
    if (!known || known->kind == engine::ValueExpr::Kind::kList ||
        known->kind == engine::ValueExpr::Kind::kBindList)
      continue;
    if (known->name == engine::kSchemaVariable) continue;
    if (system_schema_ && system_schema_->display != known->display) continue;
    system_schema_ = std::move(*known);
    *value = context.argument(engine::kSchemaVariable);
    context.rewritten = true;
    return;
  }
}

void Routing::add_equal(PlanningContext& context, const sql::Expr* column, const sql::Expr* value) {
  const sql::ColName* base = base_column(context.analysis, column);
  if (!base) return;
  auto known = value_of(value);
  if (!known || known->kind == engine::ValueExpr::Kind::kList ||
      known->kind == engine::ValueExpr::Kind::kBindList)
    return;
  add_value(context, *base, {std::move(*known), false, nullptr, false});
}

void Routing::add_in(PlanningContext& context, sql::ComparisonExpr* predicate) {
  if (const auto* columns = sql::as<sql::ValTuple>(predicate->left)) {
    add_tuple_in(context, *columns, predicate->right);
    return;
  }
  const sql::ColName* base = base_column(context.analysis, predicate->left);
  if (!base) return;
  auto known = value_of(predicate->right);
  if (!known || (known->kind != engine::ValueExpr::Kind::kList &&
                 known->kind != engine::ValueExpr::Kind::kBindList))
    return;
  // A list that is cut already, by an earlier merge of the same condition, is no list to cut again.
  if (known->name == engine::kListVariable) return;
  // A list of one is that one.
  if (known->list.size() == 1) {
    add_value(context, *base, {known->list[0], false, nullptr, false});
    return;
  }
  add_value(context, *base, {std::move(*known), true, predicate, false});
}

// (a, b) in ((1, 2), (3, 4)): a is 1 or 3.
void Routing::add_tuple_in(PlanningContext& context, const sql::ValTuple& columns,
                           const sql::Expr* list) {
  const auto* rows = sql::as<sql::ValTuple>(list);
  if (!rows) return;
  for (size_t i = 0; i < columns.exprs.size(); ++i) {
    const sql::Expr* column = columns.exprs[i];
    engine::ValueExpr values;
    values.kind = engine::ValueExpr::Kind::kList;
    bool all = true;
    for (const sql::Expr* row : rows->exprs) {
      const auto* tuple = sql::as<sql::ValTuple>(row);
      std::optional<engine::ValueExpr> one;
      if (tuple && i < tuple->exprs.size()) one = value_of(tuple->exprs[i]);
      all = all && one && one->kind != engine::ValueExpr::Kind::kList;
      if (!all) break;
      values.display += (values.list.empty() ? "(" : ", ") + one->display;
      values.list.push_back(std::move(*one));
    }
    if (!all) continue;
    values.display += ")";
    if (const sql::ColName* base = base_column(context.analysis, column)) {
      add_value(context, *base, {std::move(values), true, nullptr, true});
    }
  }
}

// id = 1 or id = 2: one of the values. (id = 1 and x) or (id in (2, 3) and y) too.
std::vector<Routing::Alternatives> Routing::alternatives(PlanningContext& context,
                                                         const sql::Expr* expr) {
  std::vector<Alternatives> found;
  if (const auto* either = sql::as<sql::OrExpr>(expr)) {
    std::vector<Alternatives> left = alternatives(context, either->left);
    const std::vector<Alternatives> right = alternatives(context, either->right);
    for (Alternatives& one : left) {
      for (const Alternatives& other : right) {
        if (one.column->table != other.column->table ||
            !sql::equal_ci(one.column->name, other.column->name))
          continue;
        one.values.insert(one.values.end(), other.values.begin(), other.values.end());
        found.push_back(one);
        break;
      }
    }
    return found;
  }
  if (const auto* both = sql::as<sql::AndExpr>(expr)) {
    found = alternatives(context, both->left);
    for (Alternatives& one : alternatives(context, both->right)) found.push_back(std::move(one));
    return found;
  }
  const auto* comparison = sql::as<sql::ComparisonExpr>(expr);
  if (!comparison) return found;
  auto single = [](const engine::ValueExpr& value) {
    return value.kind == engine::ValueExpr::Kind::kConstant ||
           value.kind == engine::ValueExpr::Kind::kBind;
  };
  if (comparison->op == sql::ComparisonOp::kEqual) {
    for (const auto& [column, value] : {std::pair(comparison->left, comparison->right),
                                        std::pair(comparison->right, comparison->left)}) {
      const sql::ColName* base = base_column(context.analysis, column);
      const auto known = base ? value_of(value) : std::nullopt;
      if (known && single(*known)) found.push_back({base, {*known}});
    }
  } else if (comparison->op == sql::ComparisonOp::kIn) {
    const sql::ColName* base = base_column(context.analysis, comparison->left);
    auto known = base ? value_of(comparison->right) : std::nullopt;
    if (known && known->kind == engine::ValueExpr::Kind::kList)
      found.push_back({base, std::move(known->list)});
  }
  return found;
}

void Routing::add_between(PlanningContext& context, const sql::BetweenExpr& predicate) {
  if (!predicate.is_between) return;
  const sql::ColName* base = base_column(context.analysis, predicate.left);
  auto from = value_of(predicate.from);
  auto to = value_of(predicate.to);
  if (!base || !from || !to) return;
  for (const Candidate& candidate : candidates_) {
    if (candidate.table != static_cast<size_t>(base->table) ||
        candidate.vindex->columns.size() != 1)
      continue;
    if (!sql::equal_ci(candidate.vindex->columns[0], base->name) ||
        !candidate.vindex->vindex->sequential())
      continue;
    Option option;
    option.vindex = candidate.vindex->vindex;
    option.opcode = Opcode::kBetween;
    engine::ValueExpr range;
    range.kind = engine::ValueExpr::Kind::kList;
    range.display = fmt::format("({}, {})", from->display, to->display);
    range.list = {*from, *to};
    option.values = {std::move(range)};
    option.cost = candidate.vindex->cost;
    consider(std::move(option));
  }
}

void Routing::add_value(PlanningContext& context, const sql::ColName& column,
                        Candidate::Value value) {
  const auto& table = context.analysis.tables[static_cast<size_t>(column.table)].table;
  const sharding::Column* known = table ? table->find_column(column.name) : nullptr;
  if (known && types::is_integral(known->type))
    value.value.compared_with = engine::ComparedWith::kInteger;
  if (known && types::is_text(known->type)) {
    value.value.compared_with = engine::ComparedWith::kText;
    // As a number, which many texts are, on any shard.
    if (value.value.is_number) return;
  }
  for (Candidate& candidate : candidates_) {
    if (candidate.table != static_cast<size_t>(column.table)) continue;
    const auto& columns = candidate.vindex->columns;
    bool changed = false;
    for (size_t i = 0; i < candidate.values.size(); ++i) {
      if (!sql::equal_ci(columns[i], column.name)) continue;
      // One value is better than a list of them.
      if (candidate.values[i] && !candidate.values[i]->is_list && value.is_list) continue;
      candidate.values[i] = value;
      changed = true;
    }
    const bool complete = std::all_of(candidate.values.begin(), candidate.values.end(),
                                      [](const auto& v) { return v.has_value(); });
    if (!changed || !complete) continue;
    Option option;
    option.vindex = candidate.vindex->vindex;
    option.unique = candidate.vindex->is_unique;
    option.cost = candidate.vindex->cost;
    bool list = false;
    bool multi = false;
    for (const auto& one : candidate.values) {
      list = list || one->is_list;
      multi = multi || one->from_tuple;
      option.values.push_back(one->value);
      option.keys.push_back(one->value.display);
    }
    if (candidate.vindex->partial) {
      option.opcode = Opcode::kSubShard;
    } else if (multi) {
      option.opcode = Opcode::kMultiEqual;
    } else if (list) {
      option.opcode = Opcode::kIn;
      if (candidate.values.size() == 1) option.list_in = candidate.values[0]->list_in;
    } else {
      option.opcode = option.unique ? Opcode::kEqualUnique : Opcode::kEqual;
    }
    consider(std::move(option));
  }
}

void Routing::consider(Option option) {
  auto rank = [](const Option& o) { return std::tuple(o.opcode, o.cost, !o.unique); };
  if (!best_ || rank(option) < rank(*best_)) best_ = std::move(option);
}

Opcode Routing::opcode() const {
  switch (kind_) {
    case Kind::kUnsharded: return Opcode::kUnsharded;
    case Kind::kAnyShard: return Opcode::kReference;
    case Kind::kDual: return Opcode::kReference;
    case Kind::kSystem: return Opcode::kDba;
    case Kind::kSequence: return Opcode::kNext;
    case Kind::kTargeted: return Opcode::kByDestination;
    case Kind::kSharded: break;
  }
  if (none_) return Opcode::kNone;
  return best_ ? best_->opcode : Opcode::kScatter;
}

int Routing::cost() const {
  switch (opcode()) {
    case Opcode::kEqualUnique: return best_->cost;
    case Opcode::kEqual: return 5 * best_->cost;
    case Opcode::kIn: return 10 * best_->cost;
    case Opcode::kMultiEqual: return 10 * best_->cost;
    case Opcode::kBetween: return 10;
    case Opcode::kSubShard: return 15;
    case Opcode::kScatter: return 20;
    default: return 0;
  }
}

engine::Routing Routing::build(PlanningContext& context) const {
  engine::Routing routing;
  routing.opcode = opcode();
  routing.keyspace = keyspace_;
  routing.sharded = sharded_;
  routing.destination = destination_;
  routing.system_schema = system_schema_;
  for (const Copy& copy : switched_) context.analysis.tables[copy.table].table = copy.to;
  if (kind_ != Kind::kSharded || none_ || !best_) {
    if (routing.opcode == Opcode::kScatter && context.in.no_scatter && !context.allow_scatter) {
      fail(Code::kFailedPrecondition, "VT09025: plan includes scatter, which is disallowed");
    }
    return routing;
  }
  routing.vindex = best_->vindex;
  routing.values = best_->values;
  if (best_->list_in) {
    best_->list_in->right = context.list_argument(engine::kListVariable);
    routing.splits_list = true;
    context.rewritten = true;
  }
  return routing;
}

std::shared_ptr<const sharding::Vindex> Routing::unique_vindex(PlanningContext& context,
                                                               const sql::Expr* expr) const {
  const sql::ColName* base = base_column(context.analysis, expr);
  if (!base) return nullptr;
  const auto& table = context.analysis.tables[static_cast<size_t>(base->table)].table;
  if ((semantics::set_of(static_cast<size_t>(base->table)) & own_) == 0 ||
      std::find(tables_.begin(), tables_.end(), table) == tables_.end())
    return nullptr;
  if (!table->keyspace->sharded || table->type == sharding::TableType::kReference) return nullptr;
  for (const sharding::ColumnVindex& vindex : table->column_vindexes) {
    if (vindex.columns.size() == 1 && vindex.is_unique &&
        sql::equal_ci(vindex.columns[0], base->name))
      return vindex.vindex;
  }
  return nullptr;
}

bool Routing::decides_shard(PlanningContext& context, const sql::Expr* expr) const {
  const auto vindex = unique_vindex(context, expr);
  if (!vindex) return false;
  // A lookup says nothing of NULLs: they are anywhere.
  if (vindex->needs_vcursor()) {
    const sql::ColName* column = base_column(context.analysis, expr);
    const auto& table = context.analysis.tables[static_cast<size_t>(column->table)].table;
    const sharding::Column* known = table->find_column(column->name);
    if (!known || known->nullable) return false;
  }
  const TableSet base =
      semantics::set_of(static_cast<size_t>(base_column(context.analysis, expr)->table));
  return ((semantics::tables_of(context.analysis, expr) | base) & nullable_) == 0;
}

bool Routing::joins_on_vindex(PlanningContext& context, const Routing& a, const Routing& b,
                              const std::vector<sql::Expr*>& predicates) {
  for (const sql::Expr* predicate : predicates) {
    const auto* comparison = sql::as<sql::ComparisonExpr>(predicate);
    if (!comparison || comparison->op != sql::ComparisonOp::kEqual) continue;
    for (const auto& [left, right] : {std::pair(comparison->left, comparison->right),
                                      std::pair(comparison->right, comparison->left)}) {
      const auto one = a.unique_vindex(context, left);
      if (one && one == b.unique_vindex(context, right)) return true;
    }
  }
  return false;
}

// `routing` moved to the keyspace where its reference tables are too; nullopt when they are not.
std::optional<Routing> Routing::moved_to(const Routing& routing, const Routing& other) {
  if (routing.copies_.empty() ||
      (routing.kind_ != Kind::kAnyShard && routing.kind_ != Kind::kUnsharded))
    return std::nullopt;
  Routing moved = routing;
  size_t found = 0;
  for (const Copy& copy : routing.copies_) {
    if (copy.to->keyspace->name != other.keyspace_) continue;
    moved.switched_.push_back(copy);
    moved.tables_[found < moved.tables_.size() ? found : 0] = copy.to;
    ++found;
  }
  if (found != routing.tables_.size()) return std::nullopt;
  moved.keyspace_ = other.keyspace_;
  moved.sharded_ = other.sharded_;
  moved.kind_ = other.sharded_ ? Kind::kAnyShard : Kind::kUnsharded;
  return moved;
}

std::optional<Routing> Routing::merge_system(const Routing& a, const Routing& b) {
  if (a.system_schema_ && b.system_schema_ &&
      a.system_schema_->display != b.system_schema_->display)
    return std::nullopt;
  return a.system_schema_ ? a : b;
}

Routing Routing::with_tables_of(const Routing& other) const {
  Routing merged = *this;
  merged.tables_.insert(merged.tables_.end(), other.tables_.begin(), other.tables_.end());
  merged.own_ |= other.own_;
  merged.copies_.insert(merged.copies_.end(), other.copies_.begin(), other.copies_.end());
  merged.switched_.insert(merged.switched_.end(), other.switched_.begin(), other.switched_.end());
  merged.nullable_ |= other.nullable_;
  return merged;
}

void Routing::any_shard_if_none() {
  if (!none_) return;
  none_ = false;
  kind_ = Kind::kAnyShard;
  candidates_.clear();
  best_.reset();
}

void Routing::mark_nullable(TableSet tables) { nullable_ |= tables; }

std::optional<Routing> Routing::merge(PlanningContext& context, const Routing& a, const Routing& b,
                                      const std::vector<sql::Expr*>& predicates, bool left_outer) {
  if (a.kind_ == Kind::kDual)
    return !left_outer || b.is_single_shard() ? std::optional(b) : std::nullopt;
  if (b.kind_ == Kind::kDual) return a;
  if (a.kind_ == Kind::kSystem && b.kind_ == Kind::kSystem) return merge_system(a, b);
  if (a.keyspace_ != b.keyspace_) {
    if (auto moved = moved_to(a, b)) return merge(context, *moved, b, predicates, left_outer);
    if (auto moved = moved_to(b, a)) return merge(context, a, *moved, predicates, left_outer);
    return std::nullopt;
  }
  const bool plain =
      (a.kind_ == Kind::kUnsharded || a.kind_ == Kind::kAnyShard || a.kind_ == Kind::kSharded) &&
      (b.kind_ == Kind::kUnsharded || b.kind_ == Kind::kAnyShard || b.kind_ == Kind::kSharded);
  if (!plain) {
    if (a.kind_ == Kind::kTargeted && b.kind_ == Kind::kTargeted &&
        a.destination_ == b.destination_)
      return a.with_tables_of(b);
    return std::nullopt;
  }
  if (a.kind_ == Kind::kUnsharded) return a.with_tables_of(b);
  if (b.kind_ == Kind::kAnyShard) return a.with_tables_of(b);
  if (a.kind_ == Kind::kAnyShard) {
    // Every shard has all of the left side: with several shards its unmatched rows would come
    // several times.
    if (left_outer && b.opcode() != Opcode::kEqualUnique) return std::nullopt;
    return b.with_tables_of(a);
  }
  return merge_sharded(context, a, b, predicates, left_outer);
}

std::optional<Routing> Routing::merge_sharded(PlanningContext& context, const Routing& a,
                                              const Routing& b,
                                              const std::vector<sql::Expr*>& predicates,
                                              bool left_outer) {
  const bool same_value = a.opcode() == Opcode::kEqualUnique &&
                          b.opcode() == Opcode::kEqualUnique &&
                          a.best_->vindex == b.best_->vindex && a.best_->keys == b.best_->keys;
  const bool no_rows = !left_outer && (a.none_ || b.none_);
  if (!same_value && !no_rows && !joins_on_vindex(context, a, b, predicates)) return std::nullopt;
  Routing merged = a.with_tables_of(b);
  for (const Candidate& candidate : b.candidates_) {
    merged.candidates_.push_back(candidate);
    // Values in the ON clause of an outer join say nothing about the left side's rows.
    if (left_outer) {
      for (auto& value : merged.candidates_.back().values) value.reset();
    }
  }
  if (!left_outer) {
    merged.none_ = a.none_ || b.none_;
    if (b.best_) merged.consider(*b.best_);
  }
  return merged;
}

std::optional<Routing> Routing::merge_beside(const Routing& a, const Routing& b,
                                             bool all_scatter_too) {
  if (a.kind_ == Kind::kDual) return b.is_single_shard() ? std::optional(b) : std::nullopt;
  if (b.kind_ == Kind::kDual) return a.is_single_shard() ? std::optional(a) : std::nullopt;
  if (a.kind_ == Kind::kSystem && b.kind_ == Kind::kSystem) return merge_system(a, b);
  if (a.keyspace_ != b.keyspace_) return std::nullopt;
  if (a.kind_ == Kind::kUnsharded && b.kind_ == Kind::kUnsharded) return a.with_tables_of(b);
  if (a.kind_ == Kind::kTargeted && b.kind_ == Kind::kTargeted && a.destination_ == b.destination_)
    return a.with_tables_of(b);
  const bool plain = (a.kind_ == Kind::kAnyShard || a.kind_ == Kind::kSharded) &&
                     (b.kind_ == Kind::kAnyShard || b.kind_ == Kind::kSharded);
  if (!plain) return std::nullopt;
  if (b.kind_ == Kind::kAnyShard || b.none_)
    return a.is_single_shard() ? std::optional(a.with_tables_of(b)) : std::nullopt;
  if (a.kind_ == Kind::kAnyShard || a.none_)
    return b.is_single_shard() ? std::optional(b.with_tables_of(a)) : std::nullopt;
  const bool same_value = a.opcode() == Opcode::kEqualUnique &&
                          b.opcode() == Opcode::kEqualUnique &&
                          a.best_->vindex == b.best_->vindex && a.best_->keys == b.best_->keys;
  const bool everywhere =
      all_scatter_too && a.opcode() == Opcode::kScatter && b.opcode() == Opcode::kScatter;
  if (!same_value && !everywhere) return std::nullopt;
  return a.with_tables_of(b);
}

}  // namespace vif::vtgate::plan
