// What the gate answers by itself: OK packets, small tables, and the filters of SHOW over them.

#include <algorithm>

#include "mysql/rows.h"
#include "sql/ast.h"
#include "sql/printer.h"
#include "vtgate/mysql_error.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

namespace {

constexpr uint32_t kUtf8mb4Collation = 255;
constexpr uint32_t kBinaryCollation = 63;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The value that an operand of a SHOW's WHERE has in this row.
Result<std::string> operand(const sql::Expr* expr, const std::vector<types::Field>& fields,
                            const types::Row& row) {
  if (const auto* column = sql::as<sql::ColName>(expr)) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (sql::equal_ci(fields[i].name, column->name)) return row[i].bytes;
    }
    return Error(Code::kInvalidArgument, 1054, "42S22",
                 fmt::format("Unknown column '{}' in 'where clause'", column->name));
  }
  if (const auto* literal = sql::as<sql::Literal>(expr)) return std::string(literal->text);
  return unsupported("expression in the WHERE of a SHOW: " + sql::print(expr));
}

Result<bool> holds(const sql::Expr* expr, const std::vector<types::Field>& fields,
                   const types::Row& row) {
  if (const auto* both = sql::as<sql::AndExpr>(expr)) {
    return VIF_TRY(holds(both->left, fields, row)) && VIF_TRY(holds(both->right, fields, row));
  }
  if (const auto* either = sql::as<sql::OrExpr>(expr)) {
    return VIF_TRY(holds(either->left, fields, row)) || VIF_TRY(holds(either->right, fields, row));
  }
  if (const auto* no = sql::as<sql::NotExpr>(expr)) return !VIF_TRY(holds(no->expr, fields, row));
  const auto* comparison = sql::as<sql::ComparisonExpr>(expr);
  if (comparison == nullptr)
    return unsupported("condition in the WHERE of a SHOW: " + sql::print(expr));
  const std::string left = VIF_TRY(operand(comparison->left, fields, row));
  using Op = sql::ComparisonOp;
  if (comparison->op == Op::kIn || comparison->op == Op::kNotIn) {
    const auto* list = sql::as<sql::ValTuple>(comparison->right);
    if (list == nullptr)
      return unsupported("condition in the WHERE of a SHOW: " + sql::print(expr));
    bool found = false;
    for (const sql::Expr* item : list->exprs)
      found |= sql::equal_ci(left, VIF_TRY(operand(item, fields, row)));
    return found == (comparison->op == Op::kIn);
  }
  const std::string right = VIF_TRY(operand(comparison->right, fields, row));
  switch (comparison->op) {
    case Op::kEqual:
    case Op::kNullSafeEqual: return sql::equal_ci(left, right);
    case Op::kNotEqual: return !sql::equal_ci(left, right);
    case Op::kLike: return matches_like(right, left);
    case Op::kNotLike: return !matches_like(right, left);
    default: return unsupported("condition in the WHERE of a SHOW: " + sql::print(expr));
  }
}

}  // namespace

types::Field text_field(std::string name) {
  types::Field field;
  field.name = std::move(name);
  field.type = types::Type::kVarchar;
  field.charset = kUtf8mb4Collation;
  field.column_length = 1024;
  return field;
}

types::Field integer_field(std::string name) {
  types::Field field;
  field.name = std::move(name);
  field.type = types::Type::kInt64;
  field.charset = kBinaryCollation;
  field.column_length = 20;
  return field;
}

Status answer_ok(Context& context, mysql::ResultEnd end) {
  context.session.row_count = static_cast<int64_t>(end.affected_rows);
  end.status = with_session_status(context.session, end.status);
  end.warnings =
      static_cast<uint16_t>(std::min<uint32_t>(context.session.warning_count, UINT16_MAX));
  return context.sink.end(end);
}

Status answer_rows(Context& context, std::vector<types::Field> fields,
                   std::vector<types::Row> rows) {
  mysql::RowEncoder encoder(context.sink);
  VIF_TRY(encoder.fields(fields));
  for (const types::Row& row : rows) VIF_TRY(encoder.row(row));
  context.session.row_count = -1;
  context.record.rows_returned = rows.size();
  mysql::ResultEnd end;
  end.status = with_session_status(context.session, 0);
  return encoder.end(end);
}

bool matches_like(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      resume = t;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const size_t at = escaped ? p + 1 : p;
    const bool one = p < pattern.size() &&
                     ((!escaped && pattern[p] == '_') || lower(pattern[at]) == lower(text[t]));
    if (one) {
      p = at + 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

Result<std::vector<types::Row>> filter_rows(const sql::ShowFilter* filter,
                                            const std::vector<types::Field>& fields,
                                            std::vector<types::Row> rows, size_t like_column) {
  if (filter == nullptr) return rows;
  std::vector<types::Row> kept;
  for (types::Row& row : rows) {
    const bool keep = filter->has_like ? matches_like(filter->like, row[like_column].bytes)
                      : filter->where  ? VIF_TRY(holds(filter->where, fields, row))
                                       : true;
    if (keep) kept.push_back(std::move(row));
  }
  return kept;
}

}  // namespace vif::vtgate::statements
