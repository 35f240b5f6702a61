// Queries that no plan of routes and joins can answer as MySQL would: windows over several shards,
// ROLLUP, recursion, ANY and ALL... A server can. The rows of the query's tables, as far as its own
// conditions let them be cut down, are read from everywhere, and one shard's server runs the query
// over them.
#include "vtgate/plan/gathered.h"

#include <algorithm>

#include "semantics/views.h"
#include "sql/ast.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/fallback.h"
#include "vtgate/engine/gathered.h"
#include "vtgate/engine/route.h"
#include "vtgate/plan/gathered_change.h"
#include "vtgate/plan/steps.h"
#include "vtgate/plan/typed.h"

namespace vif::vtgate::plan {

namespace {

using Form = engine::Gathered::Form;

// Its place in the query's text is a slot for the session's sql_mode.
constexpr std::string_view kModeVariable = "__gathered_mode";

std::string quoted(std::string_view name) {
  std::string out = "`";
  for (const char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
  return out + "`";
}

std::string text_type(std::string_view type, const sharding::Column& column) {
  const std::string& collation = column.collation_name;
  if (collation.empty())
    unsupported(fmt::format("gathering column '{}', whose collation is not known", column.name));
  const std::string charset = collation.substr(0, collation.find('_'));
  return fmt::format("{} character set {} collate {}", type, charset, collation);
}

// How a column of a gathered table is read, carried and made a column again.
struct Carried {
  std::string type;  // JSON_TABLE's
  Form form = Form::kText;
  std::string_view read = "{}";  // from the real table
  std::string_view made = "{}";  // from JSON_TABLE's column
};

// A vschema may list columns without telling their sizes.
std::string with_fraction(std::string_view type, const sharding::Column& column) {
  return column.size > 0 ? fmt::format("{}({})", type, column.size) : std::string(type);
}

std::string character_type(std::string_view type, const sharding::Column& column) {
  return column.size > 0 ? fmt::format("{}({})", type, column.size) : std::string("longtext");
}

bool is_member(const sharding::Column& column) {
  return column.type == types::Type::kEnum || column.type == types::Type::kSet;
}

// The values are SQL text already.
std::string list_of(const sharding::Column& column) {
  return fmt::format("({})", fmt::join(column.values, ", "));
}

Carried carried(const sharding::Column& column, Flavor flavor, bool members_as_text) {
  using types::Type;
  const Form date = column.size == 0           ? Form::kWhole
                    : flavor == Flavor::kMySql ? Form::kDate
                                               : Form::kText;
  switch (column.type) {
    case Type::kInt8: return {"tinyint"};
    case Type::kInt16: return {"smallint"};
    case Type::kInt24: return {"mediumint"};
    case Type::kInt32: return {"int"};
    case Type::kInt64: return {"bigint"};
    case Type::kUint8: return {"tinyint unsigned"};
    case Type::kUint16: return {"smallint unsigned"};
    case Type::kUint24: return {"mediumint unsigned"};
    case Type::kUint32: return {"int unsigned"};
    case Type::kUint64: return {"bigint unsigned"};
    // Its text has fewer digits than it.
    case Type::kFloat32: return {"float", Form::kText, "{} + 0e0"};
    case Type::kFloat64: return {"double"};
    case Type::kDecimal:
      if (column.size == 0) break;
      return {fmt::format("decimal({}, {})", column.size, column.scale)};
    case Type::kDate: return {"date", flavor == Flavor::kMySql ? Form::kDate : Form::kText};
    case Type::kDatetime:
    case Type::kTimestamp: return {with_fraction("datetime", column), date};
    case Type::kTime:
      return {with_fraction("time", column), column.size == 0 ? Form::kWhole : Form::kText};
    case Type::kYear: return {"year"};
    case Type::kChar: return {text_type(character_type("char", column), column)};
    case Type::kVarchar: return {text_type(character_type("varchar", column), column)};
    case Type::kText: return {text_type("longtext", column)};
    case Type::kBinary:
    case Type::kVarbinary:
    case Type::kBlob:
      return {"longtext character set utf8mb4", Form::kBytes, "{}",
              "cast(from_base64({}) as binary)"};
    default: break;
  }
  // MariaDB's JSON_TABLE has none of these; MySQL's has BIT, with other bits than were given.
  if (flavor == Flavor::kMySql) {
    const bool listed = !column.values.empty();
    if (listed && column.type == Type::kEnum) return {text_type("enum" + list_of(column), column)};
    if (listed && column.type == Type::kSet) return {text_type("set" + list_of(column), column)};
    if (column.type == Type::kJson)
      return {"longtext character set utf8mb4", Form::kText, "{}", "cast({} as json)"};
  } else if (members_as_text && is_member(column)) {
    return {text_type("longtext", column)};
  }
  unsupported(fmt::format("gathering column '{}', for its type", column.name));
}

std::string filled(std::string_view pattern, const std::string& column) {
  const size_t at = pattern.find("{}");
  return std::string(pattern.substr(0, at)) + column + std::string(pattern.substr(at + 2));
}

// A condition whose value is the same wherever and however often it is computed.
bool is_plain(const sql::Expr* expr) {
  bool plain = true;
  sql::walk(static_cast<const sql::Node*>(expr), [&](const sql::Node& node) {
    switch (node.kind) {
      case sql::Kind::kLiteral:
      case sql::Kind::kArgument:
      case sql::Kind::kListArg:
      case sql::Kind::kNullVal:
      case sql::Kind::kBoolVal:
      case sql::Kind::kColName:
      case sql::Kind::kAndExpr:
      case sql::Kind::kOrExpr:
      case sql::Kind::kNotExpr:
      case sql::Kind::kComparisonExpr:
      case sql::Kind::kBetweenExpr:
      case sql::Kind::kIsExpr:
      case sql::Kind::kBinaryExpr:
      case sql::Kind::kUnaryExpr:
      case sql::Kind::kValTuple: break;
      default: plain = false;
    }
    return plain;
  });
  return plain;
}

class Gatherer {
 public:
  Gatherer(PlanningContext& context, sql::TableStatement& statement)
      : context_(context), statement_(statement) {}

  engine::PrimitivePtr plan() {
    look_around();
    choose_home();
    for (Reference& reference : references_) {
      reference.stays =
          reference.table->keyspace->name == home_.name &&
          (!home_.sharded || reference.table->type == sharding::TableType::kReference);
    }
    engine::Route::Spec spec;
    spec.routing.opcode = home_.sharded ? engine::Opcode::kReference : engine::Opcode::kUnsharded;
    spec.routing.keyspace = home_.name;
    spec.routing.sharded = home_.sharded;
    spec.timeout_ms = context_.timeout_ms;
    const bool all_at_home = std::all_of(
        references_.begin(), references_.end(),
        [&](const Reference& reference) { return reference.table->keyspace->name == home_.name; });
    if (all_at_home && !sql::is<sql::ValuesStatement>(&statement_)) {
      auto* original = sql::clone(context_.arena, &statement_);
      strip_all_keyspaces(context_, *original);
      spec.field_query = field_query_of(context_, original);
      gathered_.has_own_types = true;
    }
    for (const sql::Select* select : selects_) find_filters(*select);
    members_as_text_ =
        context_.in.flavor == Flavor::kMariaDb && !whole_rows_ && are_members_read_as_text();
    for (Reference& reference : references_) {
      context_.tables_used.insert(reference.table->keyspace->name + "." + reference.table->name);
      if (!reference.stays) gather(reference);
    }
    if (groups_ && context_.in.flavor == Flavor::kMySql) relax_grouping();
    strip_all_keyspaces(context_, statement_);
    spec.query = query_of(&statement_);
    split_mode(spec.query);
    gathered_.query = std::make_unique<engine::Route>(std::move(spec));
    return std::make_unique<engine::Gathered>(std::move(gathered_));
  }

 private:
  struct Reference {
    sql::AliasedTableExpr* node = nullptr;
    sharding::TablePtr table;
    sql::Expr* filter = nullptr;  // null for none
    bool stays = false;

    std::string_view alias() const { return node->as.empty() ? node->table.name : node->as; }
  };

  // What there is, and whether any of it must not be run anywhere but where it stands.
  void look_around() {
    std::set<std::string, std::less<>> ctes;
    sql::walk(static_cast<const sql::Node*>(&statement_), [&](const sql::Node& node) {
      if (const auto* cte = sql::as<sql::CommonTableExpr>(&node))
        ctes.insert(sql::lowered(cte->id));
      return true;
    });
    sql::walk(static_cast<sql::Node*>(&statement_), [&](sql::Node& node) {
      look_at(node);
      if (auto* table = sql::as<sql::AliasedTableExpr>(&node); table && !table->derived)
        refer(*table, ctes);
      return true;
    });
  }

  void look_at(sql::Node& node) {
    switch (node.kind) {
      case sql::Kind::kAssignmentExpr: unsupported("Assignment expression");
      case sql::Kind::kOffset: unsupported("offset");
      case sql::Kind::kArgument:
        context_.names.insert(std::string(sql::to<sql::Argument>(node).name));
        break;
      case sql::Kind::kListArg:
        context_.names.insert(std::string(sql::to<sql::ListArg>(node).name));
        break;
      case sql::Kind::kLockingFunc:
        unsupported("LOCK function in a query that gathers rows in one shard");
      case sql::Kind::kNextval:
        unsupported("NEXT VALUES in a query that gathers rows in one shard");
      case sql::Kind::kSelectInto: unsupported("INTO in a query that gathers rows in one shard");
      case sql::Kind::kJSONTableExpr: break;
      case sql::Kind::kStarExpr: whole_rows_ = true; break;
      case sql::Kind::kColName:
        names_.insert(sql::lowered(sql::to<sql::ColName>(node).name));
        break;
      case sql::Kind::kJoinTableExpr: {
        auto& join = sql::to<sql::JoinTableExpr>(node);
        for (const std::string_view name : join.use) names_.insert(sql::lowered(name));
        whole_rows_ = whole_rows_ || join.join == sql::JoinType::kNatural ||
                      join.join == sql::JoinType::kNaturalLeft ||
                      join.join == sql::JoinType::kNaturalRight;
        break;
      }
      case sql::Kind::kSelect: {
        auto& select = sql::to<sql::Select>(node);
        selects_.push_back(&select);
        if (select.sql_calc_found_rows)
          unsupported("SQL_CALC_FOUND_ROWS in a query that gathers rows in one shard");
        groups_ = groups_ || !select.group_by.empty();
        check_lock(select);
        break;
      }
      case sql::Kind::kUnion: check_lock(sql::to<sql::Union>(node)); break;
      default: break;
    }
  }

  static void check_lock(const sql::TableStatement& statement) {
    if (statement.lock != sql::Lock::kNoLock)
      unsupported("a locking clause in a query that gathers rows in one shard");
  }

  void refer(sql::AliasedTableExpr& node, const std::set<std::string, std::less<>>& ctes) {
    if (node.table.qualifier.empty()) {
      if (node.table.name == "dual") return;
      if (ctes.contains(sql::lowered(node.table.name))) {
        const auto shadowed =
            context_.in.vschema->find_table(context_.in.keyspace, node.table.name);
        if (shadowed.ok() && *shadowed && (*shadowed)->column_list_authoritative) {
          unsupported("a common table expression with a table's name");
        }
        return;
      }
    }
    const std::string_view keyspace = node.table.qualifier.empty()
                                          ? std::string_view(context_.in.keyspace)
                                          : node.table.qualifier;
    // The walk goes on into it.
    if (semantics::expand_view(context_.arena, analysis_options(context_.in), node)) return;
    auto found = context_.in.vschema->find_table_or_vindex(keyspace, node.table.name, "primary");
    if (!found.ok()) throw SqlError{found.error()};
    if (!found->table || found->table->type == sharding::TableType::kSequence)
      unsupported("gathering what is no table");
    if (!node.partitions.empty() || !node.system_time.empty() || node.sample ||
        !node.columns.empty()) {
      unsupported("a part of a table in a query that gathers rows in one shard");
    }
    references_.push_back({&node, found->table});
  }

  void choose_home() {
    if (references_.empty()) {
      const Routing any = Routing::dual(context_);
      home_ = {any.keyspace(), any.sharded()};
      return;
    }
    const sharding::Keyspace* chosen = references_[0].table->keyspace.get();
    for (const Reference& reference : references_) {
      if (reference.table->keyspace->sharded && !chosen->sharded)
        chosen = reference.table->keyspace.get();
    }
    home_ = {chosen->name, chosen->sharded};
  }

  // The tables of a FROM clause whose every row of the result is one of theirs; and how many tables
  // there are.
  static void inner_tables(sql::TableExpr* expr, bool inner,
                           std::vector<sql::AliasedTableExpr*>& found, size_t& count) {
    if (auto* join = sql::as<sql::JoinTableExpr>(expr)) {
      const bool left_outer =
          join->join == sql::JoinType::kLeft || join->join == sql::JoinType::kNaturalLeft;
      const bool right_outer =
          join->join == sql::JoinType::kRight || join->join == sql::JoinType::kNaturalRight;
      inner_tables(join->left, inner && !right_outer, found, count);
      inner_tables(join->right, inner && !left_outer, found, count);
    } else if (auto* paren = sql::as<sql::ParenTableExpr>(expr)) {
      for (sql::TableExpr* each : paren->exprs) inner_tables(each, inner, found, count);
    } else {
      ++count;
      if (auto* table = sql::as<sql::AliasedTableExpr>(expr); table && inner)
        found.push_back(table);
    }
  }

  // Terms of WHERE that are about one table alone hold for its rows before they travel.
  void find_filters(const sql::Select& select) {
    std::vector<sql::AliasedTableExpr*> tables;
    size_t count = 0;
    for (sql::TableExpr* expr : select.from) inner_tables(expr, true, tables, count);
    for (sql::Expr* term : split_and(select.where)) {
      if (!is_plain(term)) continue;
      for (Reference& reference : references_) {
        if (std::find(tables.begin(), tables.end(), reference.node) == tables.end()) continue;
        if (is_about(*term, reference, count == 1)) {
          reference.filter =
              context_.conjunction(reference.filter, sql::clone(context_.arena, term));
        }
      }
    }
  }

  static bool is_about(const sql::Expr& term, const Reference& reference, bool alone) {
    bool any = false;
    bool all = true;
    sql::walk(static_cast<const sql::Node*>(&term), [&](const sql::Node& node) {
      const auto* column = sql::as<sql::ColName>(&node);
      if (!column) return all;
      any = true;
      const bool own = column->qualifier.name.empty()
                           ? alone && reference.table->find_column(column->name) != nullptr
                           : column->qualifier.name == reference.alias();
      all = all && own;
      return all;
    });
    return any && all;
  }

  // Is nothing asked of an ENUM or SET column but what its text answers? Its order, and its number,
  // are its members'.
  bool are_members_read_as_text() {
    std::set<std::string, std::less<>> members;
    for (const Reference& reference : references_) {
      for (const sharding::Column& column : reference.table->columns) {
        if (is_member(column)) members.insert(sql::lowered(column.name));
      }
    }
    std::set<const sql::Node*> sides;
    bool by_number = false;
    sql::walk(static_cast<const sql::Node*>(&statement_), [&](const sql::Node& node) {
      if (const auto* both = sql::as<sql::Union>(&node)) sides.insert({both->left, both->right});
      const auto* order = sql::as<sql::Order>(&node);
      by_number = by_number || (order && sql::is<sql::Literal>(order->expr));
      return true;
    });
    std::set<const sql::Node*> united;  // items: a union's columns are text
    for (const sql::Select* select : selects_) {
      for (const sql::SelectExpr* item : select->exprs) {
        if (sides.contains(select)) united.insert(item);
      }
    }
    // A column of a derived table may go by another name.
    for (size_t known = 0; known != members.size();) {
      known = members.size();
      sql::walk(static_cast<const sql::Node*>(&statement_), [&](const sql::Node& node) {
        const auto* item = sql::as<sql::AliasedExpr>(&node);
        const auto* column = item ? sql::as<sql::ColName>(item->expr) : nullptr;
        if (column && !item->as.empty() && !united.contains(item) &&
            members.contains(sql::lowered(column->name)))
          members.insert(sql::lowered(item->as));
        return true;
      });
    }
    bool text = true;
    sql::rewrite(
        &statement_,
        [&](sql::Cursor& cursor) {
          const auto* column = sql::as<sql::ColName>(cursor.node);
          if (!column || !members.contains(sql::lowered(column->name))) return text;
          const bool item = sql::is<sql::AliasedExpr>(cursor.parent);
          text = text && (item ? !by_number || united.contains(cursor.parent)
                               : reads_text(*cursor.parent, *column));
          return text;
        },
        [](sql::Cursor&) {});
    return text;
  }

  static bool reads_text(const sql::Node& parent, const sql::ColName& column) {
    const auto is_text = [&](const sql::Expr* other) {
      const auto* argument = sql::as<sql::Argument>(other);
      const auto* literal = sql::as<sql::Literal>(other);
      return other == &column || (argument && types::is_text(argument->type)) ||
             (literal && literal->type == sql::LiteralType::kStrVal);
    };
    if (const auto* comparison = sql::as<sql::ComparisonExpr>(&parent)) {
      const auto* list = sql::as<sql::ValTuple>(comparison->right);
      if (!list || comparison->left != &column)
        return is_text(comparison->left) && is_text(comparison->right);
      return std::all_of(list->exprs.begin(), list->exprs.end(), is_text);
    }
    if (const auto* call = sql::as<sql::FuncExpr>(&parent)) {
      for (const char* name : {"concat", "concat_ws", "upper", "lower", "length", "char_length",
                               "left", "right", "replace", "reverse"}) {
        if (sql::equal_ci(call->name, name)) return true;
      }
      return false;
    }
    if (const auto* aggregate = sql::as<sql::AggrFunc>(&parent))
      return aggregate->op == sql::AggrOp::kCount;
    // Of a SELECT: GROUP BY; of a window: PARTITION BY.
    return sql::is<sql::IsExpr>(&parent) || sql::is<sql::Select>(&parent) ||
           sql::is<sql::WindowSpecification>(&parent) || sql::is<sql::GroupConcatExpr>(&parent);
  }

  std::vector<const sharding::Column*> columns_of(const sharding::Table& table) const {
    if (!table.column_list_authoritative || table.columns.empty())
      fail(Code::kInvalidArgument, "VT09015: schema tracking required");
    std::vector<const sharding::Column*> columns;
    for (const sharding::Column& column : table.columns) {
      if ((whole_rows_ && !column.invisible) || names_.contains(sql::lowered(column.name)))
        columns.push_back(&column);
    }
    // As many rows, whatever is in them.
    if (columns.empty()) columns.push_back(&table.columns[0]);
    return columns;
  }

  void gather(Reference& reference) {
    const std::vector<const sharding::Column*> columns = columns_of(*reference.table);
    std::string read;
    std::string made;
    std::string typed;
    engine::Gathered::Input input;
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string name = quoted(columns[i]->name);
      const Carried how = carried(*columns[i], context_.in.flavor, members_as_text_);
      const std::string_view comma = i == 0 ? "" : ", ";
      read += fmt::format("{}{}", comma, filled(how.read, name));
      made += fmt::format("{}{} as {}", comma, filled(how.made, "jt." + name), name);
      typed += fmt::format("{}{} {} path '$[{}]'", comma, name, how.type, i);
      input.columns.push_back(how.form);
    }
    const std::string alias(reference.alias());
    read = fmt::format("select {} from {}.{} as {}", read, quoted(reference.table->keyspace->name),
                       quoted(reference.table->name), quoted(alias));
    const std::string variable = variable_for(read, reference.filter, std::move(input));
    auto& node = *reference.node;
    node.derived = context_.arena.make<sql::DerivedTable>();
    node.derived->select = static_cast<sql::TableStatement*>(parsed(fmt::format(
        "select {} from json_table(:{}, '$[*]' columns({})) as jt", made, variable, typed)));
    node.as = context_.arena.copy(alias);
    node.table = {};
    node.hints.clear();
  }

  // What reads the same rows is read once.
  std::string variable_for(const std::string& read, sql::Expr* filter,
                           engine::Gathered::Input input) {
    auto& select = sql::to<sql::Select>(*parsed(read));
    select.where = filter;
    std::string& variable = variables_[sql::print(&select)];
    if (!variable.empty()) return variable;
    variable = context_.reserve_numbered("__gathered");
    PlanningContext inner(context_.arena, context_.in);
    inner.names = context_.names;
    inner.timeout_ms = context_.timeout_ms;
    inner.allow_scatter = context_.allow_scatter;
    inner.analysis = semantics::analyze(inner.arena, select, analysis_options(context_.in));
    input.rows = plan_query(inner, select)->build(inner);
    input.variable = variable;
    gathered_.inputs.push_back(std::move(input));
    return variable;
  }

  sql::Statement* parsed(const std::string& text) {
    return sql::parse_statement(context_.arena, context_.arena.copy(text));
  }

  void relax_grouping() {
    sql::TableStatement* first = &statement_;
    while (auto* both = sql::as<sql::Union>(first)) first = both->left;
    auto* select = sql::as<sql::Select>(first);
    if (!select || !gathered_.has_own_types) return;
    select->comments.push_back(
        context_.arena,
        context_.arena.copy(fmt::format("/*+ SET_VAR(sql_mode = :{}) */", kModeVariable)));
    gathered_.mode_variable = kModeVariable;
  }

  // The printer sees no variable in a comment.
  void split_mode(engine::Query& query) const {
    if (gathered_.mode_variable.empty()) return;
    const std::string slot = fmt::format(":{}", kModeVariable);
    const size_t at = query.head.find(slot);
    engine::Query::Part part{{std::string(kModeVariable), false}, ""};
    if (at != std::string::npos) {
      part.text = query.head.substr(at + slot.size());
      query.head.resize(at);
      query.parts.insert(query.parts.begin(), std::move(part));
      return;
    }
    for (size_t i = 0; i < query.parts.size(); ++i) {
      const size_t here = query.parts[i].text.find(slot);
      if (here == std::string::npos) continue;
      part.text = query.parts[i].text.substr(here + slot.size());
      query.parts[i].text.resize(here);
      query.parts.insert(query.parts.begin() + static_cast<ptrdiff_t>(i) + 1, std::move(part));
      return;
    }
  }

  struct Home {
    std::string name;
    bool sharded = false;
  };

  PlanningContext& context_;
  sql::TableStatement& statement_;
  engine::Gathered::Spec gathered_;
  Home home_;
  std::vector<Reference> references_;
  std::vector<const sql::Select*> selects_;
  std::set<std::string, std::less<>> names_;      // of all columns named anywhere, lower case
  std::map<std::string, std::string> variables_;  // what is read -> the variable that has it
  bool whole_rows_ = false;                       // columns may be named by stars and natural joins
  bool groups_ = false;
  bool members_as_text_ = false;
};

bool is_query(const sql::Statement& statement) {
  return sql::is<sql::Select>(&statement) || sql::is<sql::Union>(&statement) ||
         sql::is<sql::ValuesStatement>(&statement);
}

}  // namespace

std::shared_ptr<Plan> gathered_plan(const sql::Statement& parsed, const PlanContext& in) {
  sql::Arena arena;
  sql::Statement& statement = *sql::clone(arena, &parsed);
  PlanningContext context(arena, in);
  auto plan = std::make_shared<Plan>();
  plan->query_type = QueryType::kSelect;
  plan->type = PlanType::kComplex;
  plan->root = Gatherer(context, static_cast<sql::TableStatement&>(statement)).plan();
  plan->tables_used.assign(context.tables_used.begin(), context.tables_used.end());
  return plan;
}

namespace {

// Does the gate compute or compare anything, which it may find that it cannot once it sees the
// types?
bool computes(const engine::Description& d) {
  for (const char* type : {"Sort", "Distinct", "Aggregate", "Filter", "Projection"}) {
    if (d.operator_type == type) return true;
  }
  return std::any_of(d.inputs.begin(), d.inputs.end(),
                     [](const engine::Description& input) { return computes(input); });
}

// `(a, b) in (select ...)`: where that is not one shard's business, the engine compares one column
// only.
bool has_row_subquery(const sql::Statement& statement) {
  bool found = false;
  sql::walk(&statement, [&](const sql::Node& node) {
    const auto* comparison = sql::as<sql::ComparisonExpr>(&node);
    found = found || (comparison && sql::is<sql::ValTuple>(comparison->left) &&
                      sql::is<sql::Subquery>(comparison->right));
    return !found;
  });
  return found;
}

Result<std::shared_ptr<const Plan>> build_either(const sql::Parsed& parsed, const PlanContext& in) {
  Result<std::shared_ptr<const Plan>> built = build(parsed, in);
  const sql::Statement& statement = *parsed.statement;
  if (!is_query(statement) || in.destination) return built;
  // Subqueries may name what the select list around them calls its columns, which a server knows.
  const bool may_name_alias =
      !built.ok() && built.error().mysql_errno() == 1054 && semantics::has_subquery(&statement);
  if (!built.ok() && !built.error().message().starts_with("VT12001") && !may_name_alias)
    return built;
  try {
    if (!built.ok()) return std::shared_ptr<const Plan>(gathered_plan(statement, in));
    const engine::Description root = (*built)->root->describe();
    const bool rows = root.operator_type != "Route" && has_row_subquery(statement);
    if (!rows && !computes(root)) return built;
    std::shared_ptr<Plan> gathered = gathered_plan(statement, in);
    if (rows) return std::shared_ptr<const Plan>(std::move(gathered));
    // Nobody else has it yet.
    auto plan = std::const_pointer_cast<Plan>(*built);
    plan->root =
        std::make_unique<engine::Fallback>(std::move(plan->root), std::move(gathered->root));
    return std::shared_ptr<const Plan>(std::move(plan));
  } catch (const SqlError&) {
    return built;
  }
}

}  // namespace

Result<std::shared_ptr<const Plan>> build_gathering(const sql::Parsed& parsed,
                                                    const PlanContext& in) {
  const bool changes =
      sql::is<sql::Update>(parsed.statement) || sql::is<sql::Delete>(parsed.statement);
  if (changes && !in.destination && in.flavor == Flavor::kMySql) {
    try {
      refuse_reading_targets(in, *parsed.statement);
    } catch (const SqlError& error) {
      return error.error;
    }
  }
  Result<std::shared_ptr<const Plan>> built = build_either(parsed, in);
  if (!built.ok() && changes && built.error().message().starts_with("VT12001")) {
    Result<std::shared_ptr<const Plan>> gathered = build_gathered_change(parsed, in);
    return gathered.ok() ? gathered : built;
  }
  if (!built.ok() || in.destination || !is_query(*parsed.statement)) return built;
  // Nobody else has it yet.
  auto plan = std::const_pointer_cast<Plan>(*built);
  plan->root = with_server_types(*parsed.statement, in, std::move(plan->root));
  return built;
}

}  // namespace vif::vtgate::plan
