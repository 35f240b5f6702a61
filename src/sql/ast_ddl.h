// Definitions: tables in full depth (schema comparison and online schema change are built on it),
// views and databases.
#pragma once

#include "sql/ast_select.h"

namespace vif::sql {

enum class ReferenceAction : uint8_t {
  kDefault,
  kRestrict,
  kCascade,
  kNoAction,
  kSetNull,
  kSetDefault
};
std::string_view to_string(ReferenceAction action);  // "set null"; "" for kDefault
enum class MatchAction : uint8_t { kDefault, kFull, kPartial, kSimple };
std::string_view to_string(MatchAction match);

struct ReferenceDefinition : NodeOf<Kind::kReferenceDefinition> {
  TableName table;
  Columns columns;
  MatchAction match = MatchAction::kDefault;
  ReferenceAction on_delete = ReferenceAction::kDefault;
  ReferenceAction on_update = ReferenceAction::kDefault;
  VIF_SQL_FIELDS(table, columns, match, on_delete, on_update)
};

enum class ColumnKeyOption : uint8_t {
  kNone,
  kPrimary,
  kSpatialKey,
  kFulltextKey,
  kUnique,
  kUniqueKey,
  kKey,
};
enum class ColumnStorage : uint8_t { kDefault, kVirtual, kStored };
enum class ColumnFormat : uint8_t { kUnspecified, kFixed, kDynamic, kDefault, kCompressed };

struct ColumnTypeOptions : NodeOf<Kind::kColumnTypeOptions> {
  std::optional<bool> null;  // null / not null
  bool autoincrement = false;
  Expr* default_val = nullptr;
  bool default_literal = false;  // default 1, as against default (1)
  Expr* on_update = nullptr;
  Expr* as = nullptr;  // generated
  Literal* comment = nullptr;
  ColumnStorage storage = ColumnStorage::kDefault;
  std::string_view collate;
  ReferenceDefinition* reference = nullptr;
  ColumnKeyOption key = ColumnKeyOption::kNone;
  std::optional<bool> invisible;
  ColumnFormat format = ColumnFormat::kUnspecified;
  std::string_view disk_storage;  // "disk", "memory", "default": of STORAGE
  Literal* engine_attribute = nullptr;
  Literal* secondary_engine_attribute = nullptr;
  Literal* srid = nullptr;
  Expr* check = nullptr;  // a column's own CHECK
  std::string_view check_name;
  bool not_secondary = false;  // NOT SECONDARY
  std::string_view masking_policy;
  bool check_enforced = true;
  VIF_SQL_FIELDS(null, autoincrement, default_val, default_literal, on_update, as, comment, storage,
                 collate, reference, key, invisible, format, disk_storage, engine_attribute,
                 secondary_engine_attribute, srid, check, check_name, check_enforced, not_secondary,
                 masking_policy)
};

struct ColumnType : NodeOf<Kind::kColumnType> {
  std::string_view type;  // as written
  std::optional<int32_t> length;
  std::optional<int32_t> scale;
  bool is_unsigned = false;
  bool zerofill = false;
  ColumnCharset charset;
  List<std::string_view> enum_values;    // as SQL literals, quotes included
  ColumnTypeOptions* options = nullptr;  // null in a routine's parameter
  VIF_SQL_FIELDS(type, length, scale, is_unsigned, zerofill, charset, enum_values, options)
};

struct ColumnDefinition : NodeOf<Kind::kColumnDefinition> {
  std::string_view name;
  ColumnType* type = nullptr;
  VIF_SQL_FIELDS(name, type)
};

enum class IndexType : uint8_t { kDefault, kUnique, kPrimary, kFullText, kSpatial };

struct IndexColumn : NodeOf<Kind::kIndexColumn> {
  std::string_view column;
  std::optional<int32_t> length;
  Expr* expression = nullptr;  // then `column` is empty
  bool descending = false;
  VIF_SQL_FIELDS(column, length, expression, descending)
};
// `name` as written (USING, KEY_BLOCK_SIZE, VISIBLE...), and a word or a literal after it.
struct IndexOption : NodeOf<Kind::kIndexOption> {
  std::string_view name;
  std::string_view text;
  Literal* value = nullptr;
  VIF_SQL_FIELDS(name, text, value)
};
struct IndexDefinition : NodeOf<Kind::kIndexDefinition> {
  IndexType type = IndexType::kDefault;
  std::string_view constraint_name;
  bool if_not_exists = false;  // MariaDB
  std::string_view name;
  List<IndexColumn*> columns;
  List<IndexOption*> options;
  VIF_SQL_FIELDS(type, constraint_name, if_not_exists, name, columns, options)
};

enum class ConstraintKind : uint8_t { kForeignKey, kCheck };
struct ConstraintDefinition : NodeOf<Kind::kConstraintDefinition> {
  ConstraintKind constraint = ConstraintKind::kCheck;
  std::string_view name;
  // foreign key
  std::string_view index_name;
  Columns source;
  ReferenceDefinition* reference = nullptr;
  // check
  Expr* check = nullptr;
  bool enforced = true;
  // Number of the column that it was written at; -1: at none. MariaDB tells the two apart, MySQL
  // does not. No field.
  int32_t column = -1;
  VIF_SQL_FIELDS(constraint, name, index_name, source, reference, check, enforced)
};

// engine innodb, charset utf8mb4, union (a, b): one of `text`, `value`, `tables`.
struct TableOption : NodeOf<Kind::kTableOption> {
  std::string_view name;
  std::string_view text;
  bool case_sensitive = false;
  bool needs_equals =
      false;  // engines' options in MariaDB; it is left out for all others, as in Vitess
  Literal* value = nullptr;
  List<TableName> tables;
  VIF_SQL_FIELDS(name, text, case_sensitive, needs_equals, value, tables)
};

enum class PartitionType : uint8_t { kHash, kKey, kRange, kList };

enum class PartitionRange : uint8_t { kNone, kLessThan, kIn };
// A partition or (subpartition) a part of one; a field not given is null or empty.
struct PartitionDefinition : NodeOf<Kind::kPartitionDefinition> {
  std::string_view name;
  PartitionRange range = PartitionRange::kNone;
  ValTuple* values = nullptr;   // null with a range: maxvalue
  bool storage_engine = false;  // "storage engine", not "engine"
  std::string_view engine;
  Literal* comment = nullptr;
  Literal* data_directory = nullptr;
  Literal* index_directory = nullptr;
  std::optional<int64_t> max_rows;
  std::optional<int64_t> min_rows;
  std::string_view tablespace;
  List<PartitionDefinition*> subpartitions;
  VIF_SQL_FIELDS(name, range, values, storage_engine, engine, comment, data_directory,
                 index_directory, max_rows, min_rows, tablespace, subpartitions)
};
struct SubPartition : NodeOf<Kind::kSubPartition> {
  bool is_linear = false;
  PartitionType type = PartitionType::kHash;
  int32_t key_algorithm = 0;
  Columns columns;
  Expr* expr = nullptr;
  std::optional<int64_t> count;
  VIF_SQL_FIELDS(is_linear, type, key_algorithm, columns, expr, count)
};
struct PartitionOption : NodeOf<Kind::kPartitionOption> {
  bool is_linear = false;
  PartitionType type = PartitionType::kHash;
  int32_t key_algorithm = 0;
  Columns columns;
  Expr* expr = nullptr;
  std::optional<int64_t> count;
  SubPartition* subpartition = nullptr;
  List<PartitionDefinition*> definitions;
  VIF_SQL_FIELDS(is_linear, type, key_algorithm, columns, expr, count, subpartition, definitions)
};

struct TableSpec : NodeOf<Kind::kTableSpec> {
  List<ColumnDefinition*> columns;
  List<IndexDefinition*> indexes;
  List<ConstraintDefinition*> constraints;
  List<TableOption*> options;
  PartitionOption* partition = nullptr;
  VIF_SQL_FIELDS(columns, indexes, constraints, options, partition)
};

struct CreateTable : NodeOf<Kind::kCreateTable, Statement> {
  Comments comments;
  bool temp = false;
  bool or_replace = false;  // MariaDB
  bool if_not_exists = false;
  TableName table;
  TableName like;  // create table a like b
  TableSpec* spec = nullptr;
  std::string_view duplicates;       // before AS: "ignore", "replace", or empty
  TableStatement* select = nullptr;  // create table ... as select
  bool fully_parsed = true;          // false: the rest was skipped, and `spec` may be null
  VIF_SQL_FIELDS(comments, temp, or_replace, if_not_exists, table, like, spec, duplicates, select,
                 fully_parsed)
};

enum class PartitionAction : uint8_t {
  kAdd,
  kDrop,
  kReorganize,
  kDiscard,
  kImport,
  kTruncate,
  kCoalesce,
  kExchange,
  kAnalyze,
  kCheck,
  kOptimize,
  kRebuild,
  kRepair,
  kRemove,
  kUpgrade,
};
struct PartitionSpec : NodeOf<Kind::kPartitionSpec> {
  PartitionAction action = PartitionAction::kAdd;
  bool is_all = false;
  Columns names;
  int64_t number = 0;  // coalesce partition n
  TableName table;     // exchange partition p with table t
  bool without_validation = false;
  bool is_local = false;  // no_write_to_binlog
  std::string_view how;   // of a check or repair, canonical, with its leading blank: " for upgrade"
  List<PartitionDefinition*> definitions;
  VIF_SQL_FIELDS(action, is_all, names, number, table, without_validation, is_local, how,
                 definitions)
};

enum class AlterAction : uint8_t {
  kTableOptions,
  kAddColumns,
  kAddIndex,
  kAddConstraint,
  kAlterColumn,
  kAlterIndex,
  kAlterCheck,
  kChangeColumn,
  kModifyColumn,
  kRenameColumn,
  kRenameIndex,
  kRenameTable,
  kDropColumn,
  kDropIndex,
  kDropPrimaryKey,
  kDropForeignKey,
  kDropCheck,
  kConvertCharset,
  kEnableKeys,
  kDisableKeys,
  kDiscardTablespace,
  kImportTablespace,
  kForce,
  kOrderBy,
  kAlgorithm,
  kLock,
  kWithValidation,
  kWithoutValidation,
  kSecondaryLoad,
  kSecondaryUnload,
};
// One clause of an ALTER TABLE: `action` says which of the rest have a meaning.
struct AlterOption : NodeOf<Kind::kAlterOption> {
  AlterAction action = AlterAction::kForce;
  bool conditional =
      false;  // MariaDB's IF EXISTS of a drop or change, IF NOT EXISTS of an added column
  std::string_view name;      // column, index, constraint; charset; the algorithm or lock's word
  std::string_view new_name;  // of a rename; the collation of kConvertCharset
  TableName table;            // kRenameTable
  List<ColumnDefinition*> columns;  // added; the new one of kChangeColumn and kModifyColumn
  bool first = false;
  std::string_view after;
  IndexDefinition* index = nullptr;
  ConstraintDefinition* constraint = nullptr;
  bool drop_default = false;
  Expr* default_val = nullptr;
  bool default_literal = false;
  std::optional<bool> invisible;
  bool enforced = true;
  List<Order*> order_by;
  List<TableOption*> table_options;
  Columns partitions;               // of kSecondaryLoad and kSecondaryUnload
  std::optional<bool> guided;       // secondary_load guided on
  std::string_view masking_policy;  // alter column a set masking policy p
  bool drop_masking_policy = false;
  VIF_SQL_FIELDS(action, conditional, name, new_name, table, columns, first, after, index,
                 constraint, drop_default, default_val, default_literal, invisible, enforced,
                 order_by, table_options, partitions, guided, masking_policy, drop_masking_policy)
};

// ALTER TABLE, and CREATE INDEX and DROP INDEX, which Vitess holds as what they are: an ALTER.
struct AlterTable : NodeOf<Kind::kAlterTable, Statement> {
  Comments comments;
  TableName table;
  List<AlterOption*> options;
  PartitionSpec* partition_spec = nullptr;
  PartitionOption* partition_option = nullptr;
  bool fully_parsed = true;
  VIF_SQL_FIELDS(comments, table, options, partition_spec, partition_option, fully_parsed)
};

struct DropTable : NodeOf<Kind::kDropTable, Statement> {
  Comments comments;
  bool temp = false;
  bool if_exists = false;
  List<TableName> tables;
  VIF_SQL_FIELDS(comments, temp, if_exists, tables)
};
// Pairs: tables[0] to tables[1], tables[2] to tables[3], ...
struct RenameTable : NodeOf<Kind::kRenameTable, Statement> {
  List<TableName> tables;
  VIF_SQL_FIELDS(tables)
};
struct TruncateTable : NodeOf<Kind::kTruncateTable, Statement> {
  TableName table;
  VIF_SQL_FIELDS(table)
};

// A user as written: literal or name, and "@host" part; both with their quotes.
struct Definer {
  std::string_view name;
  std::string_view address;
  VIF_SQL_FIELDS(name, address)
};
struct CreateView : NodeOf<Kind::kCreateView, Statement> {
  Comments comments;
  bool or_replace = false;
  bool if_not_exists = false;
  std::string_view algorithm;
  Definer definer;
  std::string_view security;
  TableName view;
  Columns columns;
  TableStatement* select = nullptr;
  std::string_view check_option;
  VIF_SQL_FIELDS(comments, or_replace, if_not_exists, algorithm, definer, security, view, columns,
                 select, check_option)
};
struct AlterView : NodeOf<Kind::kAlterView, Statement> {
  Comments comments;
  std::string_view algorithm;
  Definer definer;
  std::string_view security;
  TableName view;
  Columns columns;
  TableStatement* select = nullptr;
  std::string_view check_option;
  VIF_SQL_FIELDS(comments, algorithm, definer, security, view, columns, select, check_option)
};
struct DropView : NodeOf<Kind::kDropView, Statement> {
  Comments comments;
  bool if_exists = false;
  List<TableName> views;
  VIF_SQL_FIELDS(comments, if_exists, views)
};

enum class DatabaseOptionType : uint8_t { kCollate, kCharacterSet, kEncryption, kReadOnly };
struct DatabaseOption : NodeOf<Kind::kDatabaseOption> {
  bool is_default = false;
  DatabaseOptionType type = DatabaseOptionType::kCollate;
  std::string_view value;  // a word, or an SQL literal
  VIF_SQL_FIELDS(is_default, type, value)
};
struct CreateDatabase : NodeOf<Kind::kCreateDatabase, Statement> {
  Comments comments;
  bool if_not_exists = false;
  std::string_view name;
  List<DatabaseOption*> options;
  bool fully_parsed = true;
  VIF_SQL_FIELDS(comments, if_not_exists, name, options, fully_parsed)
};
struct AlterDatabase : NodeOf<Kind::kAlterDatabase, Statement> {
  Comments comments;
  std::string_view name;  // may be empty
  bool update_data_directory = false;
  List<DatabaseOption*> options;
  bool fully_parsed = true;
  VIF_SQL_FIELDS(comments, name, update_data_directory, options, fully_parsed)
};
struct DropDatabase : NodeOf<Kind::kDropDatabase, Statement> {
  Comments comments;
  bool if_exists = false;
  std::string_view name;
  VIF_SQL_FIELDS(comments, if_exists, name)
};

}  // namespace vif::sql
