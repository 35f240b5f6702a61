// The printer's state and verbs. Private: others include sql/printer.h. Split as the parser is:
// print_expr, print_select, print_ddl, print_other.
#pragma once

#include <concepts>
#include <string>

#include "sql/ast.h"
#include "sql/printer.h"

namespace vif::sql {

// How tightly an expression's outermost operator binds, tightest first; 0 for what never needs
// parentheses. Vitess's numbers, with places for what it prints wrongly.
int precedence(const Expr* expr);
inline constexpr int kUnaryPrecedence = 4;
inline constexpr int kAddPrecedence = 7;
inline constexpr int kBitOrPrecedence = 10;
inline constexpr int kComparisonPrecedence = 11;

// As an operand of UNION: its own clauses must not be read as the union's.
bool needs_parens(const TableStatement& query);

class Printer {
 public:
  Printer(std::string& out, PrintStyle style, SqlTemplate* pieces = nullptr)
      : out_(out), style_(style), pieces_(pieces) {}

  void node(const Node* node);

 private:
  bool expr(const Node& node);  // each of these: false when the node is another family's
  bool value(const Node& node);
  bool logical(const Node& node);
  bool operation(const Node& node);
  bool operand_expr(const Node& node);
  bool func(const Node& node);
  bool call(const Node& node);
  bool cast_call(const Node& node);
  bool special_call(const Node& node);
  bool query(const Node& node);
  bool query_part(const Node& node);
  bool table_part(const Node& node);
  bool dml(const Node& node);
  bool ddl(const Node& node);
  bool definition(const Node& node);
  bool database_definition(const Node& node);
  bool table_part_definition(const Node& node);
  bool routine(const Node& node);
  bool routine_definition(const Node& node);
  bool routine_statement(const Node& node);
  bool session(const Node& node);
  bool setting(const Node& node);
  bool showing(const Node& node);
  bool transaction(const Node& node);
  bool admin(const Node& node);
  bool prepared(const Node& node);
  bool administration(const Node& node);

  // Words of the language; upper case in that style.
  void lit(std::string_view words);
  // As it is.
  void raw(std::string_view text) { out_ += text; }
  void raw(char c) { out_ += c; }
  void number(std::integral auto value) { out_ += std::to_string(value); }
  void name(std::string_view text);
  void table(const TableName& table);
  void string_literal(std::string_view text) { append_string_literal(out_, text); }
  void slot(std::string_view name, bool is_list);

  template <typename L, typename F>
  void list(const L& items, std::string_view separator, F&& one) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) raw(separator);
      first = false;
      one(item);
    }
  }
  template <typename T>
  void nodes(const List<T*>& items, std::string_view separator = ", ") {
    list(items, separator, [&](const T* item) { node(item); });
  }
  void names(const Columns& columns);   // a, b
  void columns(const Columns& columns)  // (a, b)
  {
    raw('(');
    names(columns);
    raw(')');
  }
  void tables(const List<TableName>& list);
  void comments(const Comments& notes);

  // `child` in parentheses when it binds looser than `most` allows.
  void operand(const Expr* child, int most);
  void left(const Expr* parent, const Expr* child);
  void right(const Expr* parent, const Expr* child);

  // print_expr.cc
  void literal(const Literal& literal);
  void argument(const Argument& argument);
  void comparison(const ComparisonExpr& node);
  void between(const BetweenExpr& node);
  void unary(const UnaryExpr& node);
  void chain(const ChainExpr& node);
  void case_expr(const CaseExpr& node);
  void match(const MatchExpr& node);
  void variable(const Variable& node);
  // print_func.cc
  void aggregate(const AggrFunc& node);
  void group_concat(const GroupConcatExpr& node);
  void window_function(const WindowFuncExpr& node);
  void over(const OverClause* over);
  void window_specification(const WindowSpecification& spec);
  void frame_point(const FramePoint& point);
  void convert_type(const ConvertType& type);
  void charset(const ColumnCharset& charset);
  void trim(const TrimFuncExpr& node);
  void interval_date(const IntervalDateExpr& node);
  void json_value(const JSONValueExpr& node);
  void func_name(const FuncExpr& node);
  // print_select.cc
  void select(const Select& node);
  void group_by(const Select& node);
  void set_operation(const Union& node);
  void operand_query(const TableStatement* query, bool in_parens);
  void values_statement(const ValuesStatement& node);
  void with(const With* with);
  void order_by(const List<Order*>& list);
  void limit(const Limit* limit);
  void tail(const TableStatement& query, bool with_into = true);
  void lock(Lock lock, const Columns& of);
  void into(const SelectInto* into);
  void aliased_table(const AliasedTableExpr& node);
  void index_hint(const IndexHint& hint);
  void json_table(const JSONTableExpr& node);
  void jt_column(const JtColumnDefinition& column);
  void insert(const Insert& node);
  void update(const Update& node);
  void del(const Delete& node);
  void where(std::string_view word, const Expr* expr);
  void partitions(const Columns& partitions);
  void returning(const List<SelectExpr*>& list);
  // print_ddl.cc, print_alter.cc
  void create_table(const CreateTable& node);
  void create_view(const CreateView& node);
  void alter_view(const AlterView& node);
  void view_head(std::string_view algorithm, const Definer& definer, std::string_view security);
  void view_body(bool if_not_exists, const TableName& view, const Columns& columns,
                 const TableStatement* select, std::string_view check_option);
  void definer(const Definer& definer);
  void table_spec(const TableSpec& spec);
  void table_option(const TableOption& option);
  void column_type(const ColumnType& type);
  void column_options(const ColumnTypeOptions& options);
  void column_details(const ColumnTypeOptions& options);
  void column_default(const ColumnTypeOptions& options);
  void column_key(ColumnKeyOption key);
  void column_null(const std::optional<bool>& null);
  void index_definition(const IndexDefinition& index);
  void constraint(const ConstraintDefinition& constraint);
  void reference(const ReferenceDefinition& reference);
  void partition_option(const PartitionOption& option);
  void partition_values(const ValTuple& values);
  void partition_by(bool is_linear, PartitionType type, int key_algorithm, const Columns& columns,
                    const Expr* expr);
  void partition_definition(const PartitionDefinition& definition, std::string_view word);
  void partition_spec(const PartitionSpec& spec);
  void partition_names(const PartitionSpec& spec);
  void alter_table(const AlterTable& node);
  void alter_option(const AlterOption& option);
  void alter_order(const List<Order*>& columns);
  void secondary(const AlterOption& option);
  void alter_column(const AlterOption& option);
  void column_place(const AlterOption& option);
  void database_options(const List<DatabaseOption*>& options);
  // print_other.cc
  void set(const Set& node);
  void show_basic(const ShowBasic& node);
  void show_filter(const ShowFilter* filter);
  void begin(const Begin& node);
  void flush(const Flush& node);
  void alter_vschema(const AlterVschema& node);
  void vindex_spec(const AlterVschema& node);
  void alter_migration(const AlterMigration& node);
  void statements(const List<Statement*>& list);
  void compound(const Statement* statement);
  void handler_condition(const HandlerCondition& condition);

  std::string& out_;
  PrintStyle style_;
  SqlTemplate* pieces_;
  const ReferenceDefinition* later_ = nullptr;  // printed behind the column, not with it
};

}  // namespace vif::sql
