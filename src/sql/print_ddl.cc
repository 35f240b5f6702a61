#include "sql/print_core.h"

namespace vif::sql {

bool Printer::ddl(const Node& any) {
  return definition(any) || database_definition(any) || table_part_definition(any);
}

bool Printer::definition(const Node& any) {
  switch (any.kind) {
    case Kind::kCreateTable: create_table(to<CreateTable>(any)); return true;
    case Kind::kAlterTable: alter_table(to<AlterTable>(any)); return true;
    case Kind::kCreateView: create_view(to<CreateView>(any)); return true;
    case Kind::kAlterView: alter_view(to<AlterView>(any)); return true;
    case Kind::kDropTable: {
      const auto& drop = to<DropTable>(any);
      lit("drop ");
      comments(drop.comments);
      if (drop.temp) lit("temporary ");
      lit(drop.if_exists ? "table if exists " : "table ");
      tables(drop.tables);
      return true;
    }
    case Kind::kDropView: {
      const auto& drop = to<DropView>(any);
      lit("drop ");
      comments(drop.comments);
      lit(drop.if_exists ? "view if exists " : "view ");
      tables(drop.views);
      return true;
    }
    case Kind::kRenameTable: {
      const auto& pairs = to<RenameTable>(any).tables;
      lit("rename table ");
      for (size_t i = 0; i < pairs.size(); ++i) {
        if (i != 0) lit(i % 2 == 0 ? ", " : " to ");
        table(pairs[i]);
      }
      return true;
    }
    case Kind::kTruncateTable:
      lit("truncate table ");
      table(to<TruncateTable>(any).table);
      return true;
    default: return false;
  }
}

bool Printer::database_definition(const Node& any) {
  switch (any.kind) {
    case Kind::kCreateDatabase: {
      const auto& create = to<CreateDatabase>(any);
      lit("create ");
      comments(create.comments);
      lit(create.if_not_exists ? "database if not exists " : "database ");
      name(create.name);
      database_options(create.options);
      return true;
    }
    case Kind::kAlterDatabase: {
      const auto& alter = to<AlterDatabase>(any);
      lit("alter ");
      comments(alter.comments);
      lit("database");
      if (!alter.name.empty()) {
        raw(' ');
        name(alter.name);
      }
      if (alter.update_data_directory) lit(" upgrade data directory name");
      database_options(alter.options);
      return true;
    }
    case Kind::kDropDatabase: {
      const auto& drop = to<DropDatabase>(any);
      lit("drop ");
      comments(drop.comments);
      lit(drop.if_exists ? "database if exists " : "database ");
      name(drop.name);
      return true;
    }
    default: return false;
  }
}

bool Printer::table_part_definition(const Node& any) {
  switch (any.kind) {
    case Kind::kTableSpec: table_spec(to<TableSpec>(any)); return true;
    case Kind::kColumnDefinition:
      name(to<ColumnDefinition>(any).name);
      raw(' ');
      column_type(*to<ColumnDefinition>(any).type);
      return true;
    case Kind::kColumnType: column_type(to<ColumnType>(any)); return true;
    case Kind::kColumnTypeOptions: column_options(to<ColumnTypeOptions>(any)); return true;
    case Kind::kIndexDefinition: index_definition(to<IndexDefinition>(any)); return true;
    case Kind::kConstraintDefinition: constraint(to<ConstraintDefinition>(any)); return true;
    case Kind::kReferenceDefinition: reference(to<ReferenceDefinition>(any)); return true;
    case Kind::kTableOption: table_option(to<TableOption>(any)); return true;
    case Kind::kPartitionOption: partition_option(to<PartitionOption>(any)); return true;
    case Kind::kPartitionDefinition:
      partition_definition(to<PartitionDefinition>(any), "partition ");
      return true;
    case Kind::kPartitionSpec: partition_spec(to<PartitionSpec>(any)); return true;
    case Kind::kAlterOption: alter_option(to<AlterOption>(any)); return true;
    default: return false;
  }
}

void Printer::database_options(const List<DatabaseOption*>& options) {
  static constexpr std::string_view kTypes[] = {" collate ", " character set ", " encryption ",
                                                " read only "};
  for (const DatabaseOption* option : options) {
    if (option->is_default) lit(" default");
    lit(kTypes[static_cast<size_t>(option->type)]);
    lit(option->value);
  }
}

void Printer::create_table(const CreateTable& create) {
  lit("create ");
  comments(create.comments);
  if (create.or_replace) lit("or replace ");
  if (create.temp) lit("temporary ");
  lit(create.if_not_exists ? "table if not exists " : "table ");
  table(create.table);
  if (!create.like.empty()) {
    lit(" like ");
    table(create.like);
  }
  if (create.spec != nullptr) {
    raw(' ');
    table_spec(*create.spec);
  }
  if (create.select != nullptr) {
    if (!create.duplicates.empty()) raw(' ');
    lit(create.duplicates);
    lit(" as ");
    node(create.select);
  }
}

void Printer::definer(const Definer& by) {
  if (by.name.empty()) return;
  lit("definer = ");
  raw(by.name);
  if (!by.address.empty()) {
    raw('@');
    raw(by.address);
  }
  raw(' ');
}

void Printer::view_head(std::string_view algorithm, const Definer& by, std::string_view security) {
  if (!algorithm.empty()) {
    lit("algorithm = ");
    raw(algorithm);
    raw(' ');
  }
  definer(by);
  if (!security.empty()) {
    lit("sql security ");
    lit(security);
    raw(' ');
  }
}

void Printer::view_body(bool if_not_exists, const TableName& view, const Columns& cols,
                        const TableStatement* select, std::string_view check_option) {
  lit(if_not_exists ? "view if not exists " : "view ");
  table(view);
  if (!cols.empty()) columns(cols);
  lit(" as ");
  node(select);
  if (check_option.empty()) return;
  lit(" with ");
  lit(check_option);
  lit(" check option");
}

void Printer::create_view(const CreateView& view) {
  lit("create ");
  comments(view.comments);
  if (view.or_replace) lit("or replace ");
  view_head(view.algorithm, view.definer, view.security);
  view_body(view.if_not_exists, view.view, view.columns, view.select, view.check_option);
}

void Printer::alter_view(const AlterView& view) {
  lit("alter ");
  comments(view.comments);
  view_head(view.algorithm, view.definer, view.security);
  view_body(false, view.view, view.columns, view.select, view.check_option);
}

void Printer::table_spec(const TableSpec& spec) {
  bool first = true;
  // create table t engine = x as select ...
  const bool no_elements = spec.columns.empty() && spec.indexes.empty() && spec.constraints.empty();
  if (!no_elements) raw("(\n");
  const auto element = [&](const Node* item) {
    raw(first ? "\t" : ",\n\t");
    first = false;
    node(item);
  };
  // Those of columns that stand before all others, so that the order stays.
  size_t of_columns = 0;
  for (const auto* item : spec.constraints) {
    if (style_ != PrintStyle::kMysql || item->column < 0 ||
        static_cast<size_t>(item->column) >= spec.columns.size())
      break;
    ++of_columns;
  }
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    const ReferenceDefinition* reference_of = spec.columns[i]->type->options->reference;
    if (of_columns > 0) later_ = reference_of;  // behind the CHECKs
    element(spec.columns[i]);
    for (size_t k = 0; k < of_columns; ++k) {
      if (static_cast<size_t>(spec.constraints[k]->column) != i) continue;
      raw(' ');
      node(spec.constraints[k]);
    }
    if (later_ == nullptr) continue;
    raw(' ');
    reference(*later_);
    later_ = nullptr;
  }
  for (const auto* index : spec.indexes) element(index);
  for (size_t k = of_columns; k < spec.constraints.size(); ++k) element(spec.constraints[k]);
  if (!no_elements) raw("\n)");
  for (size_t i = 0; i < spec.options.size(); ++i) {
    raw(i != 0 ? ",\n  " : no_elements ? "" : " ");
    table_option(*spec.options[i]);
  }
  if (spec.partition != nullptr) partition_option(*spec.partition);
}

void Printer::table_option(const TableOption& option) {
  lit(option.name);
  raw(option.needs_equals ? '=' : ' ');
  if (!option.text.empty()) {
    option.case_sensitive ? raw(option.text) : lit(option.text);
  } else if (option.value != nullptr) {
    node(option.value);
  } else {
    raw('(');
    tables(option.tables);
    raw(')');
  }
}

void Printer::column_type(const ColumnType& type) {
  raw(type.type);
  if (type.length.has_value()) {
    raw('(');
    number(*type.length);
    if (type.scale.has_value()) {
      raw(',');
      number(*type.scale);
    }
    raw(')');
  }
  if (!type.enum_values.empty()) {
    raw('(');
    list(type.enum_values, ", ", [&](std::string_view value) { raw(value); });
    raw(')');
  }
  if (type.is_unsigned) raw(" unsigned");
  if (type.zerofill) raw(" zerofill");
  charset(type.charset);
  if (type.options != nullptr) column_options(*type.options);
}

void Printer::column_null(const std::optional<bool>& null) {
  if (null.has_value()) lit(*null ? " null" : " not null");
}

void Printer::column_default(const ColumnTypeOptions& options) {
  if (options.default_val == nullptr) return;
  lit(options.default_literal ? " default " : " default (");
  node(options.default_val);
  if (!options.default_literal) raw(')');
}

void Printer::column_key(ColumnKeyOption key) {
  static constexpr std::string_view kKeys[] = {
      "", " primary key", " spatial key", " fulltext key", " unique", " unique key", " key"};
  lit(kKeys[static_cast<size_t>(key)]);
}

void Printer::column_options(const ColumnTypeOptions& options) {
  if (!options.collate.empty()) {
    lit(" collate ");
    raw(options.collate);
  }
  if (options.as == nullptr) column_null(options.null);
  column_default(options);
  if (options.on_update != nullptr) {
    lit(" on update ");
    node(options.on_update);
  }
  if (options.as != nullptr) {
    lit(" as (");
    node(options.as);
    raw(')');
    if (options.storage == ColumnStorage::kVirtual) lit(" virtual");
    if (options.storage == ColumnStorage::kStored) lit(" stored");
    column_null(options.null);
  }
  column_details(options);
}

void Printer::column_details(const ColumnTypeOptions& options) {
  if (options.autoincrement) lit(" auto_increment");
  const auto with_value = [&](std::string_view word, const Literal* value) {
    if (value == nullptr) return;
    lit(word);
    node(value);
  };
  with_value(" comment ", options.comment);
  if (options.invisible.has_value()) lit(*options.invisible ? " invisible" : " visible");
  static constexpr std::string_view kFormats[] = {
      "", " column_format fixed", " column_format dynamic", " column_format default",
      " column_format compressed"};
  lit(kFormats[static_cast<size_t>(options.format)]);
  if (!options.disk_storage.empty()) {
    lit(" storage ");
    lit(options.disk_storage);
  }
  with_value(" engine_attribute ", options.engine_attribute);
  with_value(" secondary_engine_attribute ", options.secondary_engine_attribute);
  column_key(options.key);
  const auto referenced = [&] {
    if (options.reference == nullptr || options.reference == later_) return;
    raw(' ');
    reference(*options.reference);
  };
  // MySQL takes it last.
  const bool last = style_ == PrintStyle::kMysql || options.check != nullptr;
  if (!last) referenced();
  with_value(" srid ", options.srid);
  if (options.not_secondary) lit(" not secondary");
  if (!options.masking_policy.empty()) {
    lit(" masking policy ");
    name(options.masking_policy);
  }
  if (options.check != nullptr) {
    if (!options.check_name.empty()) {
      lit(" constraint ");
      name(options.check_name);
    }
    lit(" check (");
    node(options.check);
    raw(')');
    if (!options.check_enforced) lit(" not enforced");
  }
  if (last) referenced();
}

void Printer::index_definition(const IndexDefinition& index) {
  if (!index.constraint_name.empty()) {
    lit("constraint ");
    name(index.constraint_name);
    raw(' ');
  }
  static constexpr std::string_view kTypes[] = {"key", "unique key", "primary key", "fulltext key",
                                                "spatial key"};
  lit(kTypes[static_cast<size_t>(index.type)]);
  if (index.if_not_exists) lit(" if not exists");
  if (!index.name.empty() && index.type != IndexType::kPrimary) {
    raw(' ');
    name(index.name);
  }
  raw(" (");
  list(index.columns, ", ", [&](const IndexColumn* column) {
    if (column->expression != nullptr) {
      raw('(');
      node(column->expression);
      raw(')');
    } else {
      name(column->column);
      if (column->length.has_value()) {
        raw('(');
        number(*column->length);
        raw(')');
      }
    }
    if (column->descending) lit(" desc");
  });
  raw(')');
  for (const IndexOption* option : index.options) {
    raw(' ');
    lit(option->name);
    if (!option->text.empty()) {
      raw(' ');
      raw(option->text);
    } else if (option->value != nullptr) {
      raw(' ');
      node(option->value);
    }
  }
}

void Printer::constraint(const ConstraintDefinition& item) {
  if (!item.name.empty()) {
    lit("constraint ");
    name(item.name);
    raw(' ');
  }
  if (item.constraint == ConstraintKind::kCheck) {
    lit("check (");
    node(item.check);
    raw(')');
    if (!item.enforced) lit(" not enforced");
    return;
  }
  lit("foreign key ");
  if (!item.index_name.empty()) {
    name(item.index_name);
  }
  columns(item.source);
  raw(' ');
  reference(*item.reference);
}

void Printer::reference(const ReferenceDefinition& ref) {
  lit("references ");
  table(ref.table);
  if (!ref.columns.empty()) {
    raw(' ');
    columns(ref.columns);
  }
  const auto with_word = [&](std::string_view word, std::string_view action) {
    if (action.empty()) return;
    lit(word);
    lit(action);
  };
  with_word(" match ", to_string(ref.match));
  with_word(" on delete ", to_string(ref.on_delete));
  with_word(" on update ", to_string(ref.on_update));
}

}  // namespace vif::sql
