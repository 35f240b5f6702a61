#include "vtgate/vschema_editor.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include "discovery/srv_watch.h"
#include "mysql/error_codes.h"
#include "proto/vschema.pb.h"
#include "sharding/vschema.h"
#include "sql/printer.h"
#include "topo/server.h"

namespace vif::vtgate {

namespace {

// Longest wait for what was written to come back by the watch.
constexpr rt::Duration kSeenTimeout = std::chrono::seconds(5);

template <typename... Args>
Error refused(fmt::format_string<Args...> text, Args&&... args) {
  return Error(Code::kInternal, fmt::format(text, std::forward<Args>(args)...));
}

std::string unquoted(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == value.back() &&
                      (value.front() == '`' || value.front() == '\'');
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

::vschema::Vindex vindex_of(const sql::AlterVschema& ddl) {
  ::vschema::Vindex vindex;
  vindex.set_type(std::string(ddl.vindex_type));
  for (const sql::VindexParam& param : ddl.params) {
    if (sql::equal_ci(param.key, "owner")) {
      vindex.set_owner(unquoted(param.value));
    } else {
      (*vindex.mutable_params())[std::string(param.key)] = unquoted(param.value);
    }
  }
  return vindex;
}

bool has_same_params(const ::vschema::Vindex& a, const ::vschema::Vindex& b) {
  if (a.params_size() != b.params_size()) return false;
  return std::all_of(a.params().begin(), a.params().end(), [&](const auto& param) {
    const auto found = b.params().find(param.first);
    return found != b.params().end() && found->second == param.second;
  });
}

// `ks.seq`, quoted where it must be.
std::string sequence_text(const sql::TableName& name) {
  const auto append = [](std::string& out, std::string_view part) {
    const bool plain = std::all_of(part.begin(), part.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '$';
    });
    plain ? void(out += part) : sql::append_quoted_name(out, part);
  };
  std::string out;
  if (!name.qualifier.empty()) {
    append(out, name.qualifier);
    out += '.';
  }
  append(out, name.name);
  return out;
}

// CREATE and DROP VINDEX name it as they would name a table.
bool has_vindex_alone(const sql::AlterVschema& ddl) {
  return ddl.action == sql::VschemaAction::kCreateVindex ||
         ddl.action == sql::VschemaAction::kDropVindex;
}

// One statement's change of one keyspace.
class VSchemaChange {
 public:
  VSchemaChange(::vschema::Keyspace& record, std::string_view keyspace,
                const sql::AlterVschema& ddl)
      : record_(record),
        tables_(*record.mutable_tables()),
        vindexes_(*record.mutable_vindexes()),
        keyspace_(keyspace),
        ddl_(ddl),
        table_(ddl.table.name),
        vindex_(has_vindex_alone(ddl) ? ddl.table.name : ddl.vindex_name) {}

  Status apply() {
    switch (ddl_.action) {
      case sql::VschemaAction::kCreateVindex: return create_vindex();
      case sql::VschemaAction::kDropVindex: return drop_vindex();
      case sql::VschemaAction::kAddTable: return add_table();
      case sql::VschemaAction::kDropTable: return drop("table");
      case sql::VschemaAction::kAddColVindex: return add_column_vindex();
      case sql::VschemaAction::kDropColVindex: return drop_column_vindex();
      case sql::VschemaAction::kAddSequence: return add_sequence();
      case sql::VschemaAction::kDropSequence: return drop_sequence();
      case sql::VschemaAction::kAddAutoInc: return add_auto_increment();
      case sql::VschemaAction::kDropAutoInc: return drop_auto_increment();
    }
    return {};
  }

 private:
  // The first vindex makes a keyspace a sharded one.
  void put_vindex() {
    if (vindexes_.empty()) record_.set_sharded(true);
    vindexes_[vindex_] = vindex_of(ddl_);
  }

  Status create_vindex() {
    if (vindexes_.contains(vindex_))
      return refused("vindex {} already exists in keyspace {}", vindex_, keyspace_);
    put_vindex();
    return {};
  }

  Status drop_vindex() {
    if (!vindexes_.contains(vindex_))
      return refused("vindex {} does not exists in keyspace {}", vindex_, keyspace_);
    std::string_view user;  // the first by name: the map has no order
    for (const auto& [name, table] : tables_) {
      if (column_vindex(table) >= 0 && (user.empty() || name < user)) user = name;
    }
    if (!user.empty())
      return refused("can not drop vindex cause {} still defined on table {}", vindex_, user);
    vindexes_.erase(vindex_);
    return {};
  }

  Status add_table() {
    if (record_.sharded())
      return refused("add vschema table: unsupported on sharded keyspace {}", keyspace_);
    if (tables_.contains(table_))
      return refused("vschema already contains table {} in keyspace {}", table_, keyspace_);
    tables_[table_] = {};
    return {};
  }

  Status drop(std::string_view what) {
    if (tables_.erase(table_) > 0) return {};
    return refused("vschema does not contain {} {} in keyspace {}", what, table_, keyspace_);
  }

  int column_vindex(const ::vschema::Table& table) const {
    for (int i = 0; i < table.column_vindexes_size(); ++i) {
      if (table.column_vindexes(i).name() == vindex_) return i;
    }
    return -1;
  }

  Status check_same_vindex(const ::vschema::Vindex& there) const {
    const ::vschema::Vindex wanted = vindex_of(ddl_);
    if (there.type() != wanted.type()) {
      return refused("vindex {} defined with type {} not {}", vindex_, there.type(), wanted.type());
    }
    if (there.owner() != wanted.owner()) {
      return refused("vindex {} defined with owner {} not {}", vindex_, there.owner(),
                     wanted.owner());
    }
    if (!has_same_params(there, wanted))
      return refused("vindex {} defined with different parameters", vindex_);
    return {};
  }

  Status add_column_vindex() {
    const auto there = vindexes_.find(vindex_);
    if (there != vindexes_.end()) {
      if (!ddl_.vindex_type.empty()) VIF_TRY(check_same_vindex(there->second));
    } else if (ddl_.vindex_type.empty()) {
      return refused("vindex {} does not exist in keyspace {}", vindex_, keyspace_);
    } else {
      put_vindex();
    }
    ::vschema::Table& table = tables_[table_];
    if (column_vindex(table) >= 0)
      return refused("vindex {} already defined on table {}", vindex_, table_);
    ::vschema::ColumnVindex& added = *table.add_column_vindexes();
    added.set_name(vindex_);
    for (const std::string_view column : ddl_.columns) added.add_columns(std::string(column));
    return {};
  }

  Status drop_column_vindex() {
    const auto table = tables_.find(table_);
    if (table == tables_.end())
      return refused("table {}.{} not defined in vschema", keyspace_, table_);
    const int at = column_vindex(table->second);
    if (at < 0) return refused("vindex {} not defined in table {}.{}", vindex_, keyspace_, table_);
    table->second.mutable_column_vindexes()->DeleteSubrange(at, 1);
    if (table->second.column_vindexes_size() == 0) tables_.erase(table_);
    return {};
  }

  Status add_sequence() {
    if (record_.sharded())
      return refused("add sequence table: unsupported on sharded keyspace {}", keyspace_);
    if (tables_.contains(table_))
      return refused("vschema already contains sequence {} in keyspace {}", table_, keyspace_);
    tables_[table_].set_type("sequence");
    return {};
  }

  Status drop_sequence() {
    if (record_.sharded())
      return refused("drop sequence table: unsupported on sharded keyspace {}", keyspace_);
    return drop("sequence");
  }

  Status add_auto_increment() {
    const auto table = tables_.find(table_);
    if (table == tables_.end())
      return refused("vschema does not contain table {} in keyspace {}", table_, keyspace_);
    if (table->second.has_auto_increment()) {
      const ::vschema::AutoIncrement& there = table->second.auto_increment();
      return refused(
          "vschema already contains auto inc column:\"{}\" sequence:\"{}\" on table {} in keyspace "
          "{}",
          there.column(), there.sequence(), table_, keyspace_);
    }
    ::vschema::AutoIncrement& added = *table->second.mutable_auto_increment();
    added.set_column(std::string(ddl_.auto_inc_column));
    added.set_sequence(sequence_text(ddl_.sequence));
    return {};
  }

  Status drop_auto_increment() {
    const auto table = tables_.find(table_);
    if (table == tables_.end())
      return refused("vschema does not contain table {} in keyspace {}", table_, keyspace_);
    if (!table->second.has_auto_increment()) {
      return refused("vschema does not contain auto increment <nil> on table {} in keyspace {}",
                     table_, keyspace_);
    }
    table->second.clear_auto_increment();
    return {};
  }

  ::vschema::Keyspace& record_;
  google::protobuf::Map<std::string, ::vschema::Table>& tables_;
  google::protobuf::Map<std::string, ::vschema::Vindex>& vindexes_;
  const std::string_view keyspace_;
  const sql::AlterVschema& ddl_;
  const std::string table_;
  const std::string vindex_;
};

Status check_vschema(const ::vschema::Keyspace& record, std::string_view name) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(record, &json).ok())
    return Error(Code::kInternal, "the new VSchema has no JSON");
  const sharding::KeyspaceSpec spec = VIF_TRY(sharding::parse_keyspace_json(json));
  VIF_TRY(sharding::build_keyspace_schema(spec, name));
  return {};
}

}  // namespace

Status change_vschema(::vschema::Keyspace& record, std::string_view name,
                      const sql::AlterVschema& ddl) {
  return VSchemaChange(record, name, ddl).apply();
}

Status check_vschema_user(std::string_view authorized_users, std::string_view user) {
  if (authorized_users == "%") return {};
  while (!authorized_users.empty()) {
    std::string_view name = authorized_users.substr(0, authorized_users.find(','));
    authorized_users.remove_prefix(std::min(authorized_users.size(), name.size() + 1));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty() && name == user) return {};
  }
  return Error(Code::kPermissionDenied, mysql::er::kAccessDeniedError, "28000",
               fmt::format("User '{}' is not authorized to perform vschema operations", user));
}

VSchemaEditor::VSchemaEditor(topo::Server& topology, discovery::SrvWatch& watch, std::string cell)
    : topology_(topology), watch_(watch), cell_(std::move(cell)) {}

Status VSchemaEditor::apply(const sql::AlterVschema& ddl, const std::string& keyspace,
                            rt::Deadline deadline) {
  const std::unique_ptr<topo::Lock> lock = VIF_TRY(topology_.lock_srv_vschema("ALTER VSCHEMA"));
  const auto change = [&](::vschema::Keyspace& record) -> Result<bool> {
    VIF_TRY(change_vschema(record, keyspace, ddl));
    VIF_TRY(check_vschema(record, keyspace));
    return true;
  };
  Status done = topology_.update_vschema(keyspace, change);
  if (done.ok()) done = topology_.rebuild_srv_vschema();
  const Status unlocked = lock->unlock(deadline);
  if (!done.ok()) return done;
  VIF_TRY(unlocked);
  return wait_until_seen(deadline.earlier(rt::Deadline::in(kSeenTimeout)));
}

// Another gate may write in between: what counts is that ours has what the topology has.
Status VSchemaEditor::wait_until_seen(rt::Deadline deadline) {
  for (;;) {
    const ::vschema::SrvVSchema written = VIF_TRY(topology_.get_srv_vschema(cell_));
    ::vschema::SrvVSchema seen;
    seen.ParseFromString(*watch_.srv_vschema());
    if (google::protobuf::util::MessageDifferencer::Equals(written, seen)) return {};
    const Status changed = watch_.wait_for_change(deadline);
    if (!changed.ok() && changed.error().code() == Code::kDeadlineExceeded) return {};
    VIF_TRY(changed);
  }
}

}  // namespace vif::vtgate
