#include "sql/print_core.h"

namespace vif::sql {

bool Printer::session(const Node& any) { return setting(any) || showing(any) || transaction(any); }

bool Printer::setting(const Node& any) {
  switch (any.kind) {
    case Kind::kSet: set(to<Set>(any)); return true;
    case Kind::kSetExpr: {
      const auto& item = to<SetExpr>(any);
      const bool named = item.var->scope == Scope::kSessionScope;
      if (named && (equal_ci(item.var->name, "charset") || equal_ci(item.var->name, "names"))) {
        raw(item.var->name);
        raw(' ');
        node(item.expr);
        if (style_ == PrintStyle::kMysql && !item.collate.empty()) {
          raw(" collate ");
          raw(item.collate);
        }
        return true;
      }
      node(item.var);
      raw(" = ");
      node(item.expr);
      return true;
    }
    case Kind::kShowBasic: show_basic(to<ShowBasic>(any)); return true;
    case Kind::kShowFilter: show_filter(&to<ShowFilter>(any)); return true;
    case Kind::kShowCreate:
      lit("show");
      lit(to_string(to<ShowCreate>(any).command));
      raw(' ');
      table(to<ShowCreate>(any).op);
      return true;
    case Kind::kShowOther:
      lit("show ");
      if (style_ == PrintStyle::kMysql) {
        raw(to<ShowOther>(any).text);
      } else {
        lit(to<ShowOther>(any).command);
      }
      return true;
    default: return false;
  }
}

bool Printer::showing(const Node& any) {
  switch (any.kind) {
    case Kind::kShowTransactionStatus: {
      const auto& show = to<ShowTransactionStatus>(any);
      if (show.transaction_id.empty()) {
        lit("show unresolved transactions");
        if (!show.keyspace.empty()) {
          lit(" for ");
          raw(show.keyspace);
        }
        return true;
      }
      lit("show transaction status for ");
      string_literal(show.transaction_id);
      return true;
    }
    case Kind::kShowMigrationLogs:
      lit("show vitess_migration ");
      string_literal(to<ShowMigrationLogs>(any).uuid);
      lit(" logs");
      return true;
    case Kind::kShowThrottledApps: lit("show vitess_throttled_apps"); return true;
    case Kind::kShowThrottlerStatus: lit("show vitess_throttler status"); return true;
    default: return false;
  }
}

bool Printer::transaction(const Node& any) {
  switch (any.kind) {
    case Kind::kUse:
      lit("use");
      if (!to<Use>(any).db_name.empty()) {
        raw(' ');
        name(to<Use>(any).db_name);
      }
      return true;
    case Kind::kBegin: begin(to<Begin>(any)); return true;
    case Kind::kCommit: lit("commit"); return true;
    case Kind::kRollback: lit("rollback"); return true;
    case Kind::kSRollback:
      lit("rollback to ");
      name(to<SRollback>(any).name);
      return true;
    case Kind::kSavepoint:
      lit("savepoint ");
      name(to<Savepoint>(any).name);
      return true;
    case Kind::kRelease:
      lit("release savepoint ");
      name(to<Release>(any).name);
      return true;
    case Kind::kExplainStmt: {
      const auto& explain = to<ExplainStmt>(any);
      static constexpr std::string_view kTypes[] = {"", "format = tree ", "format = json ",
                                                    "format = traditional ", "analyze "};
      lit("explain ");
      comments(explain.comments);
      lit(kTypes[static_cast<size_t>(explain.type)]);
      node(explain.statement);
      return true;
    }
    case Kind::kExplainTab:
      lit("explain ");
      table(to<ExplainTab>(any).table);
      if (!to<ExplainTab>(any).wild.empty()) {
        raw(' ');
        raw(to<ExplainTab>(any).wild);
      }
      return true;
    case Kind::kVExplainStmt: {
      const auto& explain = to<VExplainStmt>(any);
      static constexpr std::string_view kTypes[] = {"plan ", "queries ", "all ", "trace ", "keys "};
      lit("vexplain ");
      comments(explain.comments);
      lit(kTypes[static_cast<size_t>(explain.type)]);
      node(explain.statement);
      return true;
    }
    default: return false;
  }
}

void Printer::set(const Set& set) {
  lit("set ");
  comments(set.comments);
  nodes(set.exprs);
}

void Printer::show_filter(const ShowFilter* filter) {
  if (filter == nullptr) return;
  if (filter->has_like) {
    lit(" like ");
    string_literal(filter->like);
  } else {
    where("where", filter->where);
  }
}

void Printer::show_basic(const ShowBasic& show) {
  lit("show");
  if (show.full) lit(" full");
  lit(to_string(show.command));
  if (!show.table.empty()) {
    lit(" from ");
    table(show.table);
  }
  if (!show.db_name.empty()) {
    lit(" from ");
    name(show.db_name);
  }
  show_filter(show.filter);
}

void Printer::begin(const Begin& begin) {
  if (!begin.start_transaction) return lit("begin");
  lit("start transaction");
  static constexpr std::string_view kModes[] = {"with consistent snapshot", "read write",
                                                "read only"};
  bool first = true;
  for (TxAccessMode mode : begin.modes) {
    raw(first ? " " : ", ");
    first = false;
    lit(kModes[static_cast<size_t>(mode)]);
  }
}

bool Printer::admin(const Node& any) { return prepared(any) || administration(any); }

bool Printer::prepared(const Node& any) {
  switch (any.kind) {
    case Kind::kPrepareStmt: {
      const auto& prepare = to<PrepareStmt>(any);
      lit("prepare ");
      comments(prepare.comments);
      name(prepare.name);
      lit(" from ");
      node(prepare.statement);
      return true;
    }
    case Kind::kExecuteStmt: {
      const auto& execute = to<ExecuteStmt>(any);
      lit("execute ");
      comments(execute.comments);
      name(execute.name);
      if (!execute.arguments.empty()) lit(" using ");
      nodes(execute.arguments);
      return true;
    }
    case Kind::kDeallocateStmt:
      lit("deallocate ");
      comments(to<DeallocateStmt>(any).comments);
      lit("prepare ");
      name(to<DeallocateStmt>(any).name);
      return true;
    case Kind::kCallProc:
      lit("call ");
      table(to<CallProc>(any).name);
      raw('(');
      nodes(to<CallProc>(any).params);
      raw(')');
      return true;
    case Kind::kAnalyze:
      lit("analyze ");
      if (to<Analyze>(any).is_local) lit("local ");
      lit("table ");
      table(to<Analyze>(any).table);
      return true;
    default: return false;
  }
}

bool Printer::administration(const Node& any) {
  switch (any.kind) {
    case Kind::kOtherAdmin:
      if (style_ == PrintStyle::kMysql) {
        raw(to<OtherAdmin>(any).text);
      } else {
        lit("otheradmin");
      }
      return true;
    case Kind::kOtherStatement: raw(to<OtherStatement>(any).text); return true;
    case Kind::kLockTables: {
      const auto& lock = to<LockTables>(any);
      static constexpr std::string_view kLocks[] = {" read", " read local", " write",
                                                    " low_priority write"};
      lit("lock tables ");
      for (size_t i = 0; i < lock.tables.size(); ++i) {
        if (i != 0) raw(", ");
        node(lock.tables[i]);
        lit(kLocks[static_cast<size_t>(lock.locks[i])]);
      }
      return true;
    }
    case Kind::kUnlockTables: lit("unlock tables"); return true;
    case Kind::kFlush: flush(to<Flush>(any)); return true;
    case Kind::kKill:
      lit(to<Kill>(any).type == KillType::kQuery ? "kill query " : "kill connection ");
      number(to<Kill>(any).process_id);
      return true;
    case Kind::kPurgeBinaryLogs: {
      const auto& purge = to<PurgeBinaryLogs>(any);
      lit(purge.to.empty() ? "purge binary logs before '" : "purge binary logs to '");
      raw(purge.to.empty() ? purge.before : purge.to);
      raw('\'');
      return true;
    }
    case Kind::kCommentOnly:
      for (std::string_view comment : to<CommentOnly>(any).comments) raw(comment);
      return true;
    case Kind::kAlterVschema: alter_vschema(to<AlterVschema>(any)); return true;
    case Kind::kAlterMigration: alter_migration(to<AlterMigration>(any)); return true;
    case Kind::kRevertMigration:
      lit("revert ");
      comments(to<RevertMigration>(any).comments);
      lit("vitess_migration ");
      string_literal(to<RevertMigration>(any).uuid);
      return true;
    default: return false;
  }
}

void Printer::flush(const Flush& flush) {
  lit("flush");
  if (flush.is_local) lit(" local");
  if (!flush.options.empty()) {
    raw(' ');
    list(flush.options, ", ", [&](std::string_view option) { lit(option); });
    return;
  }
  lit(" tables");
  if (!flush.tables.empty()) {
    raw(' ');
    tables(flush.tables);
  }
  if (flush.for_export) lit(" for export");
  if (flush.with_lock) lit(" with read lock");
}

void Printer::vindex_spec(const AlterVschema& node) {
  if (node.vindex_type.empty()) return;
  lit("using ");
  name(node.vindex_type);
  if (node.params.empty()) return;
  lit(" with ");
  list(node.params, ", ", [&](const VindexParam& param) {
    raw(param.key);
    raw('=');
    raw(param.value);
  });
}

void Printer::alter_vschema(const AlterVschema& alter) {
  lit("alter vschema ");
  switch (alter.action) {
    case VschemaAction::kCreateVindex:
      lit("create vindex ");
      table(alter.table);
      raw(' ');
      vindex_spec(alter);
      return;
    case VschemaAction::kDropVindex: lit("drop vindex "); return table(alter.table);
    case VschemaAction::kAddTable: lit("add table "); return table(alter.table);
    case VschemaAction::kDropTable: lit("drop table "); return table(alter.table);
    case VschemaAction::kAddSequence: lit("add sequence "); return table(alter.table);
    case VschemaAction::kDropSequence: lit("drop sequence "); return table(alter.table);
    default: break;
  }
  lit("on ");
  table(alter.table);
  switch (alter.action) {
    case VschemaAction::kAddColVindex:
      lit(" add vindex ");
      name(alter.vindex_name);
      raw(' ');
      columns(alter.columns);
      if (!alter.vindex_type.empty()) raw(' ');
      return vindex_spec(alter);
    case VschemaAction::kDropColVindex: lit(" drop vindex "); return name(alter.vindex_name);
    case VschemaAction::kAddAutoInc:
      lit(" add auto_increment ");
      name(alter.auto_inc_column);
      lit(" using ");
      return table(alter.sequence);
    default: lit(" drop auto_increment");
  }
}

void Printer::alter_migration(const AlterMigration& alter) {
  lit("alter vitess_migration");
  const auto quoted = [&](std::string_view word, std::string_view text) {
    if (text.empty()) return;
    lit(word);
    raw(' ');
    string_literal(text);
  };
  quoted("", alter.uuid);
  raw(' ');
  raw(to_string(alter.action));
  quoted("", alter.threshold);
  quoted(" expire", alter.expire);
  if (alter.ratio != nullptr) {
    lit(" ratio ");
    node(alter.ratio);
  }
  quoted(" vitess_shards", alter.shards);
}

}  // namespace vif::sql
