#include "sql/redact.h"

#include <algorithm>

#include "sql/comments.h"
#include "sql/normalize.h"
#include "sql/printer.h"

namespace vif::sql {

Result<std::string> redact(std::string_view sql, const ParseOptions& options) {
  const MarginComments margins = split_margin_comments(sql);
  Parsed parsed = VIF_TRY(parse(margins.query, options));
  NormalizeOptions normalizing;
  normalizing.prefix = "redacted";
  normalizing.keyspace = "ks";
  (void)VIF_TRY(normalize(parsed, normalizing, options));
  std::string text(margins.leading);
  print_to(text, parsed.statement);
  text += margins.trailing;
  return text;
}

std::string truncate_query(std::string_view sql, size_t max) {
  constexpr std::string_view kMark = "[TRUNCATED]";
  const MarginComments margins = split_margin_comments(sql);
  std::string text(margins.leading);
  if (max == 0 || margins.query.size() <= max || margins.query.size() < kMark.size()) {
    text += margins.query;
  } else {
    const size_t keep = std::max(max, kMark.size() + 1) - (kMark.size() + 1);
    text.append(margins.query.substr(0, keep)).append(" ").append(kMark);
  }
  text += margins.trailing;
  return text;
}

}  // namespace vif::sql
