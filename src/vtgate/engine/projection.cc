#include "vtgate/engine/projection.h"

#include "eval/program.h"
#include "vtgate/engine/description.h"

namespace vif::vtgate::engine {

namespace {

using Columns = std::vector<Projection::Column>;
using types::Type;

// The field of a computed column. What the type is, is known from the first row's value at the
// latest.
types::Field field_of(const Projection::Column& column, const eval::StaticType& type) {
  constexpr uint32_t kUnsigned = 32;
  constexpr uint32_t kBinary = 128;
  constexpr uint32_t kUtf8mb4 = 255;
  eval::StaticType known = type;
  // Whatever it compares by, text goes out as UTF-8.
  if (types::is_text(type.type) && known.collation != 63) known.collation = kUtf8mb4;
  if (known.collation == 0) known.collation = 63;
  types::Field field = eval::field_of(known);
  field.name = column.name;
  if (types::is_number(field.type) || field.charset == 63) field.flags |= kBinary;
  if (types::is_unsigned(field.type)) field.flags |= kUnsigned;
  return field;
}

Result<types::Row> project(const Columns& columns, const types::Row& row, const eval::Env& env) {
  types::Row out;
  out.reserve(columns.size());
  for (const Projection::Column& column : columns) {
    if (column.expression) {
      out.push_back(VIF_TRY(column.expression->program().evaluate(row, env)));
    } else {
      out.push_back(row[column.index]);
    }
  }
  return out;
}

Result<Fields> projected_fields(const Columns& columns, const Fields& input, const eval::Env& env,
                                const types::Row* sample) {
  Fields fields;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Projection::Column& column = columns[i];
    if (!column.expression) {
      fields.push_back(input[column.index]);
      // A literal has been named by the server that was sent it.
      if (!column.name.empty() && !column.name.starts_with(':')) fields.back().name = column.name;
      continue;
    }
    eval::StaticType type = VIF_TRY(column.expression->program().type(env));
    if (sample && !(*sample)[i].is_null()) {
      type.type = (*sample)[i].type;
      const size_t dot = (*sample)[i].bytes.find('.');
      if (type.type == Type::kDecimal && type.scale == 0 && dot != std::string::npos) {
        type.scale = static_cast<int32_t>((*sample)[i].bytes.size() - dot - 1);
      }
    }
    fields.push_back(field_of(column, type));
    if (!column.name.starts_with(':') || !env.bind_variables) continue;
    const auto value = env.bind_variables->find(std::string_view(column.name).substr(1));
    if (value != env.bind_variables->end()) fields.back().name = value->second.bytes;
  }
  return fields;
}

std::vector<eval::StaticType> types_of(const Fields& fields, const Columns& columns) {
  std::vector<eval::StaticType> types;
  for (const types::Field& field : fields) types.push_back(eval::static_type(field));
  for (const Projection::Column& column : columns) {
    if (column.expression) column.expression->tell_collations(types);
  }
  return types;
}

// Columns are announced with the first row at hand, whose values have the types that programs alone
// do not know.
class ProjectionSink : public RowSink {
 public:
  ProjectionSink(RowSink& to, const Columns& columns, const eval::Env& env)
      : to_(to), columns_(columns), env_(env) {}

  Status fields(const Fields& fields) override {
    input_ = fields;
    types_ = types_of(fields, columns_);
    env_.columns = types_;
    return {};
  }
  Result<Flow> rows(Rows batch) override {
    if (batch.empty()) return Flow::kMore;
    for (types::Row& row : batch) row = VIF_TRY(project(columns_, row, env_));
    VIF_TRY(announce(&batch[0]));
    return to_.rows(std::move(batch));
  }
  Status end(const mysql::ResultEnd& end) override {
    VIF_TRY(announce(nullptr));
    return to_.end(end);
  }

 private:
  Status announce(const types::Row* sample) {
    if (announced_) return {};
    announced_ = true;
    return to_.fields(VIF_TRY(projected_fields(columns_, input_, env_, sample)));
  }

  RowSink& to_;
  const Columns& columns_;
  eval::Env env_;
  Fields input_;
  std::vector<eval::StaticType> types_;
  bool announced_ = false;
};

std::vector<const Expression*> expressions_of(const Columns& columns) {
  std::vector<const Expression*> list;
  for (const Projection::Column& column : columns) {
    if (column.expression) list.push_back(&*column.expression);
  }
  return list;
}

}  // namespace

Status Projection::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  const Surroundings surroundings(context, bindings, expressions_of(columns_));
  VIF_TRY(surroundings.status());
  ProjectionSink projection(sink, columns_, surroundings.env());
  return input_->execute(context, bindings, projection);
}

Result<Fields> Projection::fields(ExecContext& context, const Bindings& bindings) const {
  const Surroundings surroundings(context, bindings, expressions_of(columns_));
  VIF_TRY(surroundings.status());
  const Fields input = VIF_TRY(input_->fields(context, bindings));
  const std::vector<eval::StaticType> types = types_of(input, columns_);
  eval::Env env = surroundings.env();
  env.columns = types;
  return projected_fields(columns_, input, env, nullptr);
}

Description Projection::describe() const {
  Description d;
  d.operator_type = "Projection";
  std::vector<std::string> expressions;
  for (const Column& column : columns_) {
    const std::string text =
        column.expression ? column.expression->text() : fmt::format(":{}", column.index);
    expressions.push_back(column.name.empty() ? text : fmt::format("{} as {}", text, column.name));
  }
  d.other["Expressions"] = std::move(expressions);
  d.inputs.push_back(input_->describe());
  return d;
}

}  // namespace vif::vtgate::engine
