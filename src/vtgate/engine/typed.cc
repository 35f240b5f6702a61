#include "vtgate/engine/typed.h"

#include "sharding/destination.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/gather.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

namespace {

bool is_of_grouping(const Error& error) {
  constexpr int kNotGrouped = 1055;
  constexpr int kMixed = 1140;
  return error.mysql_errno() == kNotGrouped || error.mysql_errno() == kMixed;
}

// Names stay the plan's: those of a literal or a gate's function are not the server's.
class WithTypes : public RowSink {
 public:
  WithTypes(RowSink& to, const std::optional<Fields>& told) : to_(to), told_(told) {}
  Status fields(const Fields& own) override {
    if (!told_ || told_->size() != own.size()) return to_.fields(own);
    Fields both = *told_;
    for (size_t i = 0; i < own.size(); ++i) both[i].name = own[i].name;
    return to_.fields(both);
  }
  Result<Flow> rows(Rows batch) override { return to_.rows(std::move(batch)); }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  const std::optional<Fields>& told_;
};

}  // namespace

Result<std::optional<Fields>> Typed::ask(ExecContext& context, const Bindings& bindings) const {
  Result<std::string> text = fill(spec_.query, bindings);
  if (!text.ok()) return std::optional<Fields>();
  if (*text == asked_ && told_) return told_;
  const auto shards = VIF_TRY(context.shards(spec_.routing.keyspace));
  const ShardQuery query{shards[context.any_shard_choice() % shards.size()].name, *text};
  ShardBatch batch;
  batch.keyspace = spec_.routing.keyspace;
  batch.queries = std::span(&query, 1);
  batch.outside_transaction = true;
  Collected collected;
  DecodingSink decoding(collected);
  const Status done = gather(context, batch, decoding);
  if (!done.ok()) {
    if (spec_.checks_grouping && is_of_grouping(done.error())) return done.error();
    return std::optional<Fields>();
  }
  asked_ = *text;
  told_ = std::move(collected.all_fields);
  return told_;
}

Status Typed::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  const std::optional<Fields> told = VIF_TRY(ask(context, bindings));
  WithTypes typed(sink, told);
  return spec_.input->execute(context, bindings, typed);
}

Result<Fields> Typed::fields(ExecContext& context, const Bindings& bindings) const {
  const std::optional<Fields> told = VIF_TRY(ask(context, bindings));
  return told ? Result<Fields>(*told) : spec_.input->fields(context, bindings);
}

Description Typed::describe() const { return spec_.input->describe(); }

}  // namespace vif::vtgate::engine
