#include "vtgate/engine/typed.h"

#include <algorithm>

#include "eval/program.h"
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
  constexpr int kOrderNotSelected = 3065;
  constexpr int kOrderAggregated = 3066;
  const int number = error.mysql_errno();
  return number == kNotGrouped || number == kMixed || number == kOrderNotSelected ||
         number == kOrderAggregated;
}

// Names stay the plan's: those of a literal or a gate's function are not the server's.
class WithTypes : public RowSink {
 public:
  WithTypes(RowSink& to, const Fields& told) : to_(to), told_(told) {}
  Status fields(const Fields& own) override {
    if (told_.size() != own.size()) return to_.fields(own);
    Fields both = told_;
    for (size_t i = 0; i < own.size(); ++i) both[i].name = own[i].name;
    return to_.fields(both);
  }
  Result<Flow> rows(Rows batch) override { return to_.rows(std::move(batch)); }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  const Fields& told_;
};

std::string sql_mode(ExecContext& context) {
  eval::Env env;
  context.describe_session(env);
  return std::string(env.sql_mode);
}

bool has_list(const Query& query) {
  return std::any_of(query.parts.begin(), query.parts.end(),
                     [](const Query::Part& part) { return part.slot.is_list; });
}

}  // namespace

Result<Collected> Typed::ask(ExecContext& context, const std::string& text) const {
  const auto shards = VIF_TRY(context.shards(spec_.routing.keyspace));
  const ShardQuery query{shards[context.any_shard_choice() % shards.size()].name, text};
  ShardBatch batch;
  batch.keyspace = spec_.routing.keyspace;
  batch.queries = std::span(&query, 1);
  batch.outside_transaction = true;
  Collected collected;
  DecodingSink decoding(collected);
  VIF_TRY(gather(context, batch, decoding));
  return collected;
}

Status Typed::check_grouping(ExecContext& context, const Bindings& bindings) const {
  if (spec_.grouping.empty()) return {};
  std::string mode = sql_mode(context);
  if (grouped_in_mode_ == mode) return {};
  const Result<std::string> text = fill(spec_.grouping, bindings);
  if (!text.ok()) return {};
  const Result<Collected> asked = ask(context, *text);
  if (!asked.ok()) return is_of_grouping(asked.error()) ? asked.error() : Status();
  if (!has_list(spec_.grouping)) grouped_in_mode_ = std::move(mode);
  return {};
}

Result<Typed::Told> Typed::told_columns(ExecContext& context, const Bindings& bindings) const {
  if (spec_.columns.empty()) return Told();
  const Result<std::string> text = fill(spec_.columns, bindings);
  if (!text.ok()) return Told();
  std::string question = sql_mode(context) + '\n' + *text;
  if (question == asked_) return told_;
  Result<Collected> asked = ask(context, *text);
  if (!asked.ok() && !is_of_grouping(asked.error())) return Told();
  asked_ = std::move(question);
  told_ = asked.ok() ? std::make_shared<const Fields>(std::move(asked->all_fields)) : nullptr;
  return told_;
}

Status Typed::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  VIF_TRY(check_grouping(context, bindings));
  const Told told = VIF_TRY(told_columns(context, bindings));
  if (!told) return spec_.input->execute(context, bindings, sink);
  WithTypes typed(sink, *told);
  return spec_.input->execute(context, bindings, typed);
}

Result<Fields> Typed::fields(ExecContext& context, const Bindings& bindings) const {
  const Told told = VIF_TRY(told_columns(context, bindings));
  return told ? Result<Fields>(*told) : spec_.input->fields(context, bindings);
}

Description Typed::describe() const { return spec_.input->describe(); }

}  // namespace vif::vtgate::engine
