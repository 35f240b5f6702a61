// The words of the enumerations.
#include <iterator>

#include "sql/ast.h"

namespace vif::sql {

namespace {

template <typename E, size_t N>
std::string_view pick(const std::string_view (&words)[N], E value) {
  return words[static_cast<size_t>(value)];
}

}  // namespace

const ScopePrefix* scope_prefix(std::string_view variable_name) {
  static constexpr ScopePrefix kPrefixes[] = {
      {"local.", Scope::kSessionScope},      {"session.", Scope::kSessionScope},
      {"global.", Scope::kGlobalScope},      {"vitess_metadata.", Scope::kVitessMetadataScope},
      {"persist.", Scope::kPersistSysScope}, {"persist_only.", Scope::kPersistOnlySysScope}};
  for (const ScopePrefix& prefix : kPrefixes) {
    const size_t size = prefix.text.size();
    if (variable_name.size() > size && equal_ci(variable_name.substr(0, size), prefix.text))
      return &prefix;
  }
  return nullptr;
}

bool holds_for_next_transaction(std::string_view variable_name) {
  const std::string name = lowered(variable_name);
  return name.ends_with("transaction_isolation") || name.ends_with("transaction_read_only");
}

std::string_view to_string(ComparisonOp op) {
  static constexpr std::string_view kWords[] = {
      "=",  "<",      ">",    "<=",       ">=",     "!=",        "<=>",
      "in", "not in", "like", "not like", "regexp", "not regexp"};
  return pick(kWords, op);
}

std::string_view to_string(IsOp op) {
  static constexpr std::string_view kWords[] = {"is null",     "is not null", "is true",
                                                "is not true", "is false",    "is not false"};
  return pick(kWords, op);
}

std::string_view to_string(BinaryOp op) {
  static constexpr std::string_view kWords[] = {"&",   "|", "^",  "+",  "-",  "*",  "/",
                                                "div", "%", "<<", ">>", "->", "->>"};
  return pick(kWords, op);
}

std::string_view to_string(UnaryOp op) {
  static constexpr std::string_view kWords[] = {"+", "-", "~", "!", "N"};
  return pick(kWords, op);
}

std::string_view to_string(IntervalType unit) {
  static constexpr std::string_view kWords[] = {"",
                                                "year",
                                                "quarter",
                                                "month",
                                                "week",
                                                "day",
                                                "hour",
                                                "minute",
                                                "second",
                                                "microsecond",
                                                "year_month",
                                                "day_hour",
                                                "day_minute",
                                                "day_second",
                                                "hour_minute",
                                                "hour_second",
                                                "minute_second",
                                                "day_microsecond",
                                                "hour_microsecond",
                                                "minute_microsecond",
                                                "second_microsecond"};
  return pick(kWords, unit);
}

std::string_view to_string(AggrOp op) {
  static constexpr std::string_view kWords[] = {"count",
                                                "max",
                                                "min",
                                                "sum",
                                                "avg",
                                                "bit_and",
                                                "bit_or",
                                                "bit_xor",
                                                "std",
                                                "stddev",
                                                "stddev_pop",
                                                "stddev_samp",
                                                "var_pop",
                                                "var_samp",
                                                "variance",
                                                "json_arrayagg",
                                                "json_objectagg",
                                                "any_value"};
  return pick(kWords, op);
}

std::string_view to_string(WindowFunc fn) {
  static constexpr std::string_view kWords[] = {"cume_dist",  "dense_rank",  "percent_rank", "rank",
                                                "row_number", "first_value", "last_value",   "lag",
                                                "lead",       "ntile",       "nth_value"};
  return pick(kWords, fn);
}

std::string_view to_string(LockingFuncType fn) {
  static constexpr std::string_view kWords[] = {"get_lock", "is_free_lock", "is_used_lock",
                                                "release_all_locks", "release_lock"};
  return pick(kWords, fn);
}

std::string_view to_string(Lock lock) {
  static constexpr std::string_view kWords[] = {
      "",           " for update",       " for update nowait",     " for update skip locked",
      " for share", " for share nowait", " for share skip locked", " lock in share mode"};
  return pick(kWords, lock);
}

std::string_view to_string(JoinType join) {
  static constexpr std::string_view kWords[] = {
      "join",         "straight_join",     "left join",         "right join",
      "natural join", "natural left join", "natural right join"};
  return pick(kWords, join);
}

std::string_view to_string(ReferenceAction action) {
  static constexpr std::string_view kWords[] = {"",          "restrict", "cascade",
                                                "no action", "set null", "set default"};
  return pick(kWords, action);
}

std::string_view to_string(MatchAction match) {
  static constexpr std::string_view kWords[] = {"", "full", "partial", "simple"};
  return pick(kWords, match);
}

std::string_view to_string(ShowCommand command) {
  static constexpr std::string_view kWords[] = {
      " charset",
      " collation",
      " columns",
      " create database",
      " create event",
      " create function",
      " create procedure",
      " create table",
      " create trigger",
      " create view",
      " databases",
      " engines",
      " function code",
      " function status",
      " global gtid_executed",
      " indexes",
      " open tables",
      " plugins",
      " privileges",
      " procedure code",
      " procedure status",
      " processlist",
      " global status",
      " status",
      " tables",
      " table status",
      " triggers",
      " global variables",
      " variables",
      " global vgtid_executed",
      " vitess_migrations",
      " vitess_replication_status",
      " vitess_shards",
      " vitess_tablets",
      " vitess_target",
      " vitess_metadata variables",
      " vschema tables",
      " vschema keyspaces",
      " vschema vindexes",
      " warnings",
      " keyspaces",
  };
  return pick(kWords, command);
}

std::string_view to_string(MigrationAction action) {
  static constexpr std::string_view kWords[] = {
      "retry",         "cleanup",           "cleanup all",
      "launch",        "launch all",        "complete",
      "complete all",  "postpone complete", "postpone complete all",
      "cancel",        "cancel all",        "throttle",
      "throttle all",  "unthrottle",        "unthrottle all",
      "force_cutover", "force_cutover all", "cutover_threshold"};
  return pick(kWords, action);
}

}  // namespace vif::sql
