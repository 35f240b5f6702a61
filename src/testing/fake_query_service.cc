#include "testing/fake_query_service.h"

#include "mysql/rows.h"

namespace vif::testing {

FakeResult fake_rows(std::vector<std::string> values) {
  FakeResult result;
  types::Field field;
  field.name = "v";
  field.type = types::Type::kVarchar;
  field.charset = 255;
  result.fields.push_back(field);
  for (std::string& value : values)
    result.rows.push_back({types::Value::varchar(std::move(value))});
  return result;
}

FakeQueryService::FakeQueryService(clients::TabletAlias alias, Answer answer)
    : alias_(std::move(alias)), answer_(std::move(answer)) {}

void FakeQueryService::set_health(clients::Health health) {
  health_ = std::move(health);
  health_.alias = alias_;
  ++health_version_;
  health_changed_.notify_all();
}

void FakeQueryService::break_health(Error error) {
  health_error_ = std::move(error);
  health_changed_.notify_all();
}

void FakeQueryService::mend_health() { health_error_.reset(); }

std::vector<std::string> FakeQueryService::executed() const {
  std::vector<std::string> texts;
  for (const Call& call : calls) {
    if (call.method == "execute") texts.push_back(call.sql);
  }
  return texts;
}

Status FakeQueryService::execute(const clients::ExecuteRequest& request,
                                 clients::ExecuteState& state, mysql::ResultSink& sink,
                                 rt::Deadline) {
  if (request.parameters) return Error(Code::kUnimplemented, "statements come as texts here");
  Call call{"execute",
            std::string(request.sql),
            request.target,
            request.transaction_id,
            request.begin,
            request.begin_options.post_begin_queries,
            {request.settings.begin(), request.settings.end()}};
  calls.push_back(std::move(call));
  state.alias = alias_;
  state.transaction_id = request.transaction_id;
  state.reserved_id = request.reserved_id;
  if (request.begin) {
    state.transaction_id = next_transaction_++;
    ++open_;
  }
  FakeResult result;
  if (answer_) result = VIF_TRY(answer_(request));
  if (result.fields.empty()) return sink.end(result.end);
  mysql::RowEncoder encoder(sink);
  VIF_TRY(encoder.fields(result.fields));
  for (const types::Row& row : result.rows) VIF_TRY(encoder.row(row));
  return encoder.end(result.end);
}

Result<clients::ExecuteState> FakeQueryService::begin(const clients::Target& target,
                                                      const clients::BeginOptions& options,
                                                      std::span<const std::string> settings,
                                                      rt::Deadline) {
  calls.push_back({"begin",
                   "",
                   target,
                   0,
                   true,
                   options.post_begin_queries,
                   {settings.begin(), settings.end()}});
  clients::ExecuteState state;
  state.alias = alias_;
  state.transaction_id = next_transaction_++;
  ++open_;
  return state;
}

Result<int64_t> FakeQueryService::commit(const clients::Target& target, int64_t transaction_id,
                                         rt::Deadline) {
  calls.push_back({"commit", "", target, transaction_id, false, {}, {}});
  --open_;
  if (commit_error_) return *std::exchange(commit_error_, std::nullopt);
  return int64_t{0};
}

Result<int64_t> FakeQueryService::rollback(const clients::Target& target, int64_t transaction_id,
                                           rt::Deadline) {
  calls.push_back({"rollback", "", target, transaction_id, false, {}, {}});
  --open_;
  return int64_t{0};
}

Status FakeQueryService::release(const clients::Target& target, int64_t transaction_id, int64_t,
                                 rt::Deadline) {
  calls.push_back({"release", "", target, transaction_id, false, {}, {}});
  return {};
}

Status FakeQueryService::stream_health(
    const std::function<Status(const clients::Health&)>& on_health) {
  uint64_t sent = 0;
  while (true) {
    if (health_error_) return *health_error_;
    if (sent != health_version_) {
      sent = health_version_;
      VIF_TRY(on_health(health_));
      continue;
    }
    VIF_TRY(health_changed_.wait(rt::Deadline::never()));
  }
}

Status FakeQueryService::get_schema(
    const clients::Target&, clients::SchemaTableKind, std::span<const std::string> names,
    const std::function<Status(std::map<std::string, std::string>)>& on_tables, rt::Deadline) {
  schema_names.assign(names.begin(), names.end());
  if (names.empty()) return on_tables(schema_);
  std::map<std::string, std::string> found;
  for (const std::string& name : names) {
    if (const auto it = schema_.find(name); it != schema_.end()) found.insert(*it);
  }
  return on_tables(std::move(found));
}

}  // namespace vif::testing
