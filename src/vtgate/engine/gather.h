// Many shards' results as one, packet by packet, in whatever order they come.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "mysql/result_sink.h"

namespace vif::vtgate::engine {

class ExecContext;
struct ShardBatch;

// Runs the batch into `sink`: columns once, rows as they come, one end with the sums of affected
// rows and warnings. One query passes straight through. Errors: those of the shards; kInternal when
// shards disagree on the number of columns.
Status gather(ExecContext& context, const ShardBatch& batch, mysql::ResultSink& sink);

// Sums what two ends of parts of one statement say
// ("Rows matched: 1  Changed: 1  Warnings: 0" too).
void add_end(mysql::ResultEnd& sum, const mysql::ResultEnd& part);

// The same change on every shard is one change to the client: what one shard counts.
Status gather_alike(ExecContext& context, const ShardBatch& batch, mysql::ResultSink& sink);

}  // namespace vif::vtgate::engine
