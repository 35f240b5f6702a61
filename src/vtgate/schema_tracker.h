// Learns the columns of each keyspace's tables from a primary: at start, when a tablet's health
// says that tables changed, and after DDL of our own.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "base/result.h"
#include "discovery/health_check.h"
#include "rt/fiber.h"
#include "rt/sync.h"
#include "sharding/vschema.h"
#include "vtgate/catalog.h"

namespace vif::vtgate {

// The tables as CREATE statements define them. A statement that cannot be read leaves its table out
// (and is logged).
sharding::TrackedKeyspace track_tables(const std::map<std::string, std::string>& create_statements);

// An actor; belongs to one scheduler.
class SchemaTracker {
 public:
  SchemaTracker(discovery::HealthCheck& health, CatalogHolder& catalog);
  SchemaTracker(const SchemaTracker&) = delete;

  // Begins to follow; the keyspaces seen so far are loaded by and by.
  void start();
  // Loads these tables and views of a keyspace now, all of them when none is named or none was
  // loaded before. Waits. Errors: those of the tablet; kUnavailable without a healthy primary.
  Status load(const std::string& keyspace, std::span<const std::string> names,
              rt::Deadline deadline);
  // Until every keyspace with a healthy primary has been loaded. Errors: kCanceled,
  // kDeadlineExceeded.
  Status wait_until_loaded(rt::Deadline deadline);

 private:
  void on_health(const discovery::TabletHealth& tablet, const clients::Health* message);
  void keep_loading();

  discovery::HealthCheck& health_;
  CatalogHolder& catalog_;
  std::set<std::string> loaded_;
  std::map<std::string, std::set<std::string>> wanted_;  // names of each keyspace; none: all
  rt::WaitQueue work_;
  rt::WaitQueue progress_;
  rt::TaskGroup tasks_;
};

}  // namespace vif::vtgate
