// INSERT: which shard each row goes to, and which values a sequence gives.
#include "vtgate/engine/insert.h"
#include "vtgate/engine/computed_values.h"

#include <algorithm>

#include "sharding/vindex.h"
#include "sql/ast_func.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/dml.h"
#include "vtgate/engine/insert_select.h"
#include "vtgate/engine/upsert.h"
#include "vtgate/plan/steps.h"

namespace vif::vtgate::plan {

namespace {

using sharding::ColumnVindex;

[[noreturn]] void wrong_count() {
  throw SqlError{Error(Code::kInvalidArgument, 1136, "21S01",
                       "VT03006: column count does not match value count with the row")};
}

class Inserting {
 public:
  Inserting(PlanningContext& context, sql::Insert& statement)
      : context_(context), statement_(statement), table_(context.analysis.tables[0].table) {}

  engine::PrimitivePtr plan() {
    if (!table_) fail(Code::kInvalidArgument, "VT09014: vindex cannot be modified");
    redirect_reference();
    const bool sharded = table_->keyspace->sharded;
    if (sharded && !statement_.returning.empty())
      unsupported("INSERT ... RETURNING on sharded keyspace");
    if (sharded && table_->column_vindexes.empty() &&
        table_->type != sharding::TableType::kReference) {
      fail(Code::kFailedPrecondition,
           fmt::format("VT09001: table '{}' does not have a primary vindex", table_->name));
    }
    spec_.keyspace = table_->keyspace->name;
    spec_.sharded = sharded;
    spec_.table = table_->name;
    spec_.ignore = statement_.ignore || (sharded && !statement_.on_dup.empty());
    spec_.multi_shard_autocommit = context_.multi_shard_autocommit;
    spec_.timeout_ms = context_.timeout_ms;
    return sharded ? plan_sharded() : plan_unsharded();
  }

 private:
  void redirect_reference() {
    if (!table_->source) return;
    auto source = context_.in.vschema->find_table(table_->source->keyspace, table_->source->name);
    if (!source.ok()) throw SqlError{source.error()};
    table_ = *source;
    context_.analysis.tables[0].table = table_;
  }

  // Statement text without what is not the servers' business.
  void strip() {
    strip_all_keyspaces(context_, statement_);
    if (statement_.table.name != table_->name) {
      statement_.table.name = context_.arena.copy(table_->name);
      context_.rewritten = true;
    }
  }

  engine::PrimitivePtr plan_unsharded() {
    if (statement_.select && (table_->auto_increment || !in_one_keyspace())) {
      list_columns();
      return plan_moved_rows(plan_query(context_, *statement_.select));
    }
    if (has_subqueries() && !in_one_keyspace())
      unsupported("subquery in INSERT values over several keyspaces");
    if (table_->auto_increment) {
      list_columns();
      generate();
    }
    strip();
    spec_.prefix = query_of(&statement_);
    spec_.prefix.verbatim = !context_.rewritten;
    return finished();
  }

  bool has_subqueries() const {
    return std::any_of(statement_.values.begin(), statement_.values.end(),
                       [](const sql::ValTuple* row) { return semantics::has_subquery(row); });
  }

  bool in_one_keyspace() const {
    return std::all_of(context_.analysis.tables.begin(), context_.analysis.tables.end(),
                       [&](const semantics::Table& table) {
                         return !table.table ||
                                table.table->keyspace->name == table_->keyspace->name;
                       });
  }

  engine::PrimitivePtr plan_sharded() {
    if (statement_.select) return plan_select_source();
    if (has_subqueries()) unsupported("subquery in INSERT values");
    if (table_->type == sharding::TableType::kReference) return plan_copies();
    list_columns();
    for (const sql::ValTuple* row : statement_.values) {
      if (row->exprs.size() != statement_.columns.size()) wrong_count();
    }
    const bool one_by_one = goes_one_by_one();
    check_on_duplicate(one_by_one);
    if (!one_by_one) check_replace();
    if (table_->auto_increment) generate();
    add_vindexes();
    if (one_by_one) return plan_upsert();
    strip();
    cut_text();
    return finished();
  }

  // Rows that stay on the shard that they are read from: the target's sharding key is filled from
  // the source's.
  engine::PrimitivePtr plan_select_source() {
    list_columns();
    const auto* select = sql::as<sql::Select>(statement_.select);
    const bool stars = !select || std::any_of(select->exprs.begin(), select->exprs.end(),
                                              [](const sql::SelectExpr* e) {
                                                return !sql::is<sql::AliasedExpr>(e);
                                              });
    if (select && (stars ? select->exprs.size() > statement_.columns.size()
                         : select->exprs.size() != statement_.columns.size())) {
      wrong_count();
    }
    OperatorPtr op = plan_query(context_, *statement_.select);
    auto* route = dynamic_cast<Route*>(op.get());
    if (table_->type == sharding::TableType::kReference) {
      // Read once, so that every shard gets the same.
      spec_.copies = true;
      return plan_moved_rows(std::move(op));
    }
    const ColumnVindex* primary = table_->primary_vindex();
    const int key = primary && primary->columns.size() == 1 ? find_column(primary->columns[0]) : -1;
    const bool plain = route && route->is_pure() && !stars && key >= 0 && !table_->auto_increment &&
                       table_->column_vindexes.size() == 1 && statement_.on_dup.empty();
    if (!plain) return plan_moved_rows(std::move(op));
    const auto* item = sql::as<sql::AliasedExpr>(select->exprs[static_cast<size_t>(key)]);
    const bool stays = route->routing.keyspace() == table_->keyspace->name &&
                       route->routing.unique_vindex(context_, item->expr) == primary->vindex &&
                       route->routing.decides_shard(context_, item->expr);
    if (!stays) return plan_moved_rows(std::move(op));
    engine::Dml::Spec spec;
    spec.verb = engine::Dml::Verb::kInsertSelect;
    spec.routing = route->routing.build(context_);
    strip();
    strip_keyspaces(context_, statement_.select);
    spec.query = query_of(&statement_);
    spec.table = table_->name;
    spec.multi_shard_autocommit = context_.multi_shard_autocommit;
    spec.timeout_ms = context_.timeout_ms;
    return std::make_unique<engine::Dml>(std::move(spec));
  }

  // A reference table's rows are the same on every shard, so their values must be too.
  engine::PrimitivePtr plan_copies() {
    sql::walk(static_cast<const sql::Node*>(&statement_), [&](const sql::Node& node) {
      const auto* function = sql::as<sql::FuncExpr>(&node);
      bool differs = sql::is<sql::CurTimeFuncExpr>(&node);
      for (const std::string_view name :
           {"uuid", "rand", "now", "sysdate", "random_bytes", "uuid_short", "unix_timestamp"}) {
        differs = differs || (function && sql::equal_ci(function->name, name));
      }
      if (differs) unsupported("a value that each shard would make anew, in a reference table");
      return true;
    });
    if (table_->auto_increment) {
      list_columns();
      generate();
    }
    strip();
    spec_.copies = true;
    spec_.prefix = query_of(&statement_);
    spec_.prefix.verbatim = !context_.rewritten;
    return std::make_unique<engine::Insert>(std::move(spec_));
  }

  // Rows are read by `op`, and inserted where they belong.
  engine::PrimitivePtr plan_moved_rows(OperatorPtr op) {
    check_on_duplicate(false);
    if (table_->keyspace->sharded && !statement_.on_dup.empty() && owns_lookup())
      unsupported(
          "INSERT ... SELECT ... ON DUPLICATE KEY UPDATE into a table that owns a lookup vindex");
    check_replace();
    if (statement_.row_alias) unsupported("INSERT ... SELECT with a row alias over several shards");
    engine::InsertSelect::Spec spec;
    spec.columns = statement_.columns.size();
    spec.source = op->build(context_);
    statement_.select = nullptr;
    if (table_->auto_increment) {
      const sharding::AutoIncrement& auto_increment = *table_->auto_increment;
      if (!auto_increment.sequence) unsupported("auto-increment column without a sequence");
      spec.generated = find_or_add_column(auto_increment.column);
      spec_.generate = sequence_query(auto_increment);
    }
    for (size_t v = 0; table_->keyspace->sharded && v < table_->column_vindexes.size(); ++v) {
      const ColumnVindex& vindex = table_->column_vindexes[v];
      if (vindex.partial) continue;
      const bool given = std::all_of(vindex.columns.begin(), vindex.columns.end(),
                                     [&](const std::string& c) { return find_column(c) >= 0; });
      if (!given && v != 0) continue;
      if (!given) unsupported("INSERT ... SELECT without the sharding key");
      std::vector<size_t>& at = spec.vindex_columns.emplace_back();
      for (const std::string& column : vindex.columns)
        at.push_back(static_cast<size_t>(find_column(column)));
      spec_.vindexes.push_back({vindex.vindex,
                                vindex.columns,
                                {},
                                null_error(vindex, true),
                                is_integer(vindex),
                                is_owned(vindex)});
    }
    strip();
    cut_text();
    spec.insert = std::move(spec_);
    return std::make_unique<engine::InsertSelect>(std::move(spec));
  }

  // The names of the columns that the values are for.
  void list_columns() {
    // `insert into t () values ()`: all defaults.
    const bool defaults = statement_.columns.empty() && !statement_.values.empty() &&
                          std::all_of(statement_.values.begin(), statement_.values.end(),
                                      [](const sql::ValTuple* row) { return row->exprs.empty(); });
    if (defaults) {
      statement_.has_columns = true;
      return;
    }
    if (statement_.has_columns && !statement_.columns.empty()) {
      for (const sql::ValTuple* row : statement_.values) {
        if (row->exprs.size() != statement_.columns.size()) wrong_count();
      }
      return;
    }
    if (!table_->column_list_authoritative) {
      fail(Code::kInvalidArgument,
           "VT09004: INSERT should contain column list or the table should have authoritative "
           "columns in vschema");
    }
    statement_.has_columns = true;
    statement_.columns = {};
    for (const sharding::Column& column : table_->columns) {
      if (!column.invisible)
        statement_.columns.push_back(context_.arena, context_.arena.copy(column.name));
    }
    context_.rewritten = true;
    for (const sql::ValTuple* row : statement_.values) {
      if (row->exprs.size() != statement_.columns.size()) wrong_count();
    }
  }

  int find_column(std::string_view name) const {
    for (size_t i = 0; i < statement_.columns.size(); ++i) {
      if (sql::equal_ci(statement_.columns[i], name)) return static_cast<int>(i);
    }
    return -1;
  }
  size_t find_or_add_column(std::string_view name) {
    const int found = find_column(name);
    if (found >= 0) return static_cast<size_t>(found);
    statement_.columns.push_back(context_.arena, context_.arena.copy(name));
    for (sql::ValTuple* row : statement_.values)
      row->exprs.push_back(context_.arena, context_.arena.make<sql::NullVal>());
    context_.rewritten = true;
    return statement_.columns.size() - 1;
  }

  // A value that must be known before the row is sent. An expression is computed first, and goes
  // out as what it gave.
  engine::ValueExpr value_at(sql::ValTuple& row, size_t column) {
    const sql::Expr* expr = row.exprs[column];
    if (sql::is<sql::Default>(expr)) expr = context_.arena.make<sql::NullVal>();
    // A charset does not change the bytes that are looked up.
    if (const auto* introduced = sql::as<sql::IntroducerExpr>(expr)) expr = introduced->expr;
    if (auto value = value_of(expr); value && value->kind != engine::ValueExpr::Kind::kList)
      return *value;
    if (const auto* name = sql::as<sql::ColName>(expr)) {
      fail(Code::kInvalidArgument,
           fmt::format("cannot lookup column '{}' (column access not supported here)", name->name));
    }
    // It sets what LAST_INSERT_ID() says, so the server gets it as it is. Its value is its
    // argument.
    if (const auto* call = sql::as<sql::FuncExpr>(expr);
        call && sql::equal_ci(call->name, "last_insert_id") && call->exprs.size() == 1) {
      const auto given = value_of(call->exprs[0]);
      if (given && given->kind != engine::ValueExpr::Kind::kList) return *given;
    }
    Result<engine::Expression> compiled = engine::Expression::make(
        *expr, {{}, context_.in.collation}, context_.in.flavor == Flavor::kMariaDb);
    if (!compiled.ok())
      unsupported(
          fmt::format("an expression for a vindex or sequence column: {}", sql::print(expr)));
    computed_.push_back({fmt::format("__computed{}", computed_.size()), std::move(*compiled)});
    row.exprs[column] = context_.argument(computed_.back().name);
    context_.rewritten = true;
    return *value_of(row.exprs[column]);
  }

  engine::PrimitivePtr finished() {
    engine::PrimitivePtr insert = std::make_unique<engine::Insert>(std::move(spec_));
    if (computed_.empty()) return insert;
    return std::make_unique<engine::ComputedValues>(std::move(computed_), statement_.ignore,
                                                    std::move(insert));
  }

  static engine::Insert::Generate sequence_query(const sharding::AutoIncrement& auto_increment) {
    engine::Insert::Generate generate;
    generate.keyspace = auto_increment.sequence->keyspace->name;
    std::string name;
    sql::append_name(name, auto_increment.sequence->name);
    generate.query.head = "select next ";
    generate.query.parts.push_back({{"n", false}, fmt::format(" values from {}", name)});
    return generate;
  }

  void generate() {
    const sharding::AutoIncrement& auto_increment = *table_->auto_increment;
    if (!auto_increment.sequence) unsupported("auto-increment column without a sequence");
    const size_t column = find_or_add_column(auto_increment.column);
    engine::Insert::Generate generate = sequence_query(auto_increment);
    for (size_t i = 0; i < statement_.values.size(); ++i) {
      sql::ValTuple& row = *statement_.values[i];
      generate.rows.push_back(value_at(row, column));
      row.exprs[column] = context_.argument(fmt::format("__seq{}", i));
    }
    spec_.generate = std::move(generate);
    context_.rewritten = true;
  }

  static bool is_owned(const ColumnVindex& vindex) {
    return vindex.owned && vindex.vindex && vindex.vindex->lookup();
  }

  // The rows that it takes away would leave their entries behind.
  void check_replace() const {
    if (!statement_.replace) return;
    for (const ColumnVindex& vindex : table_->column_vindexes) {
      if (is_owned(vindex))
        unsupported(
            fmt::format("REPLACE into a table that owns a lookup vindex ({})", vindex.name));
    }
  }

  bool is_integer(const ColumnVindex& vindex) const {
    const sharding::Column* column =
        vindex.columns.size() == 1 ? table_->find_column(vindex.columns[0]) : nullptr;
    return column && types::is_integral(column->type);
  }

  // What a server says of a key without a value; nothing where NULL might be a value.
  std::optional<Error> null_error(const ColumnVindex& vindex, bool given) const {
    const sharding::Column* column =
        vindex.columns.size() == 1 ? table_->find_column(vindex.columns[0]) : nullptr;
    if (!column || column->nullable) return std::nullopt;
    if (given)
      return Error(Code::kInvalidArgument, 1048, "23000",
                   fmt::format("Column '{}' cannot be null", column->name));
    if (!column->default_expr.empty()) return std::nullopt;
    return Error(Code::kInvalidArgument, 1364, "HY000",
                 fmt::format("Field '{}' doesn't have a default value", column->name));
  }

  void add_vindexes() {
    for (size_t v = 0; v < table_->column_vindexes.size(); ++v) {
      const ColumnVindex& vindex = table_->column_vindexes[v];
      if (vindex.partial) continue;
      // A column that is not given and need not be: the row's place is known without it.
      const bool given = std::all_of(vindex.columns.begin(), vindex.columns.end(),
                                     [&](const std::string& c) { return find_column(c) >= 0; });
      if (v != 0 && !given) continue;
      engine::Insert::ColumnVindex values;
      values.vindex = vindex.vindex;
      values.columns = vindex.columns;
      values.null_error = null_error(vindex, given);
      values.is_integer = is_integer(vindex);
      values.owned = is_owned(vindex);
      std::vector<size_t> at;
      for (const std::string& column : vindex.columns) at.push_back(find_or_add_column(column));
      for (sql::ValTuple* row : statement_.values) {
        std::vector<engine::ValueExpr>& one = values.rows.emplace_back();
        for (const size_t column : at) one.push_back(value_at(*row, column));
      }
      spec_.vindexes.push_back(std::move(values));
    }
  }

  bool owns_lookup() const {
    return std::any_of(table_->column_vindexes.begin(), table_->column_vindexes.end(), is_owned);
  }

  // Rows may be in the way whose entries have to change, or that are on another shard.
  bool goes_one_by_one() const {
    return (statement_.replace || !statement_.on_dup.empty()) && !statement_.ignore &&
           owns_lookup() && !table_->primary_key.empty();
  }

  void check_on_duplicate(bool changes_entries) const {
    for (const sql::UpdateExpr* change : statement_.on_dup) {
      for (const ColumnVindex& vindex : table_->column_vindexes) {
        if (changes_entries && is_owned(vindex)) continue;
        for (const std::string& column : vindex.columns) {
          if (!sql::equal_ci(column, change->name->name)) continue;
          const auto* values = sql::as<sql::ValuesFuncExpr>(change->expr);
          if (values && sql::equal_ci(values->name->name, change->name->name)) continue;
          const auto* itself = sql::as<sql::ColName>(change->expr);
          if (itself && itself->qualifier.empty() &&
              sql::equal_ci(itself->name, change->name->name))
            continue;
          unsupported("DML cannot update vindex column");
        }
      }
    }
  }

  engine::PrimitivePtr plan_upsert();

  // "insert into t(a, b) values ", each row, " on duplicate key update ...".
  void cut_text() {
    const sql::List<sql::ValTuple*> rows = statement_.values;
    spec_.rows.clear();
    for (const sql::ValTuple* row : rows) spec_.rows.push_back(query_of(row));
    // A row that prints as nothing else can show where the rows stand.
    auto* mark = context_.arena.make<sql::ValTuple>();
    mark->exprs.push_back(context_.arena, context_.argument("__rows"));
    statement_.values = {};
    statement_.values.push_back(context_.arena, mark);
    engine::Query whole = query_of(&statement_);
    statement_.values = rows;
    auto split = std::find_if(whole.parts.begin(), whole.parts.end(),
                              [](const auto& part) { return part.slot.name == "__rows"; });
    VIF_ASSERT(split != whole.parts.end());
    spec_.suffix.head = split->text.substr(1);  // the mark's ')'
    spec_.suffix.parts.assign(split + 1, whole.parts.end());
    whole.parts.erase(split, whole.parts.end());
    std::string& before = whole.parts.empty() ? whole.head : whole.parts.back().text;
    before.pop_back();  // its '('
    spec_.prefix = std::move(whole);
  }

  PlanningContext& context_;
  sql::Insert& statement_;
  sharding::TablePtr table_;
  engine::Insert::Spec spec_;
  std::vector<engine::ComputedValues::One> computed_;
};

// What one row of an upsert looks for and changes.
class UpsertRow {
 public:
  UpsertRow(PlanningContext& context, const sql::Insert& statement, const sharding::Table& table,
            const sql::ValTuple& row)
      : context_(context), statement_(statement), table_(table), row_(row) {}

  sql::Expr* value_of_column(std::string_view name) {
    for (size_t i = 0; i < statement_.columns.size(); ++i) {
      if (!sql::equal_ci(statement_.columns[i], name)) continue;
      if (sql::is<sql::Default>(row_.exprs[i])) break;
      check_constant(row_.exprs[i]);
      return sql::clone(context_.arena, row_.exprs[i]);
    }
    auto* fallback = context_.arena.make<sql::Default>();
    fallback->col_name = context_.arena.copy(name);
    return fallback;
  }

  // The row that has the same key.
  sql::Expr* same(const std::vector<std::string>& columns) {
    sql::Expr* where = nullptr;
    for (const std::string& name : columns) {
      auto* equal = context_.arena.make<sql::ComparisonExpr>();
      auto* column = context_.arena.make<sql::ColName>();
      column->name = context_.arena.copy(name);
      equal->op = sql::ComparisonOp::kEqual;
      equal->left = column;
      equal->right = value_of_column(name);
      where = context_.conjunction(where, equal);
    }
    return where;
  }

  engine::Upsert::Text find(const std::vector<std::string>& key) {
    auto* select = context_.arena.make<sql::Select>();
    auto* item = context_.arena.make<sql::AliasedExpr>();
    auto* one = context_.arena.make<sql::Literal>();
    one->type = sql::LiteralType::kIntVal;
    one->text = "1";
    item->expr = one;
    select->exprs.push_back(context_.arena, item);
    select->from.push_back(context_.arena, target());
    select->where = same(key);
    select->lock = sql::Lock::kForUpdate;
    return text_of(select);
  }

  engine::Upsert::Text take_away(const std::vector<std::string>& key) {
    auto* gone = context_.arena.make<sql::Delete>();
    auto* table = target();
    gone->targets.push_back(context_.arena, table->table);
    gone->tables.push_back(context_.arena, table);
    gone->where = same(key);
    return text_of(gone);
  }

  engine::Upsert::Text change(const std::vector<std::string>& key) {
    auto* update = context_.arena.make<sql::Update>();
    update->tables.push_back(context_.arena, target());
    for (const sql::UpdateExpr* set : statement_.on_dup) {
      auto* one = context_.arena.make<sql::UpdateExpr>();
      one->name = sql::clone(context_.arena, set->name);
      one->name->qualifier = {};
      one->expr = with_values(sql::clone(context_.arena, set->expr));
      if (!keeps_key(key, *one)) update->exprs.push_back(context_.arena, one);
    }
    if (update->exprs.empty()) {
      // Nothing changes, which is said by a column that stays.
      auto* stays = context_.arena.make<sql::UpdateExpr>();
      auto* column = context_.arena.make<sql::ColName>();
      column->name = context_.arena.copy(key[0]);
      stays->name = column;
      stays->expr = sql::clone(context_.arena, column);
      update->exprs.push_back(context_.arena, stays);
    }
    update->where = same(key);
    return text_of(update);
  }

 private:
  // A key's column that gets the value by which the row was found.
  bool keeps_key(const std::vector<std::string>& key, const sql::UpdateExpr& set) {
    const bool of_key = std::any_of(key.begin(), key.end(), [&](const std::string& name) {
      return sql::equal_ci(name, set.name->name);
    });
    if (!of_key || !table_.primary_vindex()) return false;
    const auto& primary = table_.primary_vindex()->columns;
    const bool sharding = std::any_of(primary.begin(), primary.end(), [&](const std::string& c) {
      return sql::equal_ci(c, set.name->name);
    });
    return sharding && sql::print(set.expr) == sql::print(value_of_column(set.name->name));
  }

  void check_constant(const sql::Expr* expr) const {
    sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
      if (sql::is<sql::ColName>(&node))
        unsupported("values of other columns in a row that a lookup vindex is kept for");
      return true;
    });
  }

  std::optional<std::string_view> column_of_alias(const sql::ColName& name) const {
    const sql::RowAlias* alias = statement_.row_alias;
    if (!alias) return std::nullopt;
    const bool qualified = name.qualifier.name == alias->table;
    if (alias->columns.empty())
      return qualified ? std::optional<std::string_view>(name.name) : std::nullopt;
    if (!qualified && !name.qualifier.empty()) return std::nullopt;
    for (size_t i = 0; i < alias->columns.size() && i < statement_.columns.size(); ++i) {
      if (sql::equal_ci(alias->columns[i], name.name)) return statement_.columns[i];
    }
    return std::nullopt;
  }

  sql::Expr* with_values(sql::Expr* expr) {
    return static_cast<sql::Expr*>(sql::rewrite(
        expr,
        [&](sql::Cursor& cursor) {
          if (const auto* values = sql::as<sql::ValuesFuncExpr>(cursor.node)) {
            cursor.replace(value_of_column(values->name->name));
            return false;
          }
          auto* name = sql::as<sql::ColName>(cursor.node);
          if (!name) return true;
          if (const auto column = column_of_alias(*name)) {
            cursor.replace(value_of_column(*column));
          } else {
            name->qualifier = {};
          }
          return false;
        },
        [](sql::Cursor&) {}));
  }

  sql::AliasedTableExpr* target() {
    auto* table = context_.arena.make<sql::AliasedTableExpr>();
    table->table.qualifier = context_.arena.copy(table_.keyspace->name);
    table->table.name = context_.arena.copy(table_.name);
    return table;
  }

  static engine::Upsert::Text text_of(const sql::Node* statement) {
    engine::Upsert::Text text;
    text.sql = sql::print(statement);
    sql::walk(statement, [&](const sql::Node& node) {
      if (const auto* argument = sql::as<sql::Argument>(&node))
        text.variables.emplace_back(argument->name);
      return true;
    });
    return text;
  }

  PlanningContext& context_;
  const sql::Insert& statement_;
  const sharding::Table& table_;
  const sql::ValTuple& row_;
};

engine::PrimitivePtr Inserting::plan_upsert() {
  std::vector<std::vector<std::string>> keys{table_->primary_key};
  for (const ColumnVindex& vindex : table_->column_vindexes) {
    if (is_owned(vindex) && vindex.vindex->is_unique()) keys.push_back(vindex.columns);
  }
  std::erase_if(keys, [&](const std::vector<std::string>& key) {
    return std::any_of(key.begin(), key.end(),
                       [&](const std::string& column) { return find_column(column) < 0; });
  });
  engine::Upsert::Spec upsert;
  upsert.replace = statement_.replace;
  for (const sql::UpdateExpr* change : statement_.on_dup) {
    sql::walk(static_cast<const sql::Node*>(change), [&](const sql::Node& node) {
      upsert.deprecated += sql::is<sql::ValuesFuncExpr>(&node);
      return true;
    });
  }
  if (context_.in.flavor == Flavor::kMariaDb) upsert.deprecated = 0;
  for (sql::ValTuple* row : statement_.values) {
    engine::Upsert::Row& one = upsert.rows.emplace_back();
    UpsertRow parts(context_, statement_, *table_, *row);
    for (const std::vector<std::string>& columns : keys) {
      engine::Upsert::Key& key = one.keys.emplace_back();
      for (const std::string& column : columns)
        key.values.push_back(value_at(*row, static_cast<size_t>(find_column(column))));
      if (!statement_.replace) key.find = parts.find(columns);
      key.change = statement_.replace ? parts.take_away(columns) : parts.change(columns);
    }
  }
  strip();
  cut_text();
  upsert.shown = spec_;
  upsert.generate = std::move(spec_.generate);
  spec_.generate.reset();
  spec_.ignore = false;
  statement_.replace = false;
  statement_.on_dup = {};
  statement_.row_alias = nullptr;
  cut_text();
  for (size_t i = 0; i < upsert.rows.size(); ++i) {
    engine::Insert::Spec one = spec_;
    one.rows = {spec_.rows[i]};
    for (engine::Insert::ColumnVindex& vindex : one.vindexes) vindex.rows = {vindex.rows[i]};
    upsert.rows[i].insert = std::make_unique<engine::Insert>(std::move(one));
  }
  engine::PrimitivePtr plan = std::make_unique<engine::Upsert>(std::move(upsert));
  if (computed_.empty()) return plan;
  return std::make_unique<engine::ComputedValues>(std::move(computed_), statement_.ignore,
                                                  std::move(plan));
}

}  // namespace

engine::PrimitivePtr plan_insert(PlanningContext& context, sql::Insert& statement) {
  return Inserting(context, statement).plan();
}

}  // namespace vif::vtgate::plan
