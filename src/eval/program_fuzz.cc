// Any expression over any values: the compiler and the evaluator answer, and answer the same twice.
// The input is the expression's text, then, after zero bytes, the values of the columns a, b, c...
// (missing: NULL).
#include <fmt/format.h>

#include "base/assert.h"
#include "eval/program.h"
#include "sql/ast.h"
#include "sql/parser.h"

namespace vif::eval {
namespace {

using types::Type;

constexpr Type kColumns[] = {Type::kInt64,   Type::kUint64,    Type::kDecimal,  Type::kFloat64,
                             Type::kVarchar, Type::kVarbinary, Type::kDatetime, Type::kDate,
                             Type::kTime,    Type::kJson,      Type::kYear,     Type::kBit,
                             Type::kEnum,    Type::kTimestamp};
constexpr size_t kColumnCount = std::size(kColumns);

std::string described(const Result<types::Value>& value) {
  return value.ok() ? fmt::format("{} ", static_cast<int>(value->type)) + value->bytes
                    : value.error().message();
}

void one(std::string_view text) {
  std::vector<StaticType> columns(kColumnCount);
  types::Row row(kColumnCount);
  types::BindVariables variables;
  std::string_view values = text.substr(std::min(text.find('\0'), text.size()));
  text.remove_suffix(values.size());
  for (size_t i = 0; i < kColumnCount; ++i) {
    columns[i].type = kColumns[i];
    columns[i].collation = types::is_text(kColumns[i]) ? 255 : 63;
    if (values.empty()) continue;
    values.remove_prefix(1);
    const size_t size = std::min(values.find('\0'), values.size());
    if (size > 0) row[i] = {kColumns[i], std::string(values.substr(0, size))};
    variables.emplace(fmt::format("v{}", i + 1), row[i]);
    values.remove_prefix(size);
  }
  const auto parsed = sql::parse_expr(text);
  if (!parsed.ok()) return;
  CompileOptions options;
  options.columns = columns;
  options.find_column = [](const sql::ColName& name) -> std::optional<size_t> {
    if (name.name.size() != 1 || name.name[0] < 'a' ||
        name.name[0] >= static_cast<char>('a' + kColumnCount))
      return std::nullopt;
    return static_cast<size_t>(name.name[0] - 'a');
  };
  const auto program = compile(*parsed->expr, options);
  if (!program.ok()) return;
  Env env;
  env.bind_variables = &variables;
  env.now_us = 1'700'000'000'123'456;
  (void)program->type(env);
  (void)program->is_constant();
  const auto first = program->evaluate(row, env);
  // Results of millions of bytes would take the time of a thousand other inputs.
  if (first.ok() && first->bytes.size() > 1 << 20) return;
  const bool random =
      text.find("rand") != std::string_view::npos || text.find("RAND") != std::string_view::npos ||
      text.find("uuid") != std::string_view::npos || text.find("UUID") != std::string_view::npos;
  if (!random) VIF_ASSERT(described(program->evaluate(row, env)) == described(first));
  (void)program->matches(row, env);
}

}  // namespace
}  // namespace vif::eval

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 4096) vif::eval::one({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
