#include "vtgate/engine/upsert.h"

#include <algorithm>

#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

namespace {

Result<Collected> run(ExecContext& context, const Bindings& bindings, const Upsert::Text& text) {
  types::BindVariables variables;
  for (const std::string& name : text.variables) {
    const types::BindVariable* value = bindings.find(name);
    if (value == nullptr)
      return Error(Code::kInvalidArgument, fmt::format("query arguments missing for {}", name));
    variables[name] = *value;
  }
  return context.query(text.sql, variables, false);
}

Result<bool> meets_rows(const Upsert::Key& key, const Bindings& bindings) {
  for (const ValueExpr& value : key.values) {
    if (VIF_TRY(evaluate(value, bindings)).is_null()) return false;
  }
  return true;
}

}  // namespace

// The rows that it counts for: 1 for a new one, 2 for a changed one, 1 for each that is taken away.
Result<uint64_t> Upsert::put(ExecContext& context, const Bindings& bindings, const Row& row) const {
  uint64_t gone = 0;
  for (const Key& key : row.keys) {
    if (!VIF_TRY(meets_rows(key, bindings))) continue;
    if (spec_.replace) {
      gone += VIF_TRY(run(context, bindings, key.change)).result_end.affected_rows;
      continue;
    }
    if (VIF_TRY(run(context, bindings, key.find)).all_rows.empty()) continue;
    const Collected changed = VIF_TRY(run(context, bindings, key.change));
    return changed.result_end.affected_rows == 0 ? 0 : 2;
  }
  Collected inserted;
  VIF_TRY(row.insert->execute(context, bindings, inserted));
  return gone + inserted.result_end.affected_rows;
}

Status Upsert::execute_raw(ExecContext& context, const Bindings& bindings,
                           mysql::ResultSink& sink) const {
  Bindings scope(&bindings);
  mysql::ResultEnd end;
  if (spec_.generate) {
    const Insert::Generated generated =
        VIF_TRY(generate_values(*spec_.generate, context, bindings, scope));
    end.last_insert_id =
        generated.first != 0 ? static_cast<uint64_t>(generated.first) : generated.last_given;
    if (generated.first == 0) context.keep_last_insert_id();
  }
  context.open_transaction();
  for (const Row& row : spec_.rows) end.affected_rows += VIF_TRY(put(context, scope, row));
  constexpr int kDeprecated = 1287;
  for (size_t i = 0; i < spec_.deprecated; ++i) {
    context.warn(kDeprecated,
                 "'VALUES function' is deprecated and will be removed in a future release. Please "
                 "use an alias (INSERT INTO ... VALUES (...) AS alias) and replace VALUES(col) in "
                 "the ON DUPLICATE KEY UPDATE clause with alias.col instead");
  }
  return sink.end(end);
}

Status Upsert::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Description Upsert::describe() const { return Insert(spec_.shown).describe(); }

}  // namespace vif::vtgate::engine
