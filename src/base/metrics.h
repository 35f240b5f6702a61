// Counters and timings, published as Vitess publishes them: JSON for /debug/vars, Prometheus text
// for /metrics.
//
//   Metrics metrics;                       // one a process, passed to whoever counts
//   Counter& kills = metrics.counter("Kills", "Queries killed");
//   Counters& api = metrics.counters("VtgateApiErrorCounts", "...", {"Operation", "Keyspace", "DbType", "Code"});
//   kills.add();                           // one relaxed atomic add
//   Counter& mine = api.at({"Execute", keyspace, "primary", "OK"});   // keep it: at() looks up
//
// All of it may be used from any thread. What a Metrics hands out lives as long as it does; names
// are unique (asking again for the same name and kind gives the same object).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vif {

class Counter {
 public:
  void add(int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(int64_t n) { value_.store(n, std::memory_order_relaxed); }
  int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};
using Gauge =
    Counter;  // a counter that may fall; what it is registered as decides how it is published

// Counts into Vitess's time buckets, 0.5 ms to 10 s.
class Histogram {
 public:
  static constexpr size_t kBuckets = 11;
  // Upper bounds in nanoseconds; the last bucket has none.
  static const std::array<int64_t, kBuckets - 1> kCutoffs;

  void add(int64_t ns);
  int64_t count() const;
  int64_t total_ns() const { return total_.load(std::memory_order_relaxed); }
  int64_t bucket(size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<int64_t>, kBuckets> buckets_{};
  std::atomic<int64_t> total_{0};
};

// Members by label values. Members are never removed.
template <typename Member>
class Labelled {
 public:
  explicit Labelled(std::vector<std::string> labels) : labels_(std::move(labels)) {}

  // The member of these values, made when new; one for each label. Dots in values become '_', and
  // the values joined by '.' are its key. Looks up under a lock: keep the reference on hot paths.
  Member& at(std::initializer_list<std::string_view> values) {
    return at(std::span<const std::string_view>(values.begin(), values.size()));
  }
  Member& at(std::span<const std::string_view> values);

  const std::vector<std::string>& labels() const { return labels_; }
  void each(const std::function<void(const std::string& key, const std::vector<std::string>& values,
                                     const Member& member)>& visit) const;

 private:
  struct Entry {
    std::vector<std::string> values;
    Member member;
  };
  std::vector<std::string> labels_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
};
using Counters = Labelled<Counter>;
using Timings = Labelled<Histogram>;

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;

  Counter& counter(std::string_view name, std::string_view help);
  Gauge& gauge(std::string_view name, std::string_view help);
  Counters& counters(std::string_view name, std::string_view help, std::vector<std::string> labels);
  Counters& gauges(std::string_view name, std::string_view help, std::vector<std::string> labels);
  Timings& timings(std::string_view name, std::string_view help, std::vector<std::string> labels);

  // Asked when somebody reads. `read` must be safe on the reader's thread and outlive its use.
  void counter_function(std::string_view name, std::string_view help,
                        std::function<int64_t()> read);
  void gauge_function(std::string_view name, std::string_view help, std::function<int64_t()> read);
  // Shown in /debug/vars only.
  void text_function(std::string_view name, std::function<std::string()> read);
  // `read` gives JSON text, shown as it is in /debug/vars only.
  void json_function(std::string_view name, std::function<std::string()> read);

  // One member a metric: name -> JSON text, in the order of names.
  std::map<std::string, std::string> json_members() const;
  // The text format of Prometheus, each name "<binary>_<snake case>".
  std::string prometheus_text(std::string_view binary) const;

 private:
  struct Entry;
  Entry& entry(std::string_view name, std::string_view help, int kind);
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
};

// A JSON string with its quotes.
std::string json_quote(std::string_view text);
// "QueryTimesNs" -> "query_times_ns", as Vitess names metrics for Prometheus ("VSchema" ->
// "vschema").
std::string metric_snake_case(std::string_view name);

}  // namespace vif
