// Any bytes: the parser answers, and what it accepts prints to a text with the same tree. A zero
// byte makes an input of three parts, of which the middle is repeated 10,000 times: nesting must
// end in an error.
#include <cstdint>

#include "base/assert.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::sql {
namespace {

void check(std::string_view sql, const ParseOptions& options) {
  auto parsed = parse(sql, options);
  if (!parsed.ok()) return;
  VIF_ASSERT(!higher_than(parsed->statement, kStatementHeightMax));
  VIF_ASSERT(parsed->arena->bytes_allocated() <= 64 * 1024 + 1024 * sql.size());
  const std::string text = print(parsed->statement, PrintStyle::kMysql);
  const auto again = parse(text);
  VIF_ASSERT(again.ok());
  // DDL that was cut off where it could not be read is not what it was.
  ParseOptions strict = options;
  strict.strict_ddl = true;
  if (parse(sql, strict).ok()) {
    VIF_ASSERT(equal(parsed->statement, again->statement));
    VIF_ASSERT(hash(again->statement) == hash(parsed->statement));
  }
  Arena arena;
  VIF_ASSERT(equal(clone(arena, parsed->statement), parsed->statement));
  (void)print(parsed->statement, PrintStyle::kUpperQuoted);
  (void)normalize(*parsed, {}, options);
}

std::string repeated(std::string_view sql, size_t first_zero) {
  const size_t second_zero = std::min(sql.find('\0', first_zero + 1), sql.size());
  const std::string_view middle = sql.substr(first_zero + 1, second_zero - first_zero - 1);
  std::string out(sql.substr(0, first_zero));
  for (int i = 0; i < 10'000; ++i) out += middle;
  if (second_zero < sql.size()) out += sql.substr(second_zero + 1);
  return out;
}

void one(std::string_view sql) {
  ParseOptions options;
  // The first byte, when it is no part of a statement, chooses how to read the rest.
  if (const auto first = static_cast<unsigned char>(sql.front()); first >= 128) {
    options.sql_mode.ansi_quotes = (first & 1) != 0;
    options.sql_mode.no_backslash_escapes = (first & 2) != 0;
    options.sql_mode.pipes_as_concat = (first & 4) != 0;
    options.sql_mode.high_not_precedence = (first & 8) != 0;
    options.sql_mode.ignore_space = (first & 16) != 0;
    options.strict_ddl = (first & 32) != 0;
    sql.remove_prefix(1);
  }
  const size_t zero = sql.find('\0');
  if (zero == std::string_view::npos)
    check(sql, options);
  else if (sql.size() < 100)
    check(repeated(sql, zero), options);
}

}  // namespace
}  // namespace vif::sql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size > 0 && size < 4096) vif::sql::one({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
