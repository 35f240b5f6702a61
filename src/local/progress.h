// What a starting cluster is doing, for those who watch: `vif up`, `vif status`.
#pragma once

#include <string>
#include <vector>

#include "rt/sync.h"

namespace vif::local {

enum class Phase : uint8_t { kStarting, kReady, kFailed, kStopping };

class Progress {
 public:
  // Appends a line such as "mysqld: 3 of 6 ready" and wakes the watchers.
  void step(std::string line) {
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  void set_phase(Phase phase, std::string error = {}) {
    phase_ = phase;
    error_ = std::move(error);
    changed_.notify_all();
  }
  Phase phase() const { return phase_; }
  const std::string& error() const { return error_; }
  const std::vector<std::string>& lines() const { return lines_; }
  Status wait_change(rt::Deadline deadline) { return changed_.wait(deadline); }

 private:
  Phase phase_ = Phase::kStarting;
  std::string error_;
  std::vector<std::string> lines_;
  rt::WaitQueue changed_;
};

}  // namespace vif::local
