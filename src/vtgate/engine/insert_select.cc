#include "vtgate/engine/insert_select.h"

#include "vtgate/engine/description.h"
#include "vtgate/engine/packets.h"

namespace vif::vtgate::engine {

namespace {

ValueExpr constant(types::Value value) {
  ValueExpr expr;
  expr.constant = std::move(value);
  return expr;
}

// A FLOAT's text has fewer digits than the value, so it cannot travel.
Status check_exact(const Fields& fields) {
  for (const types::Field& field : fields) {
    if (field.type != types::Type::kFloat32) continue;
    return Error(
        Code::kUnimplemented, 1235, "42000",
        fmt::format(
            "VT12001: unsupported: INSERT ... SELECT of FLOAT column '{}' over several shards",
            field.name));
  }
  return {};
}

}  // namespace

void InsertSelect::add_row(Insert::Spec& insert, const types::Row& row) const {
  const size_t number = insert.rows.size();
  Query text("(");
  auto append = [&]() -> std::string& {
    return text.parts.empty() ? text.head : text.parts.back().text;
  };
  const size_t width = std::max(spec_.columns, spec_.generated ? *spec_.generated + 1 : 0);
  for (size_t i = 0; i < width; ++i) {
    if (i != 0) append() += ", ";
    if (spec_.generated == i) {
      insert.generate->rows.push_back(constant(i < row.size() ? row[i] : types::Value::null()));
      text.parts.push_back({{fmt::format("__seq{}", number), false}, ""});
    } else {
      row[i].append_sql(append());
    }
  }
  append() += ')';
  insert.rows.push_back(std::move(text));
  for (size_t v = 0; v < insert.vindexes.size(); ++v) {
    std::vector<ValueExpr>& values = insert.vindexes[v].rows.emplace_back();
    for (const size_t column : spec_.vindex_columns[v]) {
      if (spec_.generated == column) {
        ValueExpr sequence;
        sequence.kind = ValueExpr::Kind::kBind;
        sequence.name = fmt::format("__seq{}", number);
        values.push_back(std::move(sequence));
      } else {
        values.push_back(constant(column < row.size() ? row[column] : types::Value::null()));
      }
    }
  }
}

Status InsertSelect::execute_raw(ExecContext& context, const Bindings& bindings,
                                 mysql::ResultSink& sink) const {
  Collected found;
  VIF_TRY(spec_.source->execute(context, bindings, found));
  if (found.all_fields.size() != spec_.columns) {
    return Error(Code::kInvalidArgument, 1136, "21S01",
                 "Column count doesn't match value count at row 1");
  }
  if (found.all_rows.empty()) return sink.end({});
  VIF_TRY(check_exact(found.all_fields));
  Insert::Spec insert = spec_.insert;
  for (const types::Row& row : found.all_rows) add_row(insert, row);
  if (!insert.sharded || insert.copies) {
    // There all of the text is the prefix.
    for (size_t i = 0; i < insert.rows.size(); ++i) {
      Query& row = insert.rows[i];
      std::string& end =
          insert.prefix.parts.empty() ? insert.prefix.head : insert.prefix.parts.back().text;
      end += (i == 0 ? "" : ", ") + row.head;
      for (Query::Part& part : row.parts) insert.prefix.parts.push_back(std::move(part));
    }
    std::string& end =
        insert.prefix.parts.empty() ? insert.prefix.head : insert.prefix.parts.back().text;
    end += insert.suffix.head;
    for (Query::Part& part : insert.suffix.parts) insert.prefix.parts.push_back(std::move(part));
    insert.rows.clear();
    insert.suffix = {};
  }
  return Insert(std::move(insert)).execute_raw(context, bindings, sink);
}

Status InsertSelect::execute(ExecContext& context, const Bindings& bindings, RowSink& sink) const {
  DecodingSink decoding(sink);
  return execute_raw(context, bindings, decoding);
}

Description InsertSelect::describe() const {
  Description d = Insert(spec_.insert).describe();
  d.variant = "Select";
  d.inputs.push_back(spec_.source->describe());
  return d;
}

}  // namespace vif::vtgate::engine
