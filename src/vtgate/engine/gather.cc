#include "vtgate/engine/gather.h"

#include <algorithm>

#include "rt/sync.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {

namespace {

struct Shared {
  mysql::ResultSink& to;
  rt::Mutex mutex;
  std::optional<uint32_t> columns;
  mysql::ResultEnd sum;
  bool ended = false;

  explicit Shared(mysql::ResultSink& sink) : to(sink) {}
};

// The sink may wait, and another shard's fiber then comes along: hence the mutex.
class Lock {
 public:
  explicit Lock(rt::Mutex& mutex) : mutex_(mutex), status_(mutex.lock()) {}
  ~Lock() {
    if (status_.ok()) mutex_.unlock();
  }
  Lock(const Lock&) = delete;
  const Status& status() const { return status_; }

 private:
  rt::Mutex& mutex_;
  Status status_;
};

class GatherSink : public mysql::ResultSink {
 public:
  explicit GatherSink(Shared& shared) : shared_(shared) {}

  Status columns(uint32_t count, std::string_view packets) override {
    Lock lock(shared_.mutex);
    VIF_TRY(lock.status());
    if (shared_.columns) {
      if (*shared_.columns == count) return {};
      return Error(Code::kInternal,
                   fmt::format("shards disagree on the number of columns: {} and {}",
                               *shared_.columns, count));
    }
    shared_.columns = count;
    return shared_.to.columns(count, packets);
  }
  Status rows(std::string_view packets) override {
    Lock lock(shared_.mutex);
    VIF_TRY(lock.status());
    return shared_.to.rows(packets);
  }
  Status end(const mysql::ResultEnd& end) override {
    if (!shared_.ended) {
      shared_.sum = end;
      shared_.ended = true;
    } else {
      add_end(shared_.sum, end);
    }
    return {};
  }

 private:
  Shared& shared_;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Adds the numbers of two texts that differ in their numbers only; anything else leaves `sum`
// alone.
std::string add_numbers(const std::string& sum, const std::string& part) {
  std::string out;
  size_t i = 0;
  size_t j = 0;
  while (i < sum.size() && j < part.size()) {
    if (is_digit(sum[i]) && is_digit(part[j])) {
      uint64_t a = 0;
      uint64_t b = 0;
      while (i < sum.size() && is_digit(sum[i])) a = a * 10 + static_cast<uint64_t>(sum[i++] - '0');
      while (j < part.size() && is_digit(part[j]))
        b = b * 10 + static_cast<uint64_t>(part[j++] - '0');
      out += std::to_string(a + b);
    } else if (sum[i] == part[j]) {
      out += sum[i++];
      ++j;
    } else {
      return sum;
    }
  }
  return i == sum.size() && j == part.size() ? out : sum;
}

}  // namespace

void add_end(mysql::ResultEnd& sum, const mysql::ResultEnd& part) {
  sum.affected_rows += part.affected_rows;
  // MySQL gives the first value that a statement generated; across shards, the smallest that is
  // one.
  if (sum.last_insert_id == 0 ||
      (part.last_insert_id != 0 && part.last_insert_id < sum.last_insert_id)) {
    sum.last_insert_id = part.last_insert_id;
  }
  sum.status |= part.status;
  sum.warnings = static_cast<uint16_t>(std::min(65535, sum.warnings + part.warnings));
  sum.info = add_numbers(sum.info, part.info);
}

Status gather(ExecContext& context, const ShardBatch& batch, mysql::ResultSink& sink) {
  if (batch.queries.size() == 1) {
    mysql::ResultSink* const only = &sink;
    return context.execute(batch, std::span(&only, 1));
  }
  Shared shared(sink);
  std::vector<GatherSink> sinks(batch.queries.size(), GatherSink(shared));
  std::vector<mysql::ResultSink*> pointers;
  for (GatherSink& one : sinks) pointers.push_back(&one);
  VIF_TRY(context.execute(batch, pointers));
  return sink.end(shared.sum);
}

namespace {

class AlikeSink : public mysql::ResultSink {
 public:
  AlikeSink(mysql::ResultSink& to, size_t copies) : to_(to), copies_(copies) {}
  Status columns(uint32_t count, std::string_view packets) override {
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const mysql::ResultEnd& end) override {
    mysql::ResultEnd one = end;
    one.affected_rows /= copies_;
    one.info.clear();
    return to_.end(one);
  }

 private:
  mysql::ResultSink& to_;
  size_t copies_;
};

}  // namespace

Status gather_alike(ExecContext& context, const ShardBatch& batch, mysql::ResultSink& sink) {
  AlikeSink one(sink, batch.queries.size());
  ShardBatch alike = batch;
  alike.alike = true;
  return gather(context, alike, one);
}

}  // namespace vif::vtgate::engine
