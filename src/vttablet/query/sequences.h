// Values of Vitess's sequence tables (id 0, next_id, cache), handed out from blocks held in memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "rt/sync.h"
#include "vttablet/query/pool.h"
#include "vttablet/query/statement.h"

namespace vif::vttablet {

class Sequences {
 public:
  explicit Sequences(Pool& pool) : pool_(pool) {}

  // The first of `next.count` consecutive values. Takes a new block of the table's `cache` (or as
  // many as are needed) in a transaction of its own when the one at hand is used up; meanwhile
  // others who ask for this sequence wait. Errors: kInvalidArgument for a table that is no
  // sequence; of mysqld.
  Result<int64_t> next(const NextValue& next, rt::Deadline deadline);
  // Forgets the blocks: their unused values are lost. When this tablet stops being the primary, or
  // a sequence was reset.
  void forget() { blocks_.clear(); }

 private:
  struct Block {
    rt::Mutex taking;
    int64_t next = 0;
    int64_t last = 0;  // exclusive
  };
  Status take_block(const NextValue& wanted, Block& block, rt::Deadline deadline);

  Pool& pool_;
  std::map<std::string, std::shared_ptr<Block>, std::less<>> blocks_;
};

}  // namespace vif::vttablet
