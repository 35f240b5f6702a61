#include "clients/convert.h"

#include "proto/query.pb.h"
#include "proto/topodata.pb.h"
#include "proto/vtrpc.pb.h"
#include "rpc/status.h"

namespace vif::clients {
namespace {

// The length of the UTF-8 sequence that `text` starts with; 0 when it starts with none.
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const uint8_t second = byte(1);
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

constexpr std::string_view kIsolationNames[] = {
    "", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", "SERIALIZABLE", "", "AUTOCOMMIT"};

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    constexpr uint64_t kHighBits = 0x8080808080808080ull;
    if (uint64_t eight = 0; text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & kHighBits) == 0) {
        text.remove_prefix(sizeof eight);
        continue;
      }
    }
    const size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string utf8_or_replaced(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0)
      out += '?';
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

void to_proto(const Target& from, query::Target& to) {
  to.set_keyspace(from.keyspace);
  to.set_shard(from.shard);
  to.set_tablet_type(static_cast<topodata::TabletType>(from.tablet_type));
}

Target from_proto(const query::Target& from) {
  return {from.keyspace(), from.shard(), static_cast<TabletType>(from.tablet_type())};
}

void to_proto(const TabletAlias& from, topodata::TabletAlias& to) {
  to.set_cell(from.cell);
  to.set_uid(from.uid);
}

TabletAlias from_proto(const topodata::TabletAlias& from) { return {from.cell(), from.uid()}; }

void to_proto(const types::BindVariable& from, query::BindVariable& to) {
  to.set_type(static_cast<query::Type>(from.type));
  to.set_value(from.bytes);
  for (const types::Value& value : from.values) {
    query::Value& added = *to.add_values();
    added.set_type(static_cast<query::Type>(value.type));
    added.set_value(value.bytes);
  }
}

types::BindVariable from_proto(const query::BindVariable& from) {
  types::BindVariable to;
  to.type = static_cast<types::Type>(from.type());
  to.bytes = from.value();
  for (const query::Value& value : from.values()) {
    to.values.push_back({static_cast<types::Type>(value.type()), value.value()});
  }
  return to;
}

types::BindVariables bind_variables_of(const query::BoundQuery& from) {
  types::BindVariables to;
  for (const auto& [name, variable] : from.bind_variables()) to.emplace(name, from_proto(variable));
  return to;
}

void to_proto(const CallerId& from, vtrpc::CallerID& effective, query::VTGateCallerID& immediate) {
  effective.set_principal(utf8_or_replaced(from.principal));
  effective.set_component(utf8_or_replaced(from.component));
  effective.set_subcomponent(utf8_or_replaced(from.subcomponent));
  immediate.set_username(utf8_or_replaced(from.username));
  for (const std::string& group : from.groups) {
    effective.add_groups(group);
    immediate.add_groups(group);
  }
}

CallerId caller_of(const vtrpc::CallerID& effective, const query::VTGateCallerID& immediate) {
  CallerId to{effective.principal(),
              effective.component(),
              effective.subcomponent(),
              immediate.username(),
              {}};
  to.groups.assign(immediate.groups().begin(), immediate.groups().end());
  return to;
}

void to_proto(const types::Field& from, query::Field& to) {
  to.set_name(utf8_or_replaced(from.name));
  to.set_type(static_cast<query::Type>(from.type));
  to.set_table(utf8_or_replaced(from.table));
  to.set_org_table(utf8_or_replaced(from.org_table));
  to.set_database(utf8_or_replaced(from.database));
  to.set_org_name(utf8_or_replaced(from.org_name));
  to.set_column_length(from.column_length);
  to.set_charset(from.charset);
  to.set_decimals(from.decimals);
  to.set_flags(from.flags);
  to.set_column_type(from.column_type);
}

types::Field from_proto(const query::Field& from) {
  types::Field to;
  to.name = from.name();
  to.type = static_cast<types::Type>(from.type());
  to.table = from.table();
  to.org_table = from.org_table();
  to.database = from.database();
  to.org_name = from.org_name();
  to.column_length = from.column_length();
  to.charset = from.charset();
  to.decimals = from.decimals();
  to.flags = from.flags();
  to.column_type = from.column_type();
  return to;
}

void to_proto(const BeginOptions& from, query::ExecuteOptions& to) {
  for (size_t i = 1; i < std::size(kIsolationNames); ++i) {
    if (!from.isolation.empty() && from.isolation == kIsolationNames[i]) {
      to.set_transaction_isolation(static_cast<query::ExecuteOptions::TransactionIsolation>(i));
    }
  }
  if (from.consistent_snapshot)
    to.add_transaction_access_mode(query::ExecuteOptions::CONSISTENT_SNAPSHOT);
  if (from.read_only) to.add_transaction_access_mode(query::ExecuteOptions::READ_ONLY);
}

BeginOptions begin_options_of(const query::ExecuteOptions& from) {
  BeginOptions to;
  const auto isolation = static_cast<size_t>(from.transaction_isolation());
  if (isolation < std::size(kIsolationNames)) to.isolation = kIsolationNames[isolation];
  if (from.transaction_isolation() == query::ExecuteOptions::CONSISTENT_SNAPSHOT_READ_ONLY) {
    to.consistent_snapshot = to.read_only = true;
  }
  for (int mode : from.transaction_access_mode()) {
    if (mode == query::ExecuteOptions::CONSISTENT_SNAPSHOT) to.consistent_snapshot = true;
    if (mode == query::ExecuteOptions::READ_ONLY) to.read_only = true;
  }
  return to;
}

void to_proto(const Health& from, query::StreamHealthResponse& to) {
  to_proto(from.target, *to.mutable_target());
  to_proto(from.alias, *to.mutable_tablet_alias());
  to.set_serving(from.serving);
  to.set_primary_term_start_timestamp(from.primary_term_start_s);
  query::RealtimeStats& stats = *to.mutable_realtime_stats();
  stats.set_health_error(utf8_or_replaced(from.error));
  stats.set_replication_lag_seconds(from.replication_lag_s);
  stats.set_qps(from.qps);
  for (const std::string& table : from.changed_tables)
    stats.add_table_schema_changed(utf8_or_replaced(table));
  for (const std::string& view : from.changed_views)
    stats.add_view_schema_changed(utf8_or_replaced(view));
}

Health from_proto(const query::StreamHealthResponse& from) {
  Health to;
  to.target = from_proto(from.target());
  to.alias = from_proto(from.tablet_alias());
  to.serving = from.serving();
  to.primary_term_start_s = from.primary_term_start_timestamp();
  const query::RealtimeStats& stats = from.realtime_stats();
  to.error = stats.health_error();
  to.replication_lag_s = stats.replication_lag_seconds();
  to.qps = stats.qps();
  to.changed_tables.assign(stats.table_schema_changed().begin(),
                           stats.table_schema_changed().end());
  to.changed_views.assign(stats.view_schema_changed().begin(), stats.view_schema_changed().end());
  return to;
}

void to_proto(const Error& from, vtrpc::RPCError& to) {
  to.set_code(static_cast<vtrpc::Code>(from.code()));
  to.set_message(utf8_or_replaced(rpc::wire_message(from)));
}

Error tablet_error(const vtrpc::RPCError& from) {
  const int code = static_cast<int>(from.code());
  return rpc::error_from_wire(code == 0 ? static_cast<int>(Code::kUnknown) : code,
                              "vttablet: " + from.message());
}

Error tablet_error(const Error& from) {
  return rpc::with_mysql_error_from_text(from, "vttablet: " + rpc::go_text(from));
}

}  // namespace vif::clients
