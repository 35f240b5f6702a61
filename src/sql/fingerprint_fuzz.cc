// What the plan cache stands on. A statement and the same with other literals have one fingerprint
// and normalise to one tree, and the first one's arguments give the bind variables of the second.
#include <cctype>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "sql/fingerprint.h"
#include "sql/normalize.h"
#include "sql/printer.h"

namespace vif::sql {
namespace {

// Another literal of the same kind and length, or the same one: different ones stay different,
// leading zeros stay.
std::string another(std::string_view text, const LiteralRef& literal) {
  std::string inside(text.substr(literal.offset, literal.length));
  const bool is_string =
      literal.kind == TokenLiteral::kString || literal.kind == TokenLiteral::kNString;
  if (is_string && inside.find_first_of("\\/*-#") == std::string::npos) {
    // n'ab' and 'ab' are equal, and stay so.
    for (size_t i = literal.kind == TokenLiteral::kNString ? 3 : 2; i < inside.size(); ++i) {
      char& c = inside[i];
      if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
    }
  } else if (literal.kind == TokenLiteral::kInt && inside.size() <= 18) {
    for (char& c : inside) {
      if (c >= '1' && c <= '9') c = static_cast<char>('1' + (c - '1' + 4) % 9);
    }
  }
  return inside;
}

// N'x' and 'x' are equal.
std::string_view without_n(std::string_view literal) {
  return literal.starts_with('n') || literal.starts_with('N') ? literal.substr(1) : literal;
}

// The statement with other literals. Which literals are equal is the fingerprint's to tell, also of
// those whose text it keeps: where one would become or cease to be equal to one of these, all stay
// as they are. NEXT VALUE is a 1 that nobody wrote.
std::string with_others(std::string_view sql, const std::vector<LiteralRef>& literals) {
  std::string changed(sql);
  std::string lower(sql);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower.find("next") != std::string::npos && lower.find("value") != std::string::npos)
    return changed;
  for (const LiteralRef& literal : literals) {
    VIF_ASSERT(literal.offset + literal.length <= sql.size());
    if (literal.kept) continue;
    // 0b06 is 0b0 and 6, and 0b01 one number.
    if (literal.offset > 0 && std::isalnum(static_cast<unsigned char>(sql[literal.offset - 1])))
      return std::string(sql);
    const std::string other = another(sql, literal);
    for (const LiteralRef& kept : literals) {
      const std::string_view fixed = without_n(sql.substr(kept.offset, kept.length));
      if (kept.kept && (fixed == without_n(other) ||
                        fixed == without_n(sql.substr(literal.offset, literal.length))))
        return std::string(sql);
    }
    changed.replace(literal.offset, literal.length, other);
  }
  return changed;
}

// All whole numbers alike: when the fingerprint takes that for the same statement, the normaliser
// must too.
void alike(std::string_view sql, const Fingerprint& first, const std::string& normal) {
  std::string changed(sql);
  for (size_t i = first.literals.size(); i-- > 0;) {
    const LiteralRef& literal = first.literals[i];
    const bool joins =
        literal.offset > 0 && std::isalnum(static_cast<unsigned char>(sql[literal.offset - 1]));
    if (!literal.kept && !joins && literal.kind == TokenLiteral::kInt)
      changed.replace(literal.offset, literal.length, "7");
  }
  Fingerprint second;
  fingerprint(changed, SqlMode{}, second);
  if (second.hash != first.hash || second.query_class != first.query_class) return;
  auto parsed = parse(std::string_view(changed).substr(0, second.statement_length));
  VIF_ASSERT(parsed.ok());
  const auto normalized = normalize(*parsed);
  VIF_ASSERT(normalized.ok() && print(parsed->statement) == normal);
  VIF_ASSERT(bind_literals(normalized->arguments, changed, second) == normalized->bind_variables);
}

void one(std::string_view sql) {
  Fingerprint first;
  fingerprint(sql, SqlMode{}, first);
  if (!first.ok) return;
  const std::string changed = with_others(sql, first.literals);
  Fingerprint second;
  fingerprint(changed, SqlMode{}, second);
  VIF_ASSERT(second.hash == first.hash && second.literals.size() == first.literals.size());
  VIF_ASSERT(second.query_class == first.query_class &&
             second.statement_length == first.statement_length);
  auto parsed = parse(sql.substr(0, first.statement_length));
  if (!parsed.ok()) return;
  auto other = parse(std::string_view(changed).substr(0, first.statement_length));
  VIF_ASSERT(other.ok());
  const auto normalized = normalize(*parsed);
  const auto wanted = normalize(*other);
  VIF_ASSERT(normalized.ok() == wanted.ok());
  if (!normalized.ok()) return;
  VIF_ASSERT(print(parsed->statement) == print(other->statement));
  VIF_ASSERT(bind_literals(normalized->arguments, sql, first) == normalized->bind_variables);
  VIF_ASSERT(bind_literals(normalized->arguments, changed, second) == wanted->bind_variables);
  alike(sql, first, print(parsed->statement));
}

}  // namespace
}  // namespace vif::sql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 4096) vif::sql::one({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
