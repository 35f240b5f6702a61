#include "vtgate/engine/gathered.h"

#include "base/base64.h"
#include "types/json.h"
#include "vtgate/engine/description.h"
#include "vtgate/engine/exec_context.h"

namespace vif::vtgate::engine {

namespace {

using Form = Gathered::Form;

bool has_zero_part(std::string_view date) {
  if (date.size() < 10 || date[4] != '-') return false;
  return date.starts_with("0000") || date.substr(5, 2) == "00" || date.substr(8, 2) == "00";
}

Error too_many() {
  return Error(Code::kResourceExhausted, 1153, "08S01",
               fmt::format("the rows that this query gathers in one shard take more than {} MiB",
                           Gathered::kBytesMax >> 20));
}

// Writes rows as they come.
class JsonRows : public RowSink {
 public:
  JsonRows(const std::vector<Form>& forms, size_t room) : forms_(forms), room_(room) {}

  Status fields(const Fields&) override { return {}; }

  Result<Flow> rows(Rows batch) override {
    for (const types::Row& row : batch) {
      json += json.size() == 1 ? "[" : ",[";
      for (size_t i = 0; i < forms_.size(); ++i) {
        if (i != 0) json += ',';
        VIF_TRY(append(row[i], forms_[i]));
      }
      json += ']';
      if (json.size() > room_) return too_many();
    }
    return Flow::kMore;
  }

  Status end(const mysql::ResultEnd&) override {
    json += ']';
    return {};
  }

  std::string json = "[";

 private:
  Status append(const types::Value& value, Form form) {
    if (value.is_null()) {
      json += "null";
    } else if (form == Form::kBytes) {
      json += '"' + base64_encode(value.bytes) + '"';
    } else {
      const bool fraction = form == Form::kWhole && value.bytes.find('.') != std::string::npos;
      if (fraction || (form != Form::kText && has_zero_part(value.bytes))) {
        return Error(
            Code::kUnimplemented, 1235, "42000",
            fmt::format(
                "VT12001: unsupported: the date '{}' in a query that gathers rows in one shard",
                value.bytes));
      }
      types::append_json_string(json, value.bytes);
    }
    return {};
  }

  const std::vector<Form>& forms_;
  size_t room_;
};

// The query's rows under the columns that the real tables give.
class WithFields : public RowSink {
 public:
  WithFields(RowSink& to, const Fields& fields) : to_(to), fields_(fields) {}
  Status fields(const Fields& own) override {
    return to_.fields(fields_.size() == own.size() ? fields_ : own);
  }
  Result<Flow> rows(Rows batch) override { return to_.rows(std::move(batch)); }
  Status end(const mysql::ResultEnd& end) override { return to_.end(end); }

 private:
  RowSink& to_;
  const Fields& fields_;
};

std::string without_full_group_by(std::string_view modes) {
  std::string kept;
  while (!modes.empty()) {
    const size_t comma = std::min(modes.find(','), modes.size());
    const std::string_view mode = modes.substr(0, comma);
    modes.remove_prefix(std::min(comma + 1, modes.size()));
    // ANSI and the like are sums that hold it; their parts are listed beside them.
    if (mode == "ONLY_FULL_GROUP_BY" || mode == "ANSI") continue;
    if (!kept.empty()) kept += ',';
    kept += mode;
  }
  return kept;
}

}  // namespace

Status Gathered::fill_variables(ExecContext& context, const Bindings& bindings,
                                Bindings& scope) const {
  size_t room = kBytesMax;
  for (const Input& input : spec_.inputs) {
    JsonRows rows(input.columns, room);
    VIF_TRY(input.rows->execute(context, bindings, rows));
    room -= std::min(room, rows.json.size());
    scope.set(input.variable, types::Value::varchar(std::move(rows.json)));
  }
  if (spec_.mode_variable.empty()) return {};
  const Collected mode = VIF_TRY(context.query("select @@sql_mode", {}, true));
  if (mode.all_rows.size() != 1) return Error(Code::kInternal, "no sql_mode");
  scope.set(spec_.mode_variable,
            types::Value::varchar(without_full_group_by(mode.all_rows[0][0].bytes)));
  return {};
}

Status Gathered::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  Fields own;
  if (spec_.has_own_types) own = VIF_TRY(spec_.query->fields(context, bindings));
  Bindings scope(&bindings);
  VIF_TRY(fill_variables(context, bindings, scope));
  WithFields with(sink, own);
  return spec_.query->execute(context, scope,
                              spec_.has_own_types ? static_cast<RowSink&>(with) : sink);
}

Result<Fields> Gathered::fields(ExecContext& context, const Bindings& bindings) const {
  if (spec_.has_own_types) return spec_.query->fields(context, bindings);
  Bindings scope(&bindings);
  VIF_TRY(fill_variables(context, bindings, scope));
  return spec_.query->fields(context, scope);
}

Description Gathered::describe() const {
  Description d;
  d.operator_type = "Gathered";
  d.inputs.push_back(spec_.query->describe());
  d.inputs.back().input_name = "Query";
  for (const Input& input : spec_.inputs) {
    d.inputs.push_back(input.rows->describe());
    d.inputs.back().input_name = input.variable;
  }
  return d;
}

}  // namespace vif::vtgate::engine
