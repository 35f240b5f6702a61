// CREATE, DROP, RENAME, TRUNCATE: tables, indexes, views, databases.
#include "sql/parse_core.h"
#include "sql/printer.h"

namespace vif::sql {

Statement* Parser::create_statement() {
  const uint32_t from = token_.begin;
  advance();
  const Comments notes = comments();
  bool or_replace = false;
  if (at(Tok::kw_or)) {
    advance();
    expect(Tok::kw_replace);
    or_replace = true;
    // MariaDB's for what has no tree that could tell.
    if (at_any({Tok::kw_index, Tok::kw_unique, Tok::kw_fulltext, Tok::kw_database, Tok::kw_schema}))
      fail();
  }
  switch (token_.tok) {
    case Tok::kw_temporary:
      advance();
      if (at(Tok::kw_sequence)) return kept_opt(from, "create");
      if (!at(Tok::kw_table)) fail();
      return create_table(notes, true, or_replace);
    case Tok::kw_table: return create_table(notes, false, or_replace);
    case Tok::kw_spatial:
      if (equal_ci(peek().text, "reference")) return kept_opt(from, "create");
      return create_index(notes);
    case Tok::kw_index:
    case Tok::kw_unique:
    case Tok::kw_fulltext: return create_index(notes);
    case Tok::kw_database:
    case Tok::kw_schema: return create_database(notes);
    case Tok::kw_algorithm:
    case Tok::kw_view:
    case Tok::kw_sql: return create_view(notes, Definer{}, or_replace);
    case Tok::kw_procedure:
      return or_replace ? kept_opt(from, "create") : create_procedure(notes, Definer{}, from);
    case Tok::kw_definer: {
      const Definer by = definer();
      if (at(Tok::kw_procedure) && !or_replace) return create_procedure(notes, by, from);
      if (at(Tok::kw_view) || at(Tok::kw_sql)) return create_view(notes, by, or_replace);
      if (at_shape_text("function")) return shaped(from, "create function", "stored function");
      break;
    }
    default: break;
  }
  if (Statement* kept = kept_opt(from, "create")) return kept;
  fail();
}

// What a DDL that cannot be read to its end is taken for, unless strict.
template <typename T>
void Parser::partial_ddl(const T* statement) {
  T* copy = make<T>();
  *copy = *statement;
  copy->fully_parsed = false;
  partial_ = copy;
  partial_begin_ = token_.begin;
}

Statement* Parser::create_table(const Comments& notes, bool temp, bool or_replace) {
  advance();
  CreateTable* create = make<CreateTable>();
  create->comments = notes;
  create->temp = temp;
  create->or_replace = or_replace;
  create->if_not_exists = accept_if_not_exists();
  create->table = table_name();
  partial_ddl(create);
  if (accept(Tok::kw_like)) {
    create->like = table_name();
    return create;
  }
  if (at(Tok::kOpen) && peek().tok == Tok::kw_like) {
    advance();
    advance();
    create->like = table_name();
    expect(Tok::kClose);
    return create;
  }
  const auto at_select = [&] {
    return at_query() ||
           (at(Tok::kOpen) && (peek().tok == Tok::kw_select || peek().tok == Tok::kw_with ||
                               peek().tok == Tok::kOpen || peek().tok == Tok::kw_table ||
                               peek().tok == Tok::kw_values));
  };
  if (!at_select()) create->spec = table_spec();
  if (at(Tok::kw_ignore) || at(Tok::kw_replace)) {
    create->duplicates = keyword_text(token_.tok);
    advance();
    if (!at(Tok::kw_as) && !at_select()) fail();
  }
  if (accept(Tok::kw_as) || at_select()) {
    if (!at_select()) fail();
    create->select = select_statement();
  }
  // Without columns: MySQL reads it so, and no server carries it out.
  if (create->spec == nullptr && create->select == nullptr) create->fully_parsed = false;
  return create;
}

// The elements may be missing when a query follows.
TableSpec* Parser::table_spec() {
  TableSpec* spec = make<TableSpec>();
  const uint32_t from = token_.begin;
  if (accept(Tok::kOpen)) {
    do {
      table_element(*spec);
    } while (accept(Tok::kComma));
    expect(Tok::kClose);
  }
  spec->options = table_options();
  if (at(Tok::kw_partition)) spec->partition = partition_option();
  if (token_.begin == from) return nullptr;
  return spec;
}

bool Parser::at_index_definition() const {
  return at_any({Tok::kw_primary, Tok::kw_unique, Tok::kw_spatial, Tok::kw_fulltext, Tok::kw_index,
                 Tok::kw_key});
}

void Parser::table_element(TableSpec& spec) {
  if (at(Tok::kw_constraint)) {
    advance();
    std::string_view constraint_name;
    if (at_name()) constraint_name = name();
    if (at(Tok::kw_index) || at(Tok::kw_key)) fail();
    if (at_index_definition()) {
      push(spec.indexes, index_definition(constraint_name));
    } else {
      push(spec.constraints, constraint_definition(constraint_name));
    }
    return;
  }
  if (at(Tok::kw_check) || at(Tok::kw_foreign)) {
    push(spec.constraints, constraint_definition({}));
    return;
  }
  if (at_index_definition()) {
    push(spec.indexes, index_definition({}));
    return;
  }
  push(spec.columns, column_definition());
  // A column's CHECK is the table's.
  while (at(Tok::kw_check) || at(Tok::kw_constraint)) {
    std::string_view constraint_name;
    if (accept(Tok::kw_constraint) && at_name()) constraint_name = name();
    if (!at(Tok::kw_check)) fail();
    ConstraintDefinition* of_column = constraint_definition(constraint_name);
    of_column->column = static_cast<int32_t>(spec.columns.size()) - 1;
    push(spec.constraints, of_column);
    column_options(*spec.columns.back()->type->options,
                   spec.columns.back()->type->options->as != nullptr);
  }
}

ConstraintDefinition* Parser::constraint_definition(std::string_view constraint_name) {
  ConstraintDefinition* constraint = make<ConstraintDefinition>();
  constraint->name = constraint_name;
  if (accept(Tok::kw_check)) {
    expect(Tok::kOpen);
    constraint->check = expression();
    expect(Tok::kClose);
    constraint->enforced = enforced_opt();
    return constraint;
  }
  constraint->constraint = ConstraintKind::kForeignKey;
  expect(Tok::kw_foreign);
  expect(Tok::kw_key);
  if (at_name()) constraint->index_name = name();
  // Servers read lengths and orders here, and make nothing of them.
  expect(Tok::kOpen);
  do {
    push(constraint->source, name());
    length_opt();
    if (!accept(Tok::kw_asc)) accept(Tok::kw_desc);
  } while (accept(Tok::kComma));
  expect(Tok::kClose);
  constraint->reference = reference_definition();
  return constraint;
}

bool Parser::enforced_opt() {
  if (accept(Tok::kw_enforced)) return true;
  if (!at(Tok::kw_not) || peek().tok != Tok::kw_enforced) return true;
  advance();
  advance();
  return false;
}

Statement* Parser::create_index(const Comments& notes) {
  IndexDefinition* index = make<IndexDefinition>();
  if (accept(Tok::kw_unique))
    index->type = IndexType::kUnique;
  else if (accept(Tok::kw_fulltext))
    index->type = IndexType::kFullText;
  else if (accept(Tok::kw_spatial))
    index->type = IndexType::kSpatial;
  expect(Tok::kw_index);
  index->if_not_exists = accept_if_not_exists();
  index->name = name();
  if (at(Tok::kw_using) || at_word("type")) {
    IndexOption* use = make<IndexOption>();
    use->name = at(Tok::kw_using) ? token_.text : "using";
    advance();
    use->text = index_type();
    push(index->options, use);
  }
  expect(Tok::kw_on);
  AlterTable* alter = make<AlterTable>();
  alter->comments = notes;
  alter->table = table_name();
  partial_ddl(alter);
  AlterOption* add = make<AlterOption>();
  add->action = AlterAction::kAddIndex;
  add->index = index;
  push(alter->options, add);
  index->columns = index_columns();
  for (IndexOption* option : index_options()) push(index->options, option);
  index_modifiers(*alter);
  return alter;
}

Definer Parser::definer() {
  Definer by;
  expect(Tok::kw_definer);
  expect(Tok::kEq);
  if (at(Tok::kw_current_user)) {
    by.name = token_.text;
    advance();
    if (accept(Tok::kOpen)) expect(Tok::kClose);
    return by;
  }
  if (!at(Tok::kString) && !at_name()) fail();
  by.name = at(Tok::kString) ? as_sql_string(token_value()) : token_name();
  if (at(Tok::kId) && sql_[token_.begin] == '`') {
    scratch_.clear();
    append_name(scratch_, by.name);
    by.name = arena_.copy(scratch_);
  }
  advance();
  if (!at(Tok::kAtId)) return by;
  if (sql_[token_.begin + 1] == '\'' || sql_[token_.begin + 1] == '"') {
    by.address = as_sql_string(token_value());
  } else {
    scratch_.clear();
    append_name(scratch_, token_value());
    by.address = arena_.copy(scratch_);
  }
  advance();
  return by;
}

std::string_view Parser::view_algorithm() {
  if (!accept(Tok::kw_algorithm)) return {};
  expect(Tok::kEq);
  if (!at_any({Tok::kw_undefined, Tok::kw_merge, Tok::kw_temptable})) fail();
  const std::string_view word = token_.text;
  advance();
  return word;
}

std::string_view Parser::view_security() {
  if (!accept(Tok::kw_sql)) return {};
  expect(Tok::kw_security);
  if (!at_any({Tok::kw_definer, Tok::kw_invoker})) fail();
  const std::string_view word = token_.text;
  advance();
  return word;
}

std::string_view Parser::check_option() {
  if (!accept(Tok::kw_with)) return {};
  std::string_view how = "cascaded";
  if (at(Tok::kw_local) || at(Tok::kw_cascaded)) {
    how = token_.text;
    advance();
  }
  expect(Tok::kw_check);
  expect(Tok::kw_option);
  return how;
}

Statement* Parser::create_view(const Comments& notes, const Definer& by, bool or_replace) {
  CreateView* view = make<CreateView>();
  view->comments = notes;
  view->or_replace = or_replace;
  view->definer = by;
  view->algorithm = view_algorithm();
  if (at(Tok::kw_definer)) view->definer = definer();
  view->security = view_security();
  expect(Tok::kw_view);
  view->if_not_exists = !or_replace && accept_if_not_exists();
  view->view = table_name();
  if (at(Tok::kOpen)) view->columns = names_in_parens();
  expect(Tok::kw_as);
  view->select = select_statement();
  view->check_option = check_option();
  return view;
}

DatabaseOption* Parser::database_option_opt() {
  DatabaseOption* option = make<DatabaseOption>();
  option->is_default = accept(Tok::kw_default);
  if (accept(Tok::kw_collate)) {
    option->type = DatabaseOptionType::kCollate;
  } else if (accept(Tok::kw_encryption)) {
    option->type = DatabaseOptionType::kEncryption;
  } else if (accept_charset()) {
    option->type = DatabaseOptionType::kCharacterSet;
  } else if (at(Tok::kw_read) && !option->is_default) {
    advance();
    expect(Tok::kw_only);
    option->type = DatabaseOptionType::kReadOnly;
    accept(Tok::kEq);
    if (!at(Tok::kw_default) && !at(Tok::kInt)) fail();
    option->value = token_.text;
    advance();
    return option;
  } else {
    if (option->is_default) fail();
    return nullptr;
  }
  accept(Tok::kEq);
  if (at(Tok::kString)) {
    option->value = sql_string();
  } else if (at(Tok::kw_binary)) {
    advance();
    option->value = "binary";
  } else {
    if (option->type == DatabaseOptionType::kEncryption) fail();
    option->value = name();
  }
  return option;
}

List<DatabaseOption*> Parser::database_options() {
  List<DatabaseOption*> options;
  while (DatabaseOption* option = database_option_opt()) push(options, option);
  return options;
}

Statement* Parser::create_database(const Comments& notes) {
  advance();
  CreateDatabase* create = make<CreateDatabase>();
  create->comments = notes;
  create->if_not_exists = accept_if_not_exists();
  create->name = name();
  partial_ddl(create);
  create->options = database_options();
  return create;
}

Statement* Parser::drop_index(const Comments& notes) {
  advance();
  AlterTable* alter = make<AlterTable>();
  alter->comments = notes;
  AlterOption* drop = make<AlterOption>();
  drop->conditional = accept_if_exists();
  drop->name = name();
  drop->action =
      equal_ci(drop->name, "primary") ? AlterAction::kDropPrimaryKey : AlterAction::kDropIndex;
  push(alter->options, drop);
  expect(Tok::kw_on);
  alter->table = table_name();
  index_modifiers(*alter);
  return alter;
}

// ALGORITHM and LOCK, each at most once, in any order.
void Parser::index_modifiers(AlterTable& alter) {
  bool locked = false;
  bool by_algorithm = false;
  while (at_any({Tok::kw_lock, Tok::kw_algorithm})) {
    bool& seen = at(Tok::kw_lock) ? locked : by_algorithm;
    if (seen) fail();
    seen = true;
    push(alter.options, alter_modifier_opt());
  }
}

Statement* Parser::drop_statement() {
  const uint32_t from = token_.begin;
  advance();
  const Comments notes = comments();
  const auto if_exists = [&] { return accept_if_exists(); };
  const auto table_names = [&](List<TableName>& list) {
    do {
      push(list, table_name());
    } while (accept(Tok::kComma));
    if (!accept(Tok::kw_restrict)) accept(Tok::kw_cascade);
  };
  switch (token_.tok) {
    case Tok::kw_temporary:
    case Tok::kw_tables:
    case Tok::kw_table: {
      DropTable* drop = make<DropTable>();
      drop->comments = notes;
      drop->temp = accept(Tok::kw_temporary);
      if (!accept(Tok::kw_tables)) expect(Tok::kw_table);
      drop->if_exists = if_exists();
      table_names(drop->tables);
      return drop;
    }
    case Tok::kw_view: {
      advance();
      DropView* drop = make<DropView>();
      drop->comments = notes;
      drop->if_exists = if_exists();
      table_names(drop->views);
      return drop;
    }
    case Tok::kw_database:
    case Tok::kw_schema: {
      advance();
      DropDatabase* drop = make<DropDatabase>();
      drop->comments = notes;
      drop->if_exists = if_exists();
      drop->name = name();
      return drop;
    }
    case Tok::kw_procedure: {
      advance();
      DropProcedure* drop = make<DropProcedure>();
      drop->comments = notes;
      drop->if_exists = if_exists();
      drop->name = table_name();
      return drop;
    }
    case Tok::kw_index: return drop_index(notes);
    case Tok::kw_prepare: return deallocate_statement(notes);
    default: break;
  }
  if (Statement* kept = kept_opt(from, "drop")) return kept;
  fail();
}

Statement* Parser::rename_statement() {
  const uint32_t from = token_.begin;
  advance();
  if (at(Tok::kw_user)) {
    return shaped(from, "rename user", "rename user");
  }
  if (!accept(Tok::kw_table)) expect(Tok::kw_tables);
  RenameTable* rename = make<RenameTable>();
  do {
    push(rename->tables, table_name());
    expect(Tok::kw_to);
    push(rename->tables, table_name());
  } while (accept(Tok::kComma));
  return rename;
}

Statement* Parser::truncate_statement() {
  advance();
  accept(Tok::kw_table);
  TruncateTable* truncate = make<TruncateTable>();
  truncate->table = table_name();
  return truncate;
}

template void Parser::partial_ddl(const AlterTable*);
template void Parser::partial_ddl(const AlterDatabase*);

}  // namespace vif::sql
