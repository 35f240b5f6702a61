// The recursive-descent parser's state and the verbs that its files share. Private to the parser:
// others include sql/parser.h. One file a statement family:
//   parse_expr, parse_func   expressions        parse_select   queries and their tables
//   parse_dml                INSERT and such    parse_ddl      tables, views, databases
//   parse_alter              ALTER              parse_set      SET, transactions, session
//   parse_show               SHOW, EXPLAIN      parse_other    the rest
//   parse_routine            procedures
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "sql/ast.h"
#include "sql/balanced.h"
#include "sql/lexer.h"
#include "sql/parser.h"

namespace vif::sql {

// Runs (of joins, of unions, of operators) longer than this may add up to a tree that is too high.
inline constexpr int kLongRun = 30;
// Runs of number operators have no balanced form (see kBalanceAbove), and an evaluator knows no
// flat one: they are flat only above this.
inline constexpr size_t kFlatAbove = 200;

struct Shape;

struct ArgumentCount {
  std::string_view function;
  size_t least;
  size_t most;
};

class Parser {
 public:
  Parser(Arena& arena, std::string_view sql, const ParseOptions& options);

  // A whole statement up to its ';' or the end. Throws SqlError; so does all below.
  Statement* statement();
  Expr* lone_expression();
  // Byte after the statement's ';', or the end of the text.
  size_t consumed() const { return consumed_; }
  size_t statement_length() const { return statement_length_; }
  std::vector<ReadWarning> take_warnings() { return std::move(warnings_); }
  ArgumentTexts take_argument_texts() { return std::move(argument_texts_); }

 private:
  // ---- tokens (parse_core.cc)
  bool at(Tok tok) const { return token_.tok == tok; }
  bool at_any(std::initializer_list<Tok> toks) const {
    for (Tok tok : toks) {
      if (at(tok)) return true;
    }
    return false;
  }
  Token peek() const;
  void advance();
  bool accept(Tok tok) {
    if (!at(tok)) return false;
    advance();
    return true;
  }
  void expect(Tok tok) {
    if (!accept(tok)) fail();
  }
  // A word that is no keyword here, in any case: XA, HANDLER...
  bool at_word(std::string_view word) const;
  bool accept_word(std::string_view word);
  [[noreturn]] void fail() const;
  [[noreturn]] void fail_nesting() const;
  // "what at position N"
  [[noreturn]] void fail_with(std::string_view what) const;
  void check_stack();
  // "'what' is deprecated ... use instead".
  void deprecate(std::string_view what, std::string_view instead);
  void deprecate_charset(std::string_view name);
  void deprecate_national();

  // ---- names and constants (parse_core.cc)
  bool at_name() const;           // a name without backticks, or with
  bool at_reserved_name() const;  // also a reserved word: after a dot
  std::string_view name();
  std::string_view reserved_name();
  std::string_view identifier();  // no keyword at all
  std::string_view token_name() const;
  TableName table_name();
  Columns name_list();              // a, b, c
  Columns names_in_parens();        // (a, b, c)
  std::string_view string_value();  // the value of a string token, consumed
  std::string_view sql_string();    // the same, as an SQL literal
  std::string_view as_sql_string(std::string_view value);
  std::string_view token_value() const;
  std::string_view lower(std::string_view text);
  int64_t integer();
  int32_t small_integer();
  int32_t length_value();
  std::optional<int32_t> length_opt();  // (n)
  Literal* literal(LiteralType type, std::string_view text, int32_t index);
  Literal* string_literal();
  Literal* int_literal();
  Literal* whole_number();                              // where a server takes 19.9 for 19
  Comments comments();                                  // those before the current token
  std::string_view skip_to_end();                       // what is left of the statement, as written
  std::string_view written_since(uint32_t from) const;  // up to the token before this one

  template <typename T>
  T* make() {
    return arena_.make<T>();
  }
  template <typename T>
  void push(List<T>& list, const T& item) {
    list.push_back(arena_, item);
  }

  // ---- expressions (parse_expr.cc)
  Expr* expression() { return binary(0); }
  Expr* expression_or_default();  // in a row to be inserted, or behind SET
  Expr* bit_expression();
  Expr* interval_operand();  // of interval 1 day + ...
  Expr* binary(int level_min);
  // `after_not`: `left` is a NOT without parentheses, which only looser operators may follow.
  Expr* binary_from(Expr* left, int level_min, bool after_not = false);
  int operator_level() const;  // of the current token
  Expr* comparison(Expr* left, Tok op);
  Expr* predicate(Expr* left);
  Expr* is_suffix(Expr* left);
  Expr* add(Expr* left, Tok op);
  Expr* end_run(Expr* chain, size_t operands, bool may_be_longer);
  TableStatement* end_unions(TableStatement* chain);
  Expr* joined(Expr* left, Tok op, int level, Expr* right);
  Expr* simple();
  Expr* primary();
  Expr* parens();
  Expr* odbc();
  Expr* unary(UnaryOp op);
  Expr* minus();
  Expr* plus();
  Expr* column_or_call();
  ColName* column_name();
  ColName* column_name_after(std::string_view first);
  Expr* interval_prefix();
  Expr* case_expression();
  Expr* match_expression();
  Expr* text_literal();
  Expr* number();
  Expr* temporal_literal(LiteralType type);
  Expr* introducer();
  Expr* argument();
  Expr* variable();
  Variable* user_variable();
  Expr* col_tuple();
  Expr* text_literal_or_arg();
  Subquery* subquery();
  ValTuple* row_tuple();
  List<Expr*> expression_list();
  List<Expr*> values_until_close();       // DEFAULT too
  List<Expr*> expressions_until_close();  // perhaps none; takes the ')'
  Variable* at_at_variable();
  std::string_view at_at_name();

  // ---- functions (parse_func.cc, parse_known.cc)
  Expr* keyword_call();  // null: the keyword is no function of its own, nothing was consumed
  Expr* call_argument();
  Expr* plain_call(std::string_view qualifier, std::string_view name);
  // Of the functions whose number of arguments MySQL's grammar knows, but no token here; null for
  // others.
  static const ArgumentCount* arguments_of(std::string_view function_name);
  Expr* signed_literal();
  Expr* keyword_operand();
  Expr* default_of_column();
  Expr* interval_call();
  Expr* next_value();
  Expr* aggregate_call();
  Expr* known_call();
  static bool is_known_function(Tok tok);
  Expr* aggregate(AggrOp op, bool may_distinct, bool may_over);
  Expr* count();
  Expr* group_concat();
  Expr* window_function();
  OverClause* over_clause();
  OverClause* over_clause_opt();
  WindowSpecification* window_specification();
  FrameClause* frame_clause();
  FramePoint* frame_point();
  Expr* cast();
  Expr* at_time_zone(Expr* value);
  Expr* tight_not();
  Expr* convert();
  Expr* binary_operator();
  ConvertType* convert_type();
  std::optional<int32_t> cast_length();
  Expr* substring();
  Expr* trim();
  Expr* extract();
  Expr* position();
  Expr* char_function();
  Expr* date_arithmetic(IntervalDateSyntax syntax);
  Expr* timestampadd();
  Expr* timestampdiff();
  Expr* weight_string();
  Expr* clock_function();
  Expr* locking_function(LockingFuncType fn);
  Expr* json_value();
  Expr* values_function();
  IntervalType interval_unit();
  bool at_interval_unit() const;
  JtOnResponse* on_response();
  Expr* function(std::string_view name, std::initializer_list<Expr*> args);

  // ---- queries (parse_select.cc)
  TableStatement* select_statement();
  TableStatement* query_expression();
  TableStatement* query_body();
  TableStatement* query_body_from(TableStatement* left);
  TableStatement* query_tail(TableStatement* query);
  TableStatement* as_derived(TableStatement* query);
  TableStatement* query_primary();
  TableStatement* query_parens();
  TableStatement* finish_parens(TableStatement* inner);
  bool at_query() const;  // SELECT, VALUES, TABLE, WITH
  bool at_set_operator() const;
  bool at_query_tail() const;  // a set operator, ORDER BY, LIMIT, INTO, a lock
  Select* select_body();
  void select_options(Select& select);
  SelectExpr* select_expr();
  void group_by(Select& select);
  Nextval* nextval();
  TableStatement* values_statement();
  TableStatement* table_statement();
  With* with_clause();
  List<WindowDefinition*> windows();
  List<Order*> order_by_opt();
  List<Order*> order_list();
  Limit* limit_opt();
  bool at_fetch() const;
  Limit* fetch_clause();
  bool at_sequence_value() const;
  void locking_clause(TableStatement& query);
  bool at_locking_clause() const;
  SelectInto* into_clause();
  std::string_view export_options();
  std::string_view column_alias_opt();

  // ---- tables (parse_tables.cc)
  List<TableExpr*> table_references();
  TableExpr* table_reference();
  TableExpr* join_from(TableExpr* left);
  TableExpr* table_factor();
  TableExpr* aliased_table();
  TableExpr* table_parens(TableStatement** query);
  TableExpr* derived_table(TableStatement* select, bool lateral);
  bool at_join() const;
  bool at_sample() const;
  void check_insert_column(const Insert& insert, const TableName& table, std::string_view column);
  void qualified_column(const Insert& insert, std::string_view& column);
  std::string_view table_alias_opt();
  std::string_view table_alias();
  List<IndexHint*> index_hints();
  std::string_view system_time_opt();
  TableExpr* json_table();
  List<JtColumnDefinition*> jt_columns();
  JtColumnDefinition* jt_column();
  AliasedTableExpr* table_expr(TableName table);

  // ---- changes (parse_dml.cc)
  Statement* insert_statement();
  void insert_rows(Insert& insert);
  void insert_set(Insert& insert);
  List<ValTuple*> value_rows();
  RowAlias* row_alias();
  Statement* update_statement(With* with);
  Statement* delete_statement(With* with);
  List<UpdateExpr*> update_list();
  UpdateExpr* update_expr();
  Statement* stream_statement();
  Statement* vstream_statement();
  Statement* with_statement();
  List<SelectExpr*> returning_opt();

  // ---- definitions (parse_ddl.cc, parse_column.cc, parse_partition.cc, parse_alter.cc)
  Statement* create_statement();
  Statement* create_table(const Comments& notes, bool temp, bool or_replace);
  Statement* create_index(const Comments& notes);
  Statement* create_view(const Comments& notes, const Definer& by, bool or_replace);
  Statement* create_database(const Comments& notes);
  Statement* drop_statement();
  Statement* drop_index(const Comments& notes);
  void index_modifiers(AlterTable& alter);
  std::string_view index_type();

  Statement* rename_statement();
  Statement* truncate_statement();
  TableSpec* table_spec();
  void table_element(TableSpec& spec);
  ColumnDefinition* column_definition(bool may_refer = true);  // REFERENCES
  ColumnType* column_type();
  void column_type_arguments(ColumnType& type, Tok tok);
  void enum_values(ColumnType& type);
  bool synonym_type(ColumnType& type);
  void column_charset(ColumnCharset& charset);
  void column_options(ColumnTypeOptions& options, bool generated, bool may_refer = true);
  bool column_option(ColumnTypeOptions& options);
  bool column_detail(ColumnTypeOptions& options);
  Expr* default_value(bool* is_literal);
  ReferenceDefinition* reference_definition();
  ReferenceAction reference_action();
  IndexDefinition* index_definition(std::string_view constraint_name);
  bool at_index_definition() const;
  List<IndexColumn*> index_columns();
  List<IndexOption*> index_options();
  ConstraintDefinition* constraint_definition(std::string_view name);
  bool enforced_opt();
  TableOption* table_option_opt();
  bool option_with_value(TableOption& option);
  bool option_with_word(TableOption& option);
  bool option_of_few_words(TableOption& option);
  void option_word(TableOption& option);
  std::string_view tablespace_name();
  std::string_view written_name(std::string_view text);
  List<TableOption*> table_options();
  std::string_view charset_name();
  bool accept_charset();  // CHARSET or CHARACTER SET
  PartitionOption* partition_option();
  ValTuple* partition_values(bool may_be_max);
  int32_t key_algorithm();
  SubPartition* subpartition();
  List<PartitionDefinition*> partition_definitions();
  PartitionDefinition* partition_definition(Tok word);
  bool partition_attribute(PartitionDefinition& definition);
  List<DatabaseOption*> database_options();
  DatabaseOption* database_option_opt();
  Definer definer();
  std::string_view view_algorithm();
  std::string_view view_security();
  std::string_view check_option();
  Statement* alter_statement();
  Statement* alter_table(const Comments& notes);
  void alter_options(AlterTable& alter);
  AlterOption* alter_option(AlterTable& alter);
  void alter_order(AlterOption& option);
  AlterOption* alter_add(AlterTable& alter);
  AlterOption* alter_alter();
  AlterOption* alter_secondary_opt();
  bool accept_masking_policy();
  AlterOption* alter_drop();
  AlterOption* alter_rename();
  AlterOption* alter_modifier_opt();
  void column_place(AlterOption& option);
  PartitionSpec* partition_spec_opt();
  void partition_spec_rest(PartitionSpec& spec);
  void check_words(PartitionSpec& spec);
  void partition_names(PartitionSpec& spec);
  Statement* alter_view(const Comments& notes, const Definer& by);
  Statement* alter_database(const Comments& notes);
  Statement* alter_vschema();
  void vindex_spec(AlterVschema& alter);
  Statement* alter_migration();
  template <typename T>
  void partial_ddl(const T* statement);

  // ---- session (parse_set.cc)
  Statement* set_statement();
  Statement* set_transaction(const Comments& notes, Scope scope);
  SetExpr* set_expression(Scope& scope);
  SetExpr* set_charset(std::string_view name);
  Statement* begin_statement();
  Statement* start_statement();
  Statement* commit_statement();
  Statement* rollback_statement();
  Statement* release_statement();
  Statement* use_statement();

  // ---- SHOW and EXPLAIN (parse_show.cc)
  Statement* show_statement();
  Statement* show_basic(ShowCommand command);
  Statement* show_in_database(ShowCommand command, bool full);
  Statement* show_columns(bool full);
  Statement* show_index();
  Statement* show_create();
  Statement* show_vschema();
  Statement* show_migration();
  Statement* show_other();
  Statement* show_rest();
  Statement* show_scoped();
  ShowFilter* filter_opt(bool only_like);
  Statement* explain_statement();
  Statement* vexplain_statement();
  Statement* explainable();

  // ---- the rest (parse_other.cc, parse_routine.cc)
  Statement* command();
  Statement* command_or_partial();
  Statement* other_command();
  // ---- statements that are kept as written (parse_shape.cc, shapes.cc)
  Statement* shaped(uint32_t from, std::string_view verb, std::string_view shape);
  void expect_shape(std::string_view shape);
  void restart(uint32_t from);  // goes back to that byte
  bool at_shape_text(std::string_view text) const;
  bool match(const Shape& shape);
  bool match_all(const std::vector<Shape>& parts);
  bool match_name(std::string_view shape);
  bool match_label();
  bool match_user();
  bool match_statement();
  bool match_dollar_quoted();
  bool match_size();
  bool match_clone_port();
  Expr* simple_value();
  Statement* kept_opt(uint32_t from, std::string_view verb);
  Statement* transaction_end(Statement* plain, uint32_t from);
  bool accept_if_exists();
  bool accept_if_not_exists();
  Statement* other_admin();
  Statement* lock_tables();
  Statement* flush_statement();
  std::string_view flush_option();
  Statement* kill_statement();
  Statement* analyze_statement();
  Statement* purge_statement();
  Statement* call_statement();
  Statement* prepare_statement();
  Statement* execute_statement();
  Statement* deallocate_statement(const Comments& notes);
  Statement* revert_statement();
  Statement* load_statement();
  Statement* create_procedure(const Comments& notes, const Definer& by, uint32_t from);
  Statement* compound_statement();
  List<Statement*> compound_list(std::initializer_list<Tok> ends);
  Statement* declare_statement();
  Statement* signal_statement();
  Statement* if_statement();
  HandlerCondition* handler_condition();

  // While it lives we are inside a subquery.
  struct Nested {
    explicit Nested(bool& flag) : flag_(flag), before_(flag) { flag_ = true; }
    ~Nested() { flag_ = before_; }
    bool& flag_;
    bool before_;
  };

  Arena& arena_;
  std::string_view sql_;
  ParseOptions options_;
  Lexer lexer_;
  Token token_;
  const char* stack_top_;
  int peak_ = 0;  // greatest height of the expressions parsed so far, below the one in hand
  bool may_be_high_ =
      false;  // much was nested, or a run was long: the whole tree's height is to be checked
  bool in_subquery_ = false;      // where INTO has no place
  bool in_body_ = false;          // of a routine
  bool is_of_truth_ = false;      // the last IS was of TRUE, FALSE or UNKNOWN
  bool opaque_body_ = false;      // a routine's body has what is no tree here
  Token furthest_;                // of those that no shape's choice took
  Statement* partial_ = nullptr;  // see partial_ddl()
  uint32_t partial_begin_ = 0;
  size_t consumed_ = 0;
  size_t statement_length_ = 0;
  std::string scratch_;
  std::vector<ReadWarning> warnings_;
  ArgumentTexts argument_texts_;
};

}  // namespace vif::sql
