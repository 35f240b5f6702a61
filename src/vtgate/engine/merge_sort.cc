#include "vtgate/engine/merge_sort.h"

#include <memory>

#include "eval/merge.h"
#include "rt/fiber.h"
#include "rt/sync.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

namespace {

constexpr size_t kBatchesAhead = 4;
constexpr size_t kRowsABatch = 256;

// One shard: its fiber fills the channel, the merging fiber empties it.
struct Source : RowSink {
  rt::Channel<Rows> channel{kBatchesAhead};
  Fields columns;
  bool done_with = false;  // nobody reads any more
  mysql::ResultEnd result_end;

  // The reader's side.
  Rows batch;
  size_t at = 0;

  Status fields(const Fields& fields) override {
    columns = fields;
    // An empty batch tells the reader that the columns are known.
    return channel.send({});
  }
  Result<Flow> rows(Rows more) override {
    if (done_with) return Flow::kEnough;
    if (!more.empty()) VIF_TRY(channel.send(std::move(more)));
    return Flow::kMore;
  }
  Status end(const mysql::ResultEnd& end) override {
    result_end = end;
    channel.close();
    return {};
  }

  const types::Row& row() const { return batch[at]; }
  // Makes row() valid, or says that there is none left.
  Result<bool> advance() {
    if (!batch.empty() && ++at < batch.size()) return true;
    batch.clear();
    at = 0;
    while (batch.empty()) {
      std::optional<Rows> next = VIF_TRY(channel.receive());
      if (!next) return false;
      batch = std::move(*next);
    }
    return true;
  }
};

class Merge {
 public:
  Merge(std::span<Source> sources, std::span<const OrderBy> order_by, RowSink& sink)
      : sources_(sources), order_by_(order_by), sink_(sink) {}

  Status run() {
    std::vector<char> ready;
    for (Source& source : sources_) ready.push_back(VIF_TRY(source.advance()));
    // Every source is past its columns now; one that failed has none, and its error is told by who
    // ran it.
    for (const Source& source : sources_) {
      if (source.columns.empty()) return {};
    }
    VIF_TRY(check_sortable(sources_[0].columns, order_by_));
    VIF_TRY(sink_.fields(sources_[0].columns));
    eval::MergeTree tree(std::move(ready), [this](size_t a, size_t b) {
      return compare_rows(sources_[a].row(), sources_[b].row(), order_by_) < 0;
    });
    while (!tree.empty()) {
      Source& source = sources_[tree.top()];
      out_.push_back(std::move(source.batch[source.at]));
      tree.advanced(VIF_TRY(source.advance()));
      if (out_.size() >= kRowsABatch && VIF_TRY(flush()) == Flow::kEnough) return {};
    }
    VIF_TRY(flush());
    return {};
  }

 private:
  Result<Flow> flush() {
    Rows batch = std::move(out_);
    out_.clear();
    return sink_.rows(std::move(batch));
  }

  std::span<Source> sources_;
  std::span<const OrderBy> order_by_;
  RowSink& sink_;
  Rows out_;
};

}  // namespace

Status merge_sort(ExecContext& context, const ShardBatch& batch, std::span<const OrderBy> order_by,
                  RowSink& sink) {
  std::vector<Source> sources(batch.queries.size());
  std::vector<DecodingSink> decoders(sources.begin(), sources.end());
  std::vector<mysql::ResultSink*> sinks;
  for (DecodingSink& decoder : decoders) sinks.push_back(&decoder);

  Status ran;
  Status merged;
  {
    rt::TaskGroup group;
    group.spawn([&] {
      ran = context.execute(batch, sinks);
      for (Source& source : sources) source.channel.close();
    });
    merged = Merge(sources, order_by, sink).run();
    // The shards' results are read to their ends, so that their connections can be used again.
    for (Source& source : sources) {
      source.done_with = true;
      while (!source.channel.closed() || source.channel.size() != 0) {
        auto rest = source.channel.receive();
        if (!rest.ok() || !rest->has_value()) break;
      }
    }
    VIF_TRY(group.wait());
  }
  VIF_TRY(ran);
  VIF_TRY(merged);
  mysql::ResultEnd sum = sources[0].result_end;
  for (size_t i = 1; i < sources.size(); ++i) add_end(sum, sources[i].result_end);
  return sink.end(sum);
}

}  // namespace vif::vtgate::engine
