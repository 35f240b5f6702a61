// What the query service counts, under the names that Vitess's dashboards know.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/metrics.h"
#include "rt/time.h"
#include "vttablet/query/statement.h"

namespace vif::vttablet {

struct StatementStats {
  std::string sql;  // of the first run, cut
  StatementKind kind = StatementKind::kOther;
  int64_t count = 0;
  int64_t time_ns = 0;
  int64_t errors = 0;
  int64_t rows_affected = 0;
};

// A statement that failed or was slow, as /querylogz shows it.
struct NotedStatement {
  int64_t ended_us = 0;  // wall clock
  StatementKind kind = StatementKind::kOther;
  rt::Duration time{0};
  std::string sql;    // cut
  std::string error;  // "" when it was only slow
};

class QueryStats {
 public:
  explicit QueryStats(Metrics& metrics);

  void record(StatementKind kind, uint64_t fingerprint, std::string_view sql, rt::Duration time,
              uint64_t rows_affected, const Error* error);
  Counters& kills() { return kills_; }
  Timings& transactions() { return transactions_; }
  const std::unordered_map<uint64_t, StatementStats>& by_fingerprint() const {
    return by_fingerprint_;
  }
  // The latest ones, oldest first.
  const std::deque<NotedStatement>& noted() const { return noted_; }
  // Vitess's /debug/query_stats.
  std::string query_stats_json() const;
  // Statements since start.
  int64_t statements() const { return statements_; }

 private:
  Counters& kills_;
  Counters& errors_;
  Timings& transactions_;
  std::array<Histogram*, kStatementKinds> times_{};
  std::unordered_map<uint64_t, StatementStats> by_fingerprint_;
  std::deque<NotedStatement> noted_;
  int64_t statements_ = 0;
};

}  // namespace vif::vttablet
