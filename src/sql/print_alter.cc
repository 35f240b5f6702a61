#include "sql/print_core.h"

namespace vif::sql {

void Printer::partition_by(bool is_linear, PartitionType type, int key_algorithm,
                           const Columns& cols, const Expr* expr) {
  if (is_linear) lit(" linear");
  static constexpr std::string_view kTypes[] = {" hash", " key", " range", " list"};
  lit(kTypes[static_cast<size_t>(type)]);
  if (type == PartitionType::kKey && key_algorithm != 0) {
    lit(" algorithm = ");
    number(key_algorithm);
  }
  if (expr != nullptr) {
    raw(" (");
    node(expr);
    raw(')');
    return;
  }
  if (type != PartitionType::kKey) lit(" columns");
  raw(' ');
  columns(cols);
}

void Printer::partition_option(const PartitionOption& option) {
  lit("\npartition by");
  partition_by(option.is_linear, option.type, option.key_algorithm, option.columns, option.expr);
  if (option.count.has_value()) {
    lit(" partitions ");
    number(*option.count);
  }
  if (option.subpartition != nullptr) {
    const SubPartition& sub = *option.subpartition;
    lit(" subpartition by");
    partition_by(sub.is_linear, sub.type, sub.key_algorithm, sub.columns, sub.expr);
    if (sub.count.has_value()) {
      lit(" subpartitions ");
      number(*sub.count);
    }
  }
  if (option.definitions.empty()) return;
  raw("\n(");
  nodes(option.definitions, ",\n ");
  raw(')');
}

void Printer::partition_values(const ValTuple& values) {
  raw('(');
  list(values.exprs, ", ", [&](const Expr* value) {
    const auto* word = as<ColName>(value);
    if (word != nullptr && word->name == "maxvalue") return lit("maxvalue");
    if (is<ValTuple>(value)) return partition_values(*as<ValTuple>(value));
    node(value);
  });
  raw(')');
}

void Printer::partition_definition(const PartitionDefinition& definition, std::string_view word) {
  lit(word);
  name(definition.name);
  if (definition.range != PartitionRange::kNone) {
    lit(definition.range == PartitionRange::kIn ? " values in" : " values less than");
    if (definition.values == nullptr) {
      lit(" maxvalue");
    } else {
      raw(' ');
      partition_values(*definition.values);
    }
  }
  if (!definition.engine.empty()) {
    lit(definition.storage_engine ? " storage engine " : " engine ");
    raw(definition.engine);
  }
  const auto text = [&](std::string_view what, const Literal* value) {
    if (value == nullptr) return;
    lit(what);
    node(value);
  };
  text(" comment ", definition.comment);
  text(" data directory ", definition.data_directory);
  text(" index directory ", definition.index_directory);
  const auto rows = [&](std::string_view what, const std::optional<int64_t>& value) {
    if (!value.has_value()) return;
    lit(what);
    number(*value);
  };
  rows(" max_rows ", definition.max_rows);
  rows(" min_rows ", definition.min_rows);
  if (!definition.tablespace.empty()) {
    lit(" tablespace ");
    raw(definition.tablespace);
  }
  if (definition.subpartitions.empty()) return;
  raw(" (");
  list(definition.subpartitions, ", ",
       [&](const PartitionDefinition* part) { partition_definition(*part, "subpartition "); });
  raw(')');
}

void Printer::partition_names(const PartitionSpec& spec) {
  if (spec.is_all) {
    lit("all");
  } else {
    names(spec.names);
  }
}

void Printer::partition_spec(const PartitionSpec& spec) {
  static constexpr std::string_view kActions[] = {
      "add partition ",     "drop partition ",     "reorganize partition ", "discard partition ",
      "import partition ",  "truncate partition ", "coalesce partition ",   "exchange partition ",
      "analyze partition ", "check partition ",    "optimize partition ",   "rebuild partition ",
      "repair partition ",  "remove partitioning", "upgrade partitioning"};
  lit(kActions[static_cast<size_t>(spec.action)]);
  if (spec.is_local) lit("no_write_to_binlog ");
  switch (spec.action) {
    case PartitionAction::kRemove:
    case PartitionAction::kUpgrade: return;
    case PartitionAction::kAdd:
      if (spec.definitions.empty() && spec.number == 0) {
        out_.pop_back();
        return;
      }
      if (spec.definitions.empty()) {
        lit("partitions ");
        return number(spec.number);
      }
      raw('(');
      nodes(spec.definitions);
      raw(')');
      return;
    case PartitionAction::kReorganize:
      if (spec.names.empty()) {
        out_.pop_back();
        return;
      }
      names(spec.names);
      lit(" into (");
      nodes(spec.definitions);
      raw(')');
      return;
    case PartitionAction::kCoalesce: return number(spec.number);
    case PartitionAction::kExchange:
      names(spec.names);
      lit(" with table ");
      table(spec.table);
      if (spec.without_validation) lit(" without validation");
      return;
    case PartitionAction::kDiscard:
    case PartitionAction::kImport: partition_names(spec); return lit(" tablespace");
    default: partition_names(spec); lit(spec.how);
  }
}

void Printer::alter_table(const AlterTable& alter) {
  lit("alter ");
  comments(alter.comments);
  lit("table ");
  table(alter.table);
  for (size_t i = 0; i < alter.options.size(); ++i) {
    raw(i == 0 ? " " : ", ");
    alter_option(*alter.options[i]);
  }
  if (alter.partition_spec != nullptr) {
    const bool comma =
        !alter.options.empty() && alter.partition_spec->action != PartitionAction::kRemove;
    raw(comma ? ", " : " ");
    partition_spec(*alter.partition_spec);
  }
  if (alter.partition_option != nullptr) {
    raw(' ');
    partition_option(*alter.partition_option);
  }
}

void Printer::column_place(const AlterOption& option) {
  if (option.first) lit(" first");
  if (!option.after.empty()) {
    lit(" after ");
    name(option.after);
  }
}

void Printer::alter_column(const AlterOption& option) {
  lit("alter column ");
  name(option.name);
  if (option.drop_default) {
    lit(" drop default");
  } else if (option.default_val != nullptr) {
    lit(option.default_literal ? " set default " : " set default (");
    node(option.default_val);
    if (!option.default_literal) raw(')');
  }
  if (option.invisible.has_value()) lit(*option.invisible ? " set invisible" : " set visible");
  if (option.drop_masking_policy) lit(" drop masking policy");
  if (!option.masking_policy.empty()) {
    lit(" set masking policy ");
    name(option.masking_policy);
  }
}

void Printer::alter_order(const List<Order*>& columns_) {
  lit("order by ");
  list(columns_, ", ", [&](const Order* order) {
    node(order->expr);
    if (order->descending) lit(" desc");
  });
}

void Printer::secondary(const AlterOption& option) {
  lit(option.action == AlterAction::kSecondaryLoad ? "secondary_load" : "secondary_unload");
  partitions(option.partitions);
  if (option.guided.has_value()) lit(*option.guided ? " guided on" : " guided off");
}

void Printer::alter_option(const AlterOption& option) {
  const auto with_name = [&](std::string_view words) {
    lit(words);
    if (option.conditional) lit("if exists ");
    name(option.name);
  };
  const auto renamed = [&](std::string_view words) {
    with_name(words);
    lit(" to ");
    name(option.new_name);
  };
  switch (option.action) {
    case AlterAction::kTableOptions:
      return list(option.table_options, " ", [&](const TableOption* item) { table_option(*item); });
    case AlterAction::kAddColumns:
      lit("add column ");
      if (option.conditional) lit("if not exists ");
      if (option.columns.size() != 1) raw('(');
      nodes(option.columns);
      if (option.columns.size() != 1) raw(')');
      return column_place(option);
    case AlterAction::kAddIndex: lit("add "); return index_definition(*option.index);
    case AlterAction::kAddConstraint: lit("add "); return constraint(*option.constraint);
    case AlterAction::kAlterColumn: return alter_column(option);
    case AlterAction::kAlterIndex:
      with_name("alter index ");
      return lit(*option.invisible ? " invisible" : " visible");
    case AlterAction::kAlterCheck:
      with_name("alter check ");
      return lit(option.enforced ? " enforced" : " not enforced");
    case AlterAction::kChangeColumn:
      with_name("change column ");
      raw(' ');
      node(option.columns[0]);
      return column_place(option);
    case AlterAction::kModifyColumn:
      lit("modify column ");
      if (option.conditional) lit("if exists ");
      node(option.columns[0]);
      return column_place(option);
    case AlterAction::kRenameColumn: return renamed("rename column ");
    case AlterAction::kRenameIndex: return renamed("rename index ");
    case AlterAction::kRenameTable: lit("rename "); return table(option.table);
    case AlterAction::kDropColumn: return with_name("drop column ");
    case AlterAction::kDropIndex: return with_name("drop key ");
    case AlterAction::kDropPrimaryKey: return lit("drop primary key");
    case AlterAction::kDropForeignKey: return with_name("drop foreign key ");
    case AlterAction::kDropCheck:
      // DROP CONSTRAINT is more than DROP CHECK, and all that MariaDB has.
      return with_name(style_ == PrintStyle::kMysql ? "drop constraint " : "drop check ");
    case AlterAction::kConvertCharset:
      lit("convert to character set ");
      raw(option.name);
      if (option.new_name.empty()) return;
      lit(" collate ");
      return raw(option.new_name);
    case AlterAction::kEnableKeys: return lit("enable keys");
    case AlterAction::kDisableKeys: return lit("disable keys");
    case AlterAction::kDiscardTablespace: return lit("discard tablespace");
    case AlterAction::kImportTablespace: return lit("import tablespace");
    case AlterAction::kForce: return lit("force");
    case AlterAction::kOrderBy: return alter_order(option.order_by);
    case AlterAction::kAlgorithm: lit("algorithm = "); return raw(option.name);
    case AlterAction::kLock: lit("lock "); return lit(option.name);
    case AlterAction::kWithValidation: return lit("with validation");
    case AlterAction::kWithoutValidation: return lit("without validation");
    case AlterAction::kSecondaryLoad:
    case AlterAction::kSecondaryUnload: return secondary(option);
  }
}

}  // namespace vif::sql
