// Merging sorted streams: which of them has the next row. A tree of losers: one comparison a level,
// whatever the number of streams. Where rows come from, and whether to wait for them, is its
// user's.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace vif::eval {

// `Before(a, b)`: does the row that stream `a` stands at sort strictly before that of stream `b`?
// Of equal rows the earlier stream's comes first, so that the merge is stable.
template <typename Before>
class MergeTree {
 public:
  // `ready[i]`: has stream i a row?
  MergeTree(std::vector<char> ready, Before before)
      : ready_(std::move(ready)), before_(std::move(before)) {
    while (leaves_ < ready_.size()) leaves_ *= 2;
    losers_.assign(leaves_, kNone);
    winner_ = play(1);
  }

  bool empty() const { return winner_ == kNone; }
  // REQUIRES: not empty.
  size_t top() const { return winner_; }
  // The top stream went on to its next row, or ended.
  void advanced(bool has_row) {
    const size_t stream = winner_;
    ready_[stream] = has_row;
    size_t current = has_row ? stream : kNone;
    for (size_t node = (leaves_ + stream) / 2; node >= 1; node /= 2) {
      if (wins(losers_[node], current)) std::swap(losers_[node], current);
    }
    winner_ = current;
  }

 private:
  static constexpr size_t kNone = ~size_t{0};

  bool wins(size_t a, size_t b) const {
    if (a == kNone || b == kNone) return a != kNone;
    if (a < b) return !before_(b, a);
    return before_(a, b);
  }
  size_t play(size_t node) {
    if (node >= leaves_) {
      const size_t stream = node - leaves_;
      return stream < ready_.size() && ready_[stream] ? stream : kNone;
    }
    size_t winner = play(node * 2);
    size_t loser = play(node * 2 + 1);
    if (wins(loser, winner)) std::swap(winner, loser);
    losers_[node] = loser;
    return winner;
  }

  std::vector<char> ready_;
  Before before_;
  size_t leaves_ = 1;
  std::vector<size_t> losers_;  // node 1 is the root; a leaf is leaves_ + stream
  size_t winner_ = kNone;
};

}  // namespace vif::eval
