// What each statement did: a line a statement in a file, and the latest slow and failed ones in
// memory.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "rt/time.h"

namespace vif::vtgate {

struct QueryLogOptions {
  std::string path;                                    // --log-queries-to-file; empty: none
  std::string format = "text";                         // --querylog-format: text, json
  std::string filter_tag;                              // --querylog-filter-tag
  int64_t row_threshold = 0;                           // --querylog-row-threshold
  bool errors_only = false;                            // --querylog-mode=error
  rt::Duration slow = std::chrono::milliseconds(100);  // kept in memory from here on
  size_t kept = 500;
};

// Times are spans.
struct QueryRecord {
  std::string method = "Execute";
  std::string sql;
  std::string keyspace;  // the session's target
  std::string tablet_type;
  std::string user;
  std::string plan_type;       // "Passthrough"
  std::string statement_type;  // "SELECT"
  std::vector<std::string> tables;
  std::string error;
  int64_t start_us = 0;  // wall clock
  rt::Duration plan_time{0}, execute_time{0}, commit_time{0}, total_time{0};
  int shard_queries = 0;
  uint64_t rows_returned = 0;
  uint64_t rows_affected = 0;
  bool cached_plan = false;
  bool in_transaction = false;
  uint32_t connection_id = 0;
};

class QueryLog {
 public:
  explicit QueryLog(QueryLogOptions options) : options_(std::move(options)) {}
  ~QueryLog();

  // Opens the file for appending; the lines of one loop turn are written together. Errors: what the
  // system said.
  Status open();
  // Whether such a statement is to be kept or written: then add() wants the whole record.
  bool wants(rt::Duration took, bool failed) const {
    return failed || took >= options_.slow || (file_ != nullptr && !options_.errors_only);
  }
  void add(QueryRecord record);

  const std::deque<QueryRecord>& kept() const { return kept_; }
  static std::string as_text(const QueryRecord& record);
  static std::string as_json(const QueryRecord& record);

 private:
  struct File;

  QueryLogOptions options_;
  std::shared_ptr<File> file_;  // null: none; shared with a write that is to come
  std::deque<QueryRecord> kept_;
};

}  // namespace vif::vtgate
