// Sorted results of many shards as one sorted result.
#pragma once

#include <span>

#include "base/result.h"
#include "vtgate/engine/order_by.h"

namespace vif::vtgate::engine {

class ExecContext;
struct ShardBatch;

// Runs the batch, each of whose results comes sorted by `order_by`, and merges them into `sink`.
// Holds a few batches a shard. Waits.
Status merge_sort(ExecContext& context, const ShardBatch& batch, std::span<const OrderBy> order_by,
                  RowSink& sink);

}  // namespace vif::vtgate::engine
