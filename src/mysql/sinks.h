// Sinks for results that are not told as they come.
#pragma once

#include "mysql/result_sink.h"

namespace vif::mysql {

// Of no interest, but for errors.
class NullSink final : public ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view) override { return {}; }
  Status end(const ResultEnd&) override { return {}; }
};

// Passes the result on, but keeps its end back: what the end says may depend on what comes after (a
// commit, other shards). `to` outlives it.
class HeldEnd final : public ResultSink {
 public:
  explicit HeldEnd(ResultSink& to) : to_(to) {}
  Status columns(uint32_t count, std::string_view packets) override {
    has_columns = true;
    return to_.columns(count, packets);
  }
  Status rows(std::string_view packets) override { return to_.rows(packets); }
  Status end(const ResultEnd& result_end) override {
    held = result_end;
    return {};
  }

  bool has_columns = false;
  ResultEnd held;

 private:
  ResultSink& to_;
};

}  // namespace vif::mysql
