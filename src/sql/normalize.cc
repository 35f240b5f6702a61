#include "sql/normalize.h"

#include <algorithm>
#include <array>
#include <map>

#include "sql/ast.h"
#include "sql/comments.h"
#include "sql/fingerprint.h"
#include "sql/printer.h"
#include "sql/temporal_literal.h"

namespace vif::sql {

namespace {

using types::Type;
using types::Value;

constexpr size_t kSharedLengthMax = 256;

// Session variables whose value the gate knows.
constexpr std::string_view kGateVariables[] = {"autocommit",
                                               "charset",
                                               "client_found_rows",
                                               "ddl_strategy",
                                               "migration_context",
                                               "names",
                                               "transaction_mode",
                                               "read_after_write_gtid",
                                               "read_after_write_timeout",
                                               "enable_system_settings",
                                               "session_track_gtids",
                                               "session_uuid",
                                               "skip_query_plan_cache",
                                               "socket",
                                               "sql_select_limit",
                                               "version",
                                               "version_comment",
                                               "query_timeout",
                                               "workload"};

struct FunctionRewrite {
  std::string_view function;
  std::string_view argument;
};
constexpr std::string_view kDatabaseArgument = "__vtdbname";
constexpr FunctionRewrite kFunctions[] = {{"last_insert_id", "__lastInsertId"},
                                          {"database", kDatabaseArgument},
                                          {"schema", kDatabaseArgument},
                                          {"found_rows", "__vtfrows"},
                                          {"row_count", "__vtrcount"}};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return out;
}

// A name of letters, digits and _ that any bind variable may have.
std::string compliant(std::string_view text) {
  std::string out(text);
  for (size_t i = 0; i < out.size(); ++i) {
    const char c = out[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    if (!letter && (i == 0 || c < '0' || c > '9')) out[i] = '_';
  }
  return out;
}

// Hands out names of bind variables that the statement does not use.
class ReservedNames {
 public:
  ReservedNames(std::string prefix, const Node* statement) : prefix_(std::move(prefix)) {
    walk(statement, [&](const Node& node) {
      if (const auto* arg = as<Argument>(&node)) used_.emplace(arg->name);
      if (const auto* list = as<ListArg>(&node)) used_.emplace(list->name);
      return true;
    });
    for (const std::string& name : used_) fast_ = fast_ && !name.starts_with(prefix_);
  }

  std::string next() {
    for (;;) {
      std::string name = prefix_ + std::to_string(++counter_);
      if (fast_ || used_.insert(name).second) return name;
    }
  }

  std::string for_column(const ColName& column) {
    std::string name = compliant(column.name);
    if (!column.qualifier.empty()) name = compliant(column.qualifier.name) + "_" + name;
    if (fast_ && name.starts_with(prefix_)) name = "_" + name;
    if (used_.insert(name).second) return name;
    for (int& number = numbers_[name];;) {
      std::string candidate = name + std::to_string(++number);
      if (used_.insert(candidate).second) return candidate;
    }
  }

 private:
  std::string prefix_;
  std::set<std::string, std::less<>> used_;
  std::map<std::string, int> numbers_;  // the last given, of each column's name
  int counter_ = 0;
  bool fast_ = true;
};

bool fits_int64(std::string_view text) {
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  if (text.size() != 19) return text.size() < 19;
  return text <= "9223372036854775807";
}

Type type_of(LiteralType type) {
  switch (type) {
    case LiteralType::kStrVal: return Type::kVarchar;
    case LiteralType::kIntVal: return Type::kInt64;
    case LiteralType::kDecimalVal: return Type::kDecimal;
    case LiteralType::kFloatVal: return Type::kFloat64;
    case LiteralType::kHexNum: return Type::kHexNum;
    case LiteralType::kHexVal: return Type::kHexVal;
    case LiteralType::kBitNum: return Type::kBitNum;
    case LiteralType::kDateVal: return Type::kDate;
    case LiteralType::kTimeVal: return Type::kTime;
    case LiteralType::kTimestampVal: return Type::kDatetime;
  }
  return Type::kNull;
}

Value value_of(LiteralType type, std::string_view text) {
  switch (type) {
    case LiteralType::kHexNum: return {Type::kHexNum, "0x" + upper(text.substr(2))};
    case LiteralType::kHexVal: return {Type::kHexVal, "x'" + upper(text) + "'"};
    case LiteralType::kBitNum: return {Type::kBitNum, "0b" + std::string(text.substr(2))};
    default: return {type_of(type), std::string(text)};
  }
}

// nullopt: no bind variable can hold it.
std::optional<Value> value_of(const Expr* expr) {
  const auto* literal = as<Literal>(expr);
  if (literal == nullptr) return std::nullopt;
  if (literal->type == LiteralType::kIntVal && !fits_int64(literal->text)) return std::nullopt;
  return value_of(literal->type, literal->text);
}

bool is_system_schema(std::string_view schema) {
  return equal_ci(schema, "information_schema") || equal_ci(schema, "performance_schema") ||
         equal_ci(schema, "sys") || equal_ci(schema, "mysql");
}

bool is_dual(const TableExpr* table) {
  const auto* aliased = as<AliasedTableExpr>(table);
  return aliased != nullptr && aliased->derived == nullptr && aliased->table.name == "dual";
}

std::optional<ComparisonOp> inverse(ComparisonOp op) {
  switch (op) {
    case ComparisonOp::kEqual: return ComparisonOp::kNotEqual;
    case ComparisonOp::kNotEqual: return ComparisonOp::kEqual;
    case ComparisonOp::kLessThan: return ComparisonOp::kGreaterEqual;
    case ComparisonOp::kGreaterEqual: return ComparisonOp::kLessThan;
    case ComparisonOp::kGreaterThan: return ComparisonOp::kLessEqual;
    case ComparisonOp::kLessEqual: return ComparisonOp::kGreaterThan;
    case ComparisonOp::kIn: return ComparisonOp::kNotIn;
    case ComparisonOp::kNotIn: return ComparisonOp::kIn;
    case ComparisonOp::kLike: return ComparisonOp::kNotLike;
    case ComparisonOp::kNotLike: return ComparisonOp::kLike;
    case ComparisonOp::kRegexp: return ComparisonOp::kNotRegexp;
    case ComparisonOp::kNotRegexp: return ComparisonOp::kRegexp;
    case ComparisonOp::kNullSafeEqual: return std::nullopt;
  }
  return std::nullopt;
}

class Normalizer {
 public:
  Normalizer(Parsed& parsed, const NormalizeOptions& options, const ParseOptions& parsing)
      : parsed_(parsed),
        arena_(*parsed.arena),
        options_(options),
        names_(options.prefix, parsed.statement),
        parameterize_(options.parameterize) {
    if (parameterize_) number_groups(parsing);
  }

  Normalized run() {
    switch (parsed_.statement->kind) {
      case Kind::kSelect:
      case Kind::kUnion:
      case Kind::kInsert:
      case Kind::kUpdate:
      case Kind::kDelete:
      case Kind::kCallProc:
      case Kind::kStream:
      case Kind::kVExplainStmt: break;
      default: parameterize_ = false;
    }
    const auto* select = as<Select>(parsed_.statement);
    rewrites_database_ = select != nullptr && select->from.size() == 1 && is_dual(select->from[0]);
    parsed_.statement = static_cast<Statement*>(go(parsed_.statement));
    return std::move(result_);
  }

 private:
  // Which group of the fingerprint's each literal is in.
  void number_groups(const ParseOptions& parsing) {
    Fingerprint print;
    fingerprint(parsed_.text, parsing.sql_mode, print);
    int32_t group = -1;
    for (const LiteralRef& literal : print.literals) {
      if (literal.list != 2) ++group;
      groups_.push_back(group);
    }
  }

  Node* go(Node* root) {
    return rewrite(
        root, [this](Cursor& cursor) { return down(cursor); },
        [this](Cursor& cursor) { up(cursor); });
  }

  bool parameterizes() const { return parameterize_ && !(in_derived_ > 0 && unnamed_ > 0); }

  // A column without a name keeps, as its name, what was written when something in it was
  // rewritten.
  size_t rewrites() const {
    return session_values_ + static_cast<size_t>(result_.needs.other_rewrites);
  }

  bool down(Cursor& cursor) {
    switch (cursor.node->kind) {
      case Kind::kBegin:
      case Kind::kCommit:
      case Kind::kRollback:
      case Kind::kSavepoint:
      case Kind::kSRollback:
      case Kind::kRelease:
      case Kind::kOtherAdmin:
      case Kind::kAnalyze:
      case Kind::kPrepareStmt:
      case Kind::kExecuteStmt:
      case Kind::kFramePoint:
      case Kind::kColName:
      case Kind::kConvertType:
      case Kind::kSelectInto:
      case Kind::kJtColumnDefinition:  // its path must stay a literal
      case Kind::kCreateProcedure: return false;
      case Kind::kAssignmentExpr:
        throw SqlError{Error(Code::kUnimplemented, "VT12001: unsupported: Assignment expression")};
      case Kind::kDerivedTable: ++in_derived_; break;
      case Kind::kSelect: {
        ++in_select_;
        auto& select = to<Select>(*cursor.node);
        if (options_.select_limit > 0 && select.limit == nullptr) select.limit = select_limit();
        break;
      }
      case Kind::kAliasedExpr: {
        const auto& item = to<AliasedExpr>(*cursor.node);
        if (!item.as.empty() || item.as_empty) break;
        ++unnamed_;
        open_items_.push_back({cursor.node, print(item.expr), rewrites()});
        break;
      }
      case Kind::kComparisonExpr: {
        auto& comparison = to<ComparisonExpr>(*cursor.node);
        if (comparison.op == ComparisonOp::kIn || comparison.op == ComparisonOp::kNotIn) {
          list_of_values(comparison);
        } else {
          comparison.right = compared(comparison.left, comparison.right);
        }
        break;
      }
      case Kind::kFuncExpr: reorder(to<FuncExpr>(*cursor.node)); break;
      case Kind::kUpdateExpr: {
        auto& change = to<UpdateExpr>(*cursor.node);
        change.expr = compared(change.name, change.expr);
        break;
      }
      case Kind::kStarExpr: return false;
      default: break;
    }
    return true;
  }

  void up(Cursor& cursor) {
    Node& node = *cursor.node;
    hints(node);
    switch (node.kind) {
      case Kind::kDerivedTable: --in_derived_; break;
      case Kind::kSelect: --in_select_; break;
      case Kind::kAliasedExpr: name_item(to<AliasedExpr>(node)); break;
      case Kind::kUnion: {
        auto& all = to<Union>(node);
        if (options_.select_limit > 0 && all.limit == nullptr) all.limit = select_limit();
        break;
      }
      case Kind::kFuncExpr:
        reorder(to<FuncExpr>(node));
        function(cursor, to<FuncExpr>(node));
        break;
      case Kind::kVariable: variable(cursor, to<Variable>(node)); break;
      case Kind::kSubquery: subquery(cursor, to<Subquery>(node)); break;
      case Kind::kNotExpr: negation(cursor, to<NotExpr>(node)); break;
      case Kind::kAliasedTableExpr: table(to<AliasedTableExpr>(node)); break;
      case Kind::kExistsExpr: exists(cursor, to<ExistsExpr>(node)); break;
      case Kind::kAggrFunc: {
        // DISTINCT changes nothing of a greatest or least value.
        auto& aggregate = to<AggrFunc>(node);
        if (!aggregate.distinct || (aggregate.op != AggrOp::kMax && aggregate.op != AggrOp::kMin))
          break;
        aggregate.distinct = false;
        ++result_.needs.other_rewrites;
        break;
      }
      case Kind::kLiteral: literal(cursor, to<Literal>(node)); break;
      default: break;
    }
  }

  // Vitess walks two arguments of these calls in the other order, and so numbers their bind
  // variables: they stand so while the arguments are gone over.
  static void reorder(FuncExpr& call) {
    if (!call.qualifier.empty()) return;
    const auto swap = [&](size_t first) {
      if (call.exprs.size() > first + 1) std::swap(call.exprs[first], call.exprs[first + 1]);
    };
    if (equal_ci(call.name, "regexp_substr")) swap(2);
    if (equal_ci(call.name, "regexp_replace")) swap(3);
    if (equal_ci(call.name, "st_geohash") && call.exprs.size() == 3) swap(0);
  }

  Limit* select_limit() {
    Limit* limit = arena_.make<Limit>();
    Literal* count = arena_.make<Literal>();
    count->type = LiteralType::kIntVal;
    count->text = arena_.copy(std::to_string(options_.select_limit));
    limit->rowcount = count;
    return limit;
  }

  void hints(Node& node) {
    switch (node.kind) {
      case Kind::kSelect:
      case Kind::kInsert:
      case Kind::kUpdate:
      case Kind::kDelete:
      case Kind::kStream:
      case Kind::kVStream: break;
      default: return;
    }
    Comments* notes = comments_of(static_cast<Statement&>(node));
    if (!options_.set_var_comment.empty())
      *notes = with_query_hint(arena_, *notes, options_.set_var_comment);
    if (options_.foreign_key_checks.has_value()) {
      *notes = with_set_var(arena_, *notes, "foreign_key_checks",
                            *options_.foreign_key_checks ? "On" : "Off");
    }
  }

  void name_item(AliasedExpr& item) {
    if (open_items_.empty() || open_items_.back().node != &item) return;
    const OpenItem& open = open_items_.back();
    if (rewrites() > open.rewrites) item.as = arena_.copy(open.text);
    open_items_.pop_back();
    --unnamed_;
  }

  // ---- literals

  Argument* argument(std::string_view name, const Literal& literal) {
    Argument* arg = arena_.make<Argument>();
    arg->name = arena_.copy(name);
    arg->type = type_of(literal.type);
    std::string_view text = literal.text;
    const size_t dot = text.find('.');
    if (arg->type == Type::kDecimal) {
      const size_t point = text.find('.');
      const bool whole = point == std::string_view::npos;
      arg->size = static_cast<int32_t>(whole ? text.size() : text.size() - 1);
      arg->scale = static_cast<int32_t>(whole ? 0 : text.size() - 1 - point);
    } else if ((arg->type == Type::kDatetime || arg->type == Type::kTime) &&
               dot != std::string_view::npos) {
      arg->size = static_cast<int32_t>(text.size() - dot - 1);
    }
    return arg;
  }

  void add(const std::string& name, const Literal& literal, const Value& value) {
    result_.bind_variables[name] = types::BindVariable(value);
    ArgumentSource source;
    source.name = name;
    if (literal.index >= 0 && static_cast<size_t>(literal.index) < groups_.size()) {
      source.groups.push_back(groups_[static_cast<size_t>(literal.index)]);
    } else {
      source.constant = value;
    }
    result_.arguments.push_back(std::move(source));
  }

  static std::pair<LiteralType, std::string> key(const Literal& literal) {
    return {literal.type, std::string(literal.text)};
  }

  void literal(Cursor& cursor, Literal& literal) {
    if (!parameterizes()) return;
    const bool shared =
        in_select_ > 0 && !is<Limit>(cursor.parent) && literal.text.size() <= kSharedLengthMax;
    // A UNION's ORDER BY stands in no SELECT; a position there is no value either.
    if (is<Order>(cursor.parent) || (in_select_ > 0 && is_grouped(cursor))) return;
    check_temporal_literal(literal);
    const bool negative = take_sign(literal);
    const std::optional<Value> value = value_of(&literal);
    if (!value.has_value()) {
      if (negative) literal.text = arena_.copy("-" + std::string(literal.text));
      return;
    }
    std::string name;
    if (shared) {
      const auto [known, is_new] = values_.try_emplace(key(literal));
      if (is_new) {
        known->second = names_.next();
        add(known->second, literal, *value);
      }
      name = known->second;
    } else {
      name = names_.next();
      add(name, literal, *value);
    }
    Expr* put = argument(name, literal);
    if (negative) {
      UnaryExpr* minus = arena_.make<UnaryExpr>();
      minus->op = UnaryOp::kMinus;
      minus->expr = put;
      put = minus;
    }
    cursor.replace(put);
  }

  // The parser makes a number's sign the number's; a bind variable holds the number without it,
  // behind a minus.
  static bool signed_number(const Literal& literal) {
    return literal.text.starts_with('-') &&
           (literal.type == LiteralType::kIntVal || literal.type == LiteralType::kDecimalVal ||
            literal.type == LiteralType::kFloatVal);
  }
  static bool take_sign(Literal& literal) {
    if (!signed_number(literal)) return false;
    literal.text.remove_prefix(1);
    return true;
  }

  static bool is_grouped(const Cursor& cursor) {
    const auto* select = as<Select>(cursor.parent);
    if (select == nullptr) return false;
    for (const Expr* expr : select->group_by) {
      if (expr == cursor.node) return true;
    }
    return false;
  }

  // column = literal: the bind variable is named after the column.
  Expr* compared(const Expr* left, Expr* right) {
    const auto* column = as<ColName>(left);
    const auto* literal = as<Literal>(right);
    if (!parameterizes() || column == nullptr || literal == nullptr || signed_number(*literal))
      return right;
    check_temporal_literal(*literal);
    const std::optional<Value> value = value_of(literal);
    if (!value.has_value()) return right;
    if (literal->text.size() <= kSharedLengthMax) {
      if (const auto known = values_.find(key(*literal)); known != values_.end()) {
        return argument(known->second, *literal);
      }
    }
    const std::string name = names_.for_column(*column);
    values_[key(*literal)] = name;
    add(name, *literal, *value);
    return argument(name, *literal);
  }

  void list_of_values(ComparisonExpr& comparison) {
    const auto* tuple = as<ValTuple>(comparison.right);
    if (!parameterizes() || tuple == nullptr) return;
    std::vector<Value> list;
    std::string text;
    for (const Expr* expr : tuple->exprs) {
      const auto* literal = as<Literal>(expr);
      if (literal != nullptr && signed_number(*literal)) return;
      std::optional<Value> value = value_of(expr);
      if (!value.has_value()) return;
      text += std::to_string(static_cast<int>(value->type)) + ":" +
              std::to_string(value->bytes.size()) + ":" + value->bytes;
      list.push_back(std::move(*value));
    }
    const auto [known, is_new] = lists_.try_emplace(text);
    if (is_new) {
      known->second = names_.next();
      ArgumentSource source;
      source.name = known->second;
      source.is_list = true;
      for (const Expr* expr : tuple->exprs) {
        const int32_t index = to<Literal>(*expr).index;
        if (index < 0 || static_cast<size_t>(index) >= groups_.size()) continue;
        const int32_t group = groups_[static_cast<size_t>(index)];
        if (source.groups.empty() || source.groups.back() != group) source.groups.push_back(group);
      }
      result_.arguments.push_back(std::move(source));
      result_.bind_variables[known->second] = types::BindVariable::tuple(std::move(list));
    }
    ListArg* arg = arena_.make<ListArg>();
    arg->name = arena_.copy(known->second);
    comparison.right = arg;
  }

  // ---- the session's values

  Argument* plain_argument(std::string_view name) {
    Argument* arg = arena_.make<Argument>();
    arg->name = arena_.copy(name);
    return arg;
  }

  void function(Cursor& cursor, const FuncExpr& call) {
    for (const auto& [function_name, arg] : kFunctions) {
      if (!equal_ci(call.name, function_name) || !call.qualifier.empty()) continue;
      if (function_name == "last_insert_id" && !call.exprs.empty()) {
        result_.sets_last_insert_id = true;
        return;
      }
      if (arg == kDatabaseArgument && !rewrites_database_) return;
      if (!call.exprs.empty()) {
        throw SqlError{Error(Code::kUnimplemented,
                             "Argument to " + std::string(function_name) + "() not supported")};
      }
      result_.needs.functions.emplace(arg);
      ++session_values_;
      cursor.replace(plain_argument(arg));
      return;
    }
  }

  // Vitess gives `a b` and a_b the same one.
  const std::string& user_variable_argument(const std::string& name) {
    auto& known = result_.needs.user_variables;
    const auto found = known.find(name);
    if (found != known.end()) return found->second;
    std::string argument = "__vtudv" + compliant(name);
    const auto is_taken = [&](const auto& other) { return other.second == argument; };
    while (std::any_of(known.begin(), known.end(), is_taken)) argument += '_';
    return known.emplace(name, std::move(argument)).first->second;
  }

  void variable(Cursor& cursor, Variable& var) {
    if (const auto* set = as<SetExpr>(cursor.parent); set != nullptr && set->var == &var) {
      if (var.scope == Scope::kNoScope) var.scope = Scope::kSessionScope;
      return;
    }
    if (var.scope == Scope::kVariableScope) {
      ++session_values_;
      cursor.replace(plain_argument(user_variable_argument(lowered(var.name))));
      return;
    }
    if (var.scope != Scope::kSessionScope && var.scope != Scope::kNextTxScope &&
        var.scope != Scope::kNoScope)
      return;
    const std::string name = lowered(var.name);
    bool known = options_.system_variables.contains(name);
    for (std::string_view gate_variable : kGateVariables) known = known || name == gate_variable;
    if (!known) return;
    result_.needs.system_variables.insert(name);
    ++session_values_;
    cursor.replace(plain_argument("__vt" + name));
  }

  // ---- simplifications

  // (select expr) without a table is expr.
  void subquery(Cursor& cursor, const Subquery& subquery) {
    if (is<ExistsExpr>(cursor.parent)) return;
    const auto* select = as<Select>(subquery.select);
    if (select == nullptr || select->exprs.size() != 1 || !select->order_by.empty() ||
        !select->group_by.empty() || select->from.size() != 1 || select->where != nullptr ||
        select->having != nullptr || select->limit != nullptr || select->lock != Lock::kNoLock ||
        !is_dual(select->from[0])) {
      return;
    }
    const auto* item = as<AliasedExpr>(select->exprs[0]);
    if (item == nullptr || is<ColName>(item->expr)) return;
    ++result_.needs.other_rewrites;
    Node* inner = go(item->expr);
    const auto* comparison = as<ComparisonExpr>(cursor.parent);
    const bool in_list = comparison != nullptr && (comparison->op == ComparisonOp::kIn ||
                                                   comparison->op == ComparisonOp::kNotIn);
    const bool is_tuple = is<ValTuple>(inner) || is<Subquery>(inner) || is<ListArg>(inner);
    if (in_list && !is_tuple) {
      ValTuple* tuple = arena_.make<ValTuple>();
      tuple->exprs.push_back(arena_, static_cast<Expr*>(inner));
      inner = tuple;
    }
    cursor.replace(inner);
  }

  void negation(Cursor& cursor, const NotExpr& node) {
    if (auto* comparison = as<ComparisonExpr>(node.expr)) {
      const std::optional<ComparisonOp> other = inverse(comparison->op);
      if (!other.has_value() || comparison->modifier != Modifier::kNone) return;
      comparison->op = *other;
      cursor.replace(comparison);
    } else if (const auto* inner = as<NotExpr>(node.expr)) {
      cursor.replace(inner->expr);
    } else if (auto* value = as<BoolVal>(node.expr)) {
      value->value = !value->value;
      cursor.replace(value);
    }
  }

  // Makes it one row of all rows, or of none.
  static bool has_aggregate(const SelectExpr& item) {
    bool found = false;
    walk(static_cast<const Node*>(&item), [&](const Node& node) {
      if (is<Subquery>(&node)) return false;
      const auto* function = as<AggrFunc>(&node);
      const auto* count = as<CountStar>(&node);
      found =
          found || is<GroupConcatExpr>(&node) || (count != nullptr && count->over == nullptr) ||
          (function != nullptr && function->over == nullptr && function->op != AggrOp::kAnyValue);
      return !found;
    });
    return found;
  }

  void exists(Cursor& cursor, const ExistsExpr& node) {
    auto* select = as<Select>(node.subquery->select);
    // ROLLUP may have a row of no rows.
    if (select == nullptr || select->having != nullptr || select->with_rollup) return;
    const bool aggregates =
        select->group_by.empty() &&
        std::any_of(select->exprs.begin(), select->exprs.end(),
                    [](const SelectExpr* expr) { return has_aggregate(*expr); });
    if (aggregates && select->limit != nullptr) return;
    if (aggregates) {
      BoolVal* yes = arena_.make<BoolVal>();
      yes->value = true;
      cursor.replace(yes);
      return;
    }
    Literal* one = arena_.make<Literal>();
    one->type = LiteralType::kIntVal;
    one->text = "1";
    AliasedExpr* item = arena_.make<AliasedExpr>();
    item->expr = one;
    select->exprs.clear();
    select->exprs.push_back(arena_, item);
    select->group_by.clear();
  }

  void table(AliasedTableExpr& item) {
    if (item.derived != nullptr || item.table.name == "dual") return;
    if (is_system_schema(options_.keyspace)) {
      if (item.table.qualifier.empty()) item.table.qualifier = arena_.copy(options_.keyspace);
      return;
    }
    if (options_.find_view == nullptr) return;
    const TableStatement* view = (*options_.find_view)(item.table);
    if (view == nullptr) return;
    if (item.as.empty()) item.as = item.table.name;
    item.derived = arena_.make<DerivedTable>();
    item.derived->select = clone(arena_, view);
    item.table = TableName{};
  }

  struct OpenItem {
    const Node* node;
    std::string text;
    size_t rewrites;
  };

  Parsed& parsed_;
  Arena& arena_;
  const NormalizeOptions& options_;
  ReservedNames names_;
  bool parameterize_;
  bool rewrites_database_ = false;
  int in_derived_ = 0;
  int in_select_ = 0;
  int unnamed_ = 0;
  size_t session_values_ = 0;  // reads of them replaced so far
  std::vector<OpenItem> open_items_;
  std::vector<int32_t> groups_;
  std::map<std::pair<LiteralType, std::string>, std::string> values_;
  std::map<std::string, std::string> lists_;
  Normalized result_;
};

LiteralType literal_type(TokenLiteral kind) {
  switch (kind) {
    case TokenLiteral::kString:
    case TokenLiteral::kNString: return LiteralType::kStrVal;
    case TokenLiteral::kInt: return LiteralType::kIntVal;
    case TokenLiteral::kDecimal: return LiteralType::kDecimalVal;
    case TokenLiteral::kFloat: return LiteralType::kFloatVal;
    case TokenLiteral::kHexNum: return LiteralType::kHexNum;
    case TokenLiteral::kHexVal: return LiteralType::kHexVal;
    case TokenLiteral::kBitNum:
    case TokenLiteral::kBitVal: return LiteralType::kBitNum;
    case TokenLiteral::kDate: return LiteralType::kDateVal;
    case TokenLiteral::kTime: return LiteralType::kTimeVal;
    case TokenLiteral::kTimestamp: return LiteralType::kTimestampVal;
  }
  return LiteralType::kStrVal;
}

}  // namespace

Result<Normalized> normalize(Parsed& parsed, const NormalizeOptions& options,
                             const ParseOptions& parsing) {
  try {
    return Normalizer(parsed, options, parsing).run();
  } catch (const SqlError& thrown) {
    return thrown.error;
  }
}

types::BindVariables bind_literals(const std::vector<ArgumentSource>& arguments,
                                   std::string_view sql, const Fingerprint& print,
                                   const SqlMode& mode) {
  std::vector<size_t> starts;  // of each group
  for (size_t i = 0; i < print.literals.size(); ++i) {
    if (print.literals[i].list != 2) starts.push_back(i);
  }
  std::string buffer;
  const auto value_at = [&](size_t i) {
    const LiteralRef& literal = print.literals[i];
    return value_of(literal_type(literal.kind), literal_value(sql, literal, mode, buffer));
  };
  types::BindVariables variables;
  for (const ArgumentSource& source : arguments) {
    if (source.constant.has_value()) {
      variables.emplace(source.name, types::BindVariable(*source.constant));
      continue;
    }
    std::vector<Value> values;
    for (const int32_t group : source.groups) {
      if (static_cast<size_t>(group) >= starts.size()) continue;
      size_t i = starts[static_cast<size_t>(group)];
      do {
        values.push_back(value_at(i));
      } while (++i < print.literals.size() && print.literals[i].list == 2);
    }
    if (source.is_list) {
      variables.emplace(source.name, types::BindVariable::tuple(std::move(values)));
    } else if (!values.empty()) {
      variables.emplace(source.name, types::BindVariable(std::move(values[0])));
    }
  }
  return variables;
}

}  // namespace vif::sql
