// Between mysqld's packets and the caller's sink: column definitions that name our database get the
// keyspace's name; everything else passes untouched.
#pragma once

#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "mysql/result_sink.h"
#include "vttablet/query/running.h"

namespace vif::vttablet {

class RelaySink : public mysql::ResultSink {
 public:
  // `database` as mysqld says it, `keyspace` as callers know it. All must outlive the sink.
  RelaySink(mysql::ResultSink& to, const RunningStatement& statement, std::string_view database,
            std::string_view keyspace)
      : to_(to), statement_(statement), database_(database), keyspace_(keyspace) {}

  Status columns(uint32_t count, std::string_view packets) override;
  Status rows(std::string_view packets) override {
    started_ = true;
    return to_.rows(packets);
  }
  // Not passed on for a statement that was killed: servers end some of those (SLEEP) as if they had
  // succeeded. One that counts warnings, or any after hold_end(), is held back until finish().
  Status end(const mysql::ResultEnd& end) override;
  void hold_end() { holds_end_ = true; }
  // The end that waits for what only the same connection can tell; null when there is none.
  mysql::ResultEnd* waiting() { return waiting_ ? &*waiting_ : nullptr; }
  Status finish() { return to_.end(*waiting_); }

  // Something was handed on: the statement cannot be tried again.
  bool started() const { return started_; }
  uint16_t server_status() const { return status_; }
  uint64_t affected_rows() const { return affected_rows_; }

 private:
  mysql::ResultSink& to_;
  const RunningStatement& statement_;
  std::string_view database_;
  std::string_view keyspace_;
  bool started_ = false;
  uint16_t status_ = 0;
  uint64_t affected_rows_ = 0;
  bool holds_end_ = false;
  std::optional<mysql::ResultEnd> waiting_;
};

// `packets` with `keyspace` in place of `database` in each column definition, in `out`; false when
// none names it. Errors: kInternal, malformed.
Result<bool> rename_database(std::string_view packets, std::string_view database,
                             std::string_view keyspace, std::pmr::string& out);

}  // namespace vif::vttablet
