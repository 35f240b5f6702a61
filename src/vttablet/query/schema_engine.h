// What tables and views the database has, and which of them changed since the last look.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "clients/query_service.h"
#include "vttablet/query/pool.h"

namespace vif::vttablet {

struct SchemaChange {
  std::vector<std::string> tables;  // created, altered, dropped; sorted
  std::vector<std::string> views;
  bool empty() const { return tables.empty() && views.empty(); }
};

class SchemaEngine {
 public:
  // `pool`'s connections have `database` as their default.
  SchemaEngine(Pool& pool, std::string database) : pool_(pool), database_(std::move(database)) {}

  // Looks again. The first look reports nothing. Waits. Errors: of mysqld.
  Result<SchemaChange> reload(rt::Deadline deadline);
  // After it, the next reload() is a first look again.
  void forget() { loaded_ = false; }

  // CREATE statements of `names` (all when empty) of this kind, in batches. Names that are not
  // there are left out.
  Status create_statements(
      clients::SchemaTableKind kind, std::span<const std::string> names,
      const std::function<Status(std::map<std::string, std::string>)>& on_tables,
      rt::Deadline deadline);

  bool loaded() const { return loaded_; }
  size_t table_count() const { return objects_.size(); }

 private:
  struct Object {
    bool view = false;
    uint64_t hash = 0;  // of columns, or of a view's definition
    bool operator==(const Object&) const = default;
  };
  using Objects = std::map<std::string, Object, std::less<>>;
  Result<Objects> look(rt::Deadline deadline);

  Pool& pool_;
  std::string database_;
  Objects objects_;
  bool loaded_ = false;
};

}  // namespace vif::vttablet
