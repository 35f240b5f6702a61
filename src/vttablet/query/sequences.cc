#include "vttablet/query/sequences.h"

#include "base/log.h"

namespace vif::vttablet {

Result<int64_t> Sequences::next(const NextValue& wanted, rt::Deadline deadline) {
  std::shared_ptr<Block>& slot = blocks_[wanted.sequence];
  if (!slot) slot = std::make_shared<Block>();
  const std::shared_ptr<Block> block = slot;
  VIF_TRY(block->taking.lock(deadline));
  Status taken;
  if (block->next == 0 || block->next + wanted.count > block->last)
    taken = take_block(wanted, *block, deadline);
  const int64_t value = block->next;
  if (taken.ok()) block->next += wanted.count;
  block->taking.unlock();
  if (!taken.ok()) return taken.error();
  return value;
}

Status Sequences::take_block(const NextValue& wanted, Block& block, rt::Deadline deadline) {
  const auto bad = [&](std::string text) { return Error(Code::kInvalidArgument, std::move(text)); };
  Pool::Lease lease = VIF_TRY(pool_.get({}, deadline));
  mysql::ClientConnection& wire = lease.wire();
  // On an error the connection goes back with an open transaction, and so is closed, which rolls
  // back.
  VIF_TRY(wire.execute("begin", deadline));
  const mysql::QueryResult row = VIF_TRY(wire.execute(
      fmt::format("select next_id, cache from {} where id = 0 for update", wanted.sequence),
      deadline));
  if (row.rows.size() != 1) {
    return bad(fmt::format("unexpected rows from reading sequence {} (possible mis-route): {}",
                           wanted.sequence, row.rows.size()));
  }
  int64_t next_id = VIF_TRY(row.rows[0][0].to_int64());
  const int64_t cache = VIF_TRY(row.rows[0][1].to_int64());
  if (cache < 1)
    return bad(fmt::format("invalid cache value for sequence {}: {}", wanted.sequence, cache));

  int64_t first = block.next;
  int64_t last = block.last;
  if (last != next_id) {  // a fresh start, or somebody set the table's value
    if (next_id < last) {
      VIF_LOG(kWarning,
              "sequence {}: next_id {} is below the values given out already, going on from {}",
              wanted.sequence, next_id, last);
      next_id = last;
    }
    first = last = next_id;
  }
  last = next_id + cache;
  while (last < first + wanted.count) last += cache;
  VIF_TRY(wire.execute(
      fmt::format("update {} set next_id = {} where id = 0", wanted.sequence, last), deadline));
  VIF_TRY(wire.execute("commit", deadline));
  block.next = first;
  block.last = last;
  return {};
}

}  // namespace vif::vttablet
