// Any bytes: the parser answers, and what it accepts prints to a text with the same tree.
#include <cstdint>

#include "base/assert.h"
#include "sql/normalize.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::sql {
namespace {

int one(const uint8_t* bytes, size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(bytes), size);
  auto parsed = parse(sql);
  if (!parsed.ok()) return 0;
  VIF_ASSERT(!higher_than(parsed->statement, kStatementHeightMax));
  const std::string text = print(parsed->statement, PrintStyle::kMysql);
  auto again = parse(text);
  VIF_ASSERT(again.ok());
  VIF_ASSERT(equal(parsed->statement, again->statement));
  (void)normalize(*parsed);
  return 0;
}

}  // namespace
}  // namespace vif::sql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) { return vif::sql::one(bytes, size); }
