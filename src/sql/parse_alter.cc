// ALTER of tables, views, databases, vschemas and migrations.
#include <span>

#include "sql/parse_core.h"

namespace vif::sql {

Statement* Parser::alter_statement() {
  const uint32_t from = token_.begin;
  advance();
  const Comments notes = comments();
  switch (token_.tok) {
    case Tok::kw_table: return alter_table(notes);
    case Tok::kw_view:
    case Tok::kw_algorithm:
    case Tok::kw_sql: return alter_view(notes, Definer{});
    case Tok::kw_definer: {
      const Definer by = definer();
      if (at(Tok::kw_event)) return kept_opt(from, "alter");
      return alter_view(notes, by);
    }
    case Tok::kw_database:
    case Tok::kw_schema: return alter_database(notes);
    case Tok::kw_vschema: return alter_vschema();
    case Tok::kw_vitess_migration: return alter_migration();
    default: break;
  }
  if (Statement* kept = kept_opt(from, "alter")) return kept;
  fail();
}

Statement* Parser::alter_table(const Comments& notes) {
  advance();
  AlterTable* alter = make<AlterTable>();
  alter->comments = notes;
  alter->table = table_name();
  partial_ddl(alter);
  alter_options(*alter);
  if (at(Tok::kw_partition)) {
    alter->partition_option = partition_option();
  } else if (at(Tok::kw_remove)) {
    advance();
    expect(Tok::kw_partitioning);
    alter->partition_spec = make<PartitionSpec>();
    alter->partition_spec->action = PartitionAction::kRemove;
  }
  return alter;
}

// Clauses with commas; operations on partitions may only follow ALGORITHM, LOCK and VALIDATION.
void Parser::alter_options(AlterTable& alter) {
  if (at(Tok::kEnd) || at(Tok::kSemicolon) || at(Tok::kw_partition) || at(Tok::kw_remove)) return;
  bool only_modifiers = true;
  do {
    if (only_modifiers) {
      alter.partition_spec = partition_spec_opt();
      if (alter.partition_spec != nullptr) return;
    }
    AlterOption* option = alter_modifier_opt();
    if (option == nullptr) {
      const Token first = token_;
      option = alter_option(alter);
      const bool alone = option->action == AlterAction::kDiscardTablespace ||
                         option->action == AlterAction::kImportTablespace ||
                         option->action == AlterAction::kSecondaryLoad ||
                         option->action == AlterAction::kSecondaryUnload;
      const bool at_stop = at(Tok::kEnd) || at(Tok::kSemicolon);
      if (alone && !only_modifiers) token_ = first;
      if (alone && (!only_modifiers || !at_stop)) fail();
      only_modifiers = false;
    }
    push(alter.options, option);
    if (option->action == AlterAction::kOrderBy) return;
  } while (accept(Tok::kComma));
}

AlterOption* Parser::alter_modifier_opt() {
  AlterOption* option = make<AlterOption>();
  switch (token_.tok) {
    case Tok::kw_algorithm:
      advance();
      accept(Tok::kEq);
      if (!at_any({Tok::kw_default, Tok::kw_inplace, Tok::kw_copy, Tok::kw_instant}) &&
          !at_word("nocopy"))
        fail();
      option->action = AlterAction::kAlgorithm;
      option->name = token_.text;
      break;
    case Tok::kw_lock:
      advance();
      accept(Tok::kEq);
      if (!at_any({Tok::kw_default, Tok::kw_none, Tok::kw_shared, Tok::kw_exclusive})) fail();
      option->action = AlterAction::kLock;
      option->name = keyword_text(token_.tok);
      break;
    case Tok::kw_with:
    case Tok::kw_without:
      option->action =
          at(Tok::kw_with) ? AlterAction::kWithValidation : AlterAction::kWithoutValidation;
      advance();
      if (!at(Tok::kw_validation)) fail();
      break;
    default: return nullptr;
  }
  advance();
  return option;
}

void Parser::column_place(AlterOption& option) {
  if (at(Tok::kw_check) || at(Tok::kw_constraint)) {
    ColumnTypeOptions& options = *option.columns.back()->type->options;
    if (accept(Tok::kw_constraint) && at_name()) options.check_name = name();
    expect(Tok::kw_check);
    expect(Tok::kOpen);
    options.check = expression();
    expect(Tok::kClose);
    options.check_enforced = enforced_opt();
    column_options(options, options.as != nullptr);
  }
  if (accept(Tok::kw_first)) {
    option.first = true;
  } else if (accept(Tok::kw_after)) {
    option.after = column_name()->name;
  }
}

void Parser::alter_order(AlterOption& option) {
  do {
    Order* order = make<Order>();
    order->expr = column_name();
    order->descending = accept(Tok::kw_desc);
    if (!order->descending) accept(Tok::kw_asc);
    push(option.order_by, order);
  } while (accept(Tok::kComma));
}

AlterOption* Parser::alter_option(AlterTable& alter) {
  AlterOption* option = make<AlterOption>();
  const auto done = [&](AlterAction action) {
    option->action = action;
    return option;
  };
  switch (token_.tok) {
    case Tok::kw_add: return alter_add(alter);
    case Tok::kw_alter: return alter_alter();
    case Tok::kw_drop: return alter_drop();
    case Tok::kw_rename: return alter_rename();
    case Tok::kw_change:
      advance();
      accept(Tok::kw_column);
      option->conditional = accept_if_exists();
      option->name = column_name()->name;
      push(option->columns, column_definition(false));
      column_place(*option);
      return done(AlterAction::kChangeColumn);
    case Tok::kw_modify:
      advance();
      accept(Tok::kw_column);
      option->conditional = accept_if_exists();
      push(option->columns, column_definition(false));
      option->name = option->columns[0]->name;
      column_place(*option);
      return done(AlterAction::kModifyColumn);
    case Tok::kw_convert:
      advance();
      expect(Tok::kw_to);
      if (!accept_charset()) fail();
      if (at(Tok::kw_default)) {
        option->name = keyword_text(token_.tok);
        advance();
      } else {
        option->name = charset_name();
      }
      if (accept(Tok::kw_collate))
        option->new_name = at(Tok::kString) ? sql_string() : charset_name();
      return done(AlterAction::kConvertCharset);
    case Tok::kw_disable:
    case Tok::kw_enable: {
      const bool enable = at(Tok::kw_enable);
      advance();
      expect(Tok::kw_keys);
      return done(enable ? AlterAction::kEnableKeys : AlterAction::kDisableKeys);
    }
    case Tok::kw_discard:
    case Tok::kw_import: {
      const bool discard = at(Tok::kw_discard);
      advance();
      expect(Tok::kw_tablespace);
      return done(discard ? AlterAction::kDiscardTablespace : AlterAction::kImportTablespace);
    }
    case Tok::kw_force: advance(); return done(AlterAction::kForce);
    case Tok::kw_order:
      advance();
      expect(Tok::kw_by);
      alter_order(*option);
      return done(AlterAction::kOrderBy);
    default: break;
  }
  if (AlterOption* secondary = alter_secondary_opt()) return secondary;
  while (TableOption* table_option = table_option_opt()) push(option->table_options, table_option);
  if (option->table_options.empty()) fail();
  return done(AlterAction::kTableOptions);
}

// Null: no such clause stands here.
AlterOption* Parser::alter_secondary_opt() {
  const bool load = at_word("secondary_load");
  if (!load && !at_word("secondary_unload")) return nullptr;
  advance();
  AlterOption* option = make<AlterOption>();
  option->action = load ? AlterAction::kSecondaryLoad : AlterAction::kSecondaryUnload;
  if (accept(Tok::kw_partition)) option->partitions = names_in_parens();
  if (load && accept_word("guided")) {
    option->guided = at(Tok::kw_on);
    if (!accept(Tok::kw_on)) expect(Tok::kw_off);
  }
  return option;
}

AlterOption* Parser::alter_add(AlterTable& alter) {
  advance();
  AlterOption* option = make<AlterOption>();
  std::string_view constraint_name;
  const bool constraint = accept(Tok::kw_constraint);
  if (constraint && at_name()) constraint_name = name();
  if (constraint && (at(Tok::kw_index) || at(Tok::kw_key))) fail();
  if (at_index_definition()) {
    option->action = AlterAction::kAddIndex;
    option->index = index_definition(constraint_name);
    return option;
  }
  if (constraint || at(Tok::kw_check) || at(Tok::kw_foreign)) {
    option->action = AlterAction::kAddConstraint;
    option->constraint = constraint_definition(constraint_name);
    return option;
  }
  accept(Tok::kw_column);
  option->action = AlterAction::kAddColumns;
  option->conditional = accept_if_not_exists();
  if (accept(Tok::kOpen)) {
    // Indexes and constraints among the columns become clauses of their own.
    TableSpec* spec = make<TableSpec>();
    do {
      table_element(*spec);
    } while (accept(Tok::kComma));
    expect(Tok::kClose);
    option->columns = spec->columns;
    AlterOption* last = option->columns.empty() ? nullptr : option;
    const auto add = [&](AlterOption* more) {
      if (last == nullptr) {
        last = more;
      } else {
        push(alter.options, more);
      }
    };
    for (IndexDefinition* index : spec->indexes) {
      AlterOption* more = make<AlterOption>();
      more->action = AlterAction::kAddIndex;
      more->index = index;
      add(more);
    }
    for (ConstraintDefinition* item : spec->constraints) {
      AlterOption* more = make<AlterOption>();
      more->action = AlterAction::kAddConstraint;
      more->constraint = item;
      add(more);
    }
    return last;
  }
  push(option->columns, column_definition());
  column_place(*option);
  return option;
}

AlterOption* Parser::alter_alter() {
  advance();
  AlterOption* option = make<AlterOption>();
  if (accept(Tok::kw_check) || accept(Tok::kw_constraint)) {
    option->action = AlterAction::kAlterCheck;
    option->name = name();
    option->enforced = !accept(Tok::kw_not);
    expect(Tok::kw_enforced);
    return option;
  }
  const auto visibility = [&] {
    option->invisible = at(Tok::kw_invisible);
    if (!accept(Tok::kw_invisible)) expect(Tok::kw_visible);
  };
  if (accept(Tok::kw_index)) {
    option->action = AlterAction::kAlterIndex;
    option->name = name();
    visibility();
    return option;
  }
  accept(Tok::kw_column);
  option->action = AlterAction::kAlterColumn;
  option->name = column_name()->name;
  if (accept(Tok::kw_drop)) {
    option->drop_masking_policy = accept_masking_policy();
    if (option->drop_masking_policy) return option;
    expect(Tok::kw_default);
    option->drop_default = true;
    return option;
  }
  expect(Tok::kw_set);
  if (accept(Tok::kw_default)) {
    option->default_val = default_value(&option->default_literal);
  } else if (accept_masking_policy()) {
    option->masking_policy = name();
  } else {
    visibility();
  }
  return option;
}

AlterOption* Parser::alter_drop() {
  advance();
  AlterOption* option = make<AlterOption>();
  switch (token_.tok) {
    case Tok::kw_index:
    case Tok::kw_key:
      advance();
      option->action = AlterAction::kDropIndex;
      break;
    case Tok::kw_primary:
      advance();
      expect(Tok::kw_key);
      option->action = AlterAction::kDropPrimaryKey;
      return option;
    case Tok::kw_foreign:
      advance();
      expect(Tok::kw_key);
      option->action = AlterAction::kDropForeignKey;
      break;
    case Tok::kw_check:
    case Tok::kw_constraint:
      advance();
      option->action = AlterAction::kDropCheck;
      break;
    default:
      accept(Tok::kw_column);
      option->action = AlterAction::kDropColumn;
      option->conditional = accept_if_exists();
      option->name = column_name()->name;
      if (!accept(Tok::kw_restrict)) accept(Tok::kw_cascade);
      return option;
  }
  option->conditional = accept_if_exists();
  option->name = name();
  return option;
}

AlterOption* Parser::alter_rename() {
  advance();
  AlterOption* option = make<AlterOption>();
  const bool column = at(Tok::kw_column);
  if (column || at(Tok::kw_index) || at(Tok::kw_key)) {
    advance();
    option->action = column ? AlterAction::kRenameColumn : AlterAction::kRenameIndex;
    option->name = name();
    expect(Tok::kw_to);
    option->new_name = name();
    return option;
  }
  if (!accept(Tok::kw_to) && !accept(Tok::kw_as)) accept(Tok::kEq);
  option->action = AlterAction::kRenameTable;
  option->table = table_name();
  return option;
}

bool Parser::accept_masking_policy() {
  if (!at_word("masking") || !equal_ci(peek().text, "policy")) return false;
  advance();
  advance();
  return true;
}

void Parser::partition_names(PartitionSpec& spec) {
  if (accept(Tok::kw_all)) {
    spec.is_all = true;
  } else {
    spec.names = name_list();
  }
}

// Null, and nothing consumed: no operation on partitions stands here.
PartitionSpec* Parser::partition_spec_opt() {
  static constexpr struct {
    Tok tok;
    PartitionAction action;
  } kActions[] = {{Tok::kw_add, PartitionAction::kAdd},
                  {Tok::kw_drop, PartitionAction::kDrop},
                  {Tok::kw_reorganize, PartitionAction::kReorganize},
                  {Tok::kw_discard, PartitionAction::kDiscard},
                  {Tok::kw_import, PartitionAction::kImport},
                  {Tok::kw_truncate, PartitionAction::kTruncate},
                  {Tok::kw_coalesce, PartitionAction::kCoalesce},
                  {Tok::kw_exchange, PartitionAction::kExchange},
                  {Tok::kw_analyze, PartitionAction::kAnalyze},
                  {Tok::kw_check, PartitionAction::kCheck},
                  {Tok::kw_optimize, PartitionAction::kOptimize},
                  {Tok::kw_rebuild, PartitionAction::kRebuild},
                  {Tok::kw_repair, PartitionAction::kRepair},
                  {Tok::kw_upgrade, PartitionAction::kUpgrade}};
  const auto* found = kActions;
  while (found != std::end(kActions) && !at(found->tok)) ++found;
  if (found == std::end(kActions)) return nullptr;
  const Tok then = peek().tok;
  if (found->action == PartitionAction::kUpgrade ? then != Tok::kw_partitioning
                                                 : then != Tok::kw_partition) {
    return nullptr;
  }
  advance();
  advance();
  PartitionSpec* spec = make<PartitionSpec>();
  spec->action = found->action;
  static constexpr PartitionAction kLogged[] = {
      PartitionAction::kAdd,     PartitionAction::kReorganize, PartitionAction::kCoalesce,
      PartitionAction::kAnalyze, PartitionAction::kOptimize,   PartitionAction::kRebuild,
      PartitionAction::kRepair};
  for (PartitionAction action : kLogged) {
    if (spec->action == action)
      spec->is_local = accept(Tok::kw_no_write_to_binlog) || accept(Tok::kw_local);
  }
  partition_spec_rest(*spec);
  return spec;
}

void Parser::partition_spec_rest(PartitionSpec& spec) {
  switch (spec.action) {
    case PartitionAction::kUpgrade: return;
    case PartitionAction::kAdd:
      if (accept(Tok::kw_partitions)) {
        spec.number = integer();
        return;
      }
      if (at_any({Tok::kEnd, Tok::kSemicolon})) return;
      expect(Tok::kOpen);
      spec.definitions = partition_definitions();
      return expect(Tok::kClose);
    case PartitionAction::kDrop: spec.names = name_list(); return;
    case PartitionAction::kReorganize:
      if (at(Tok::kEnd) || at(Tok::kSemicolon)) return;
      spec.names = name_list();
      expect(Tok::kw_into);
      expect(Tok::kOpen);
      spec.definitions = partition_definitions();
      return expect(Tok::kClose);
    case PartitionAction::kCoalesce: spec.number = integer(); return;
    case PartitionAction::kExchange:
      push(spec.names, name());
      expect(Tok::kw_with);
      expect(Tok::kw_table);
      spec.table = table_name();
      if (accept(Tok::kw_without)) {
        expect(Tok::kw_validation);
        spec.without_validation = true;
      } else if (accept(Tok::kw_with)) {
        expect(Tok::kw_validation);
      }
      return;
    case PartitionAction::kDiscard:
    case PartitionAction::kImport: partition_names(spec); return expect(Tok::kw_tablespace);
    case PartitionAction::kCheck:
    case PartitionAction::kRepair: partition_names(spec); return check_words(spec);
    default: partition_names(spec);
  }
}

// FOR UPGRADE, QUICK... behind CHECK PARTITION and REPAIR PARTITION.
void Parser::check_words(PartitionSpec& spec) {
  static constexpr std::string_view kCheck[] = {"quick", "fast", "medium", "extended", "changed"};
  static constexpr std::string_view kRepair[] = {"quick", "extended", "use_frm"};
  const bool check = spec.action == PartitionAction::kCheck;
  std::string words;
  for (bool more = true; more;) {
    more = false;
    if (check && at(Tok::kw_for)) {
      advance();
      expect(Tok::kw_upgrade);
      words += " for upgrade";
      more = true;
    }
    for (std::string_view word : check ? std::span<const std::string_view>(kCheck)
                                       : std::span<const std::string_view>(kRepair)) {
      if (!at_shape_text(word)) continue;
      advance();
      words.append(" ").append(word);
      more = true;
    }
  }
  spec.how = arena_.copy(words);
}

Statement* Parser::alter_view(const Comments& notes, const Definer& by) {
  AlterView* view = make<AlterView>();
  view->comments = notes;
  view->definer = by;
  view->algorithm = view_algorithm();
  if (at(Tok::kw_definer)) view->definer = definer();
  view->security = view_security();
  expect(Tok::kw_view);
  view->view = table_name();
  if (at(Tok::kOpen)) view->columns = names_in_parens();
  expect(Tok::kw_as);
  view->select = select_statement();
  view->check_option = check_option();
  return view;
}

Statement* Parser::alter_database(const Comments& notes) {
  advance();
  AlterDatabase* alter = make<AlterDatabase>();
  alter->comments = notes;
  partial_ddl(alter);
  // A word that could be the database's name is.
  if (at_name()) alter->name = name();
  if (!alter->name.empty() && accept(Tok::kw_upgrade)) {
    expect(Tok::kw_data);
    expect(Tok::kw_directory);
    expect(Tok::kw_name);
    alter->update_data_directory = true;
    return alter;
  }
  alter->options = database_options();
  if (alter->options.empty()) fail();
  return alter;
}

// [using type [with a=b, ...]]
void Parser::vindex_spec(AlterVschema& alter) {
  if (accept(Tok::kw_using)) alter.vindex_type = name();
  if (!accept(Tok::kw_with)) return;
  do {
    VindexParam param;
    param.key = reserved_name();
    expect(Tok::kEq);
    if (at(Tok::kString)) {
      param.value = sql_string();
    } else if (at(Tok::kInt)) {
      param.value = token_.text;
      advance();
    } else {
      const uint32_t from = token_.begin;
      reserved_name();
      if (accept(Tok::kDot)) reserved_name();
      param.value = written_since(from);
    }
    push(alter.params, param);
  } while (accept(Tok::kComma));
}

Statement* Parser::alter_vschema() {
  advance();
  AlterVschema* alter = make<AlterVschema>();
  if (accept(Tok::kw_create)) {
    expect(Tok::kw_vindex);
    alter->action = VschemaAction::kCreateVindex;
    alter->table = table_name();
    vindex_spec(*alter);
    return alter;
  }
  if (at(Tok::kw_add) || at(Tok::kw_drop)) {
    const bool add_it = at(Tok::kw_add);
    advance();
    if (!add_it && accept(Tok::kw_vindex)) {
      alter->action = VschemaAction::kDropVindex;
    } else if (accept(Tok::kw_table)) {
      alter->action = add_it ? VschemaAction::kAddTable : VschemaAction::kDropTable;
    } else {
      expect(Tok::kw_sequence);
      alter->action = add_it ? VschemaAction::kAddSequence : VschemaAction::kDropSequence;
    }
    alter->table = table_name();
    return alter;
  }
  expect(Tok::kw_on);
  alter->table = table_name();
  const bool add_it = at(Tok::kw_add);
  if (!accept(Tok::kw_add)) expect(Tok::kw_drop);
  if (accept(Tok::kw_vindex)) {
    alter->action = add_it ? VschemaAction::kAddColVindex : VschemaAction::kDropColVindex;
    alter->vindex_name = name();
    if (!add_it) return alter;
    alter->columns = names_in_parens();
    vindex_spec(*alter);
    return alter;
  }
  expect(Tok::kw_auto_increment);
  alter->action = add_it ? VschemaAction::kAddAutoInc : VschemaAction::kDropAutoInc;
  if (!add_it) return alter;
  alter->auto_inc_column = name();
  expect(Tok::kw_using);
  alter->sequence = table_name();
  return alter;
}

Statement* Parser::alter_migration() {
  advance();
  AlterMigration* alter = make<AlterMigration>();
  const bool one = at(Tok::kString);
  if (one) alter->uuid = string_value();
  const auto action = [&](MigrationAction single, MigrationAction all) {
    advance();
    alter->action = one ? single : all;
    if (!one) expect(Tok::kw_all);
  };
  switch (token_.tok) {
    case Tok::kw_retry:
      if (!one) fail();
      advance();
      break;
    case Tok::kw_cleanup: action(MigrationAction::kCleanup, MigrationAction::kCleanupAll); break;
    case Tok::kw_launch:
      action(MigrationAction::kLaunch, MigrationAction::kLaunchAll);
      if (one && accept(Tok::kw_vitess_shards)) alter->shards = string_value();
      break;
    case Tok::kw_complete: action(MigrationAction::kComplete, MigrationAction::kCompleteAll); break;
    case Tok::kw_postpone:
      advance();
      if (!at(Tok::kw_complete)) fail();
      action(MigrationAction::kPostponeComplete, MigrationAction::kPostponeCompleteAll);
      break;
    case Tok::kw_cancel: action(MigrationAction::kCancel, MigrationAction::kCancelAll); break;
    case Tok::kw_throttle:
      action(MigrationAction::kThrottle, MigrationAction::kThrottleAll);
      if (accept(Tok::kw_expire)) alter->expire = string_value();
      if (accept(Tok::kw_ratio)) {
        if (!at(Tok::kInt) && !at(Tok::kDecimal)) fail();
        alter->ratio = static_cast<Literal*>(number());
      }
      break;
    case Tok::kw_unthrottle:
      action(MigrationAction::kUnthrottle, MigrationAction::kUnthrottleAll);
      break;
    case Tok::kw_force_cutover:
      action(MigrationAction::kForceCutOver, MigrationAction::kForceCutOverAll);
      break;
    case Tok::kw_cutover_threshold:
      if (!one) fail();
      advance();
      alter->action = MigrationAction::kSetCutOverThreshold;
      alter->threshold = string_value();
      break;
    default: fail();
  }
  return alter;
}

}  // namespace vif::sql
