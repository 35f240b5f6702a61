#include "sql/comments.h"

#include <algorithm>

#include "base/error.h"
#include "sql/ast.h"

namespace vif::sql {

namespace {

constexpr std::string_view kHintPrefix = "/*+";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

size_t leading_end(std::string_view text) {
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    while (at < text.size() && is_blank(text[at])) ++at;
    const std::string_view rest = text.substr(at);
    if (rest.size() < 4 || !rest.starts_with("/*") || rest[2] == '!') break;
    const size_t close = rest.find("*/", 2);
    if (close == std::string_view::npos) break;
    at += close + 2;
    end = at;
  }
  if (end == 0) return 0;
  while (end < text.size() && is_blank(text[end])) ++end;
  return end;
}

size_t trailing_start(std::string_view text) {
  size_t start = text.size();
  size_t length = text.size();
  bool any = false;
  while (length > 0) {
    while (length > 0 && is_blank(text[length - 1])) --length;
    if (any) start = length;
    if (length < 4 || text.substr(length - 2, 2) != "*/") break;
    const size_t open = text.substr(0, length - 2).rfind("/*");
    if (open == std::string_view::npos || text[open + 2] == '!') break;
    any = true;
    length = start = open;
  }
  return start;
}

// One hint of an optimizer comment: NAME(content).
struct Hint {
  std::string_view name;
  std::string_view content;
};

template <typename F>
void each_hint(std::string_view comment, F&& visit) {
  size_t at = 4;
  while (at < comment.size()) {
    while (at < comment.size() && comment[at] == ' ') ++at;
    const size_t name = at++;
    while (at < comment.size() && comment[at] != ' ' && comment[at] != '(') ++at;
    const size_t name_end = std::min(at, comment.size());
    while (at < comment.size() && comment[at] == ' ') ++at;
    if (at >= comment.size() || comment[at] != '(') return;
    const size_t content = ++at;
    while (at < comment.size() && comment[at] != ')') {
      const char quote = comment[at++];
      if (quote != '\'' && quote != '"') continue;
      while (at < comment.size() && comment[at] != quote) ++at;
      ++at;
    }
    const size_t content_end = std::min(at, comment.size());
    visit(Hint{trim(comment.substr(name, name_end - name)),
               comment.substr(content, content_end - content)});
    ++at;
  }
}

std::string_view set_var_name(const Hint& hint) {
  const size_t equals = hint.content.find('=');
  if (!equal_ci(hint.name, "SET_VAR") || equals == std::string_view::npos) return {};
  return trim(hint.content.substr(0, equals));
}

}  // namespace

MarginComments split_margin_comments(std::string_view sql) {
  const size_t trailing = trailing_start(sql);
  const size_t leading = leading_end(sql.substr(0, trailing));
  MarginComments margins;
  margins.leading = sql.substr(0, leading);
  while (!margins.leading.empty() && is_blank(margins.leading.front()))
    margins.leading.remove_prefix(1);
  margins.trailing = sql.substr(trailing);
  while (!margins.trailing.empty() && is_blank(margins.trailing.back()))
    margins.trailing.remove_suffix(1);
  std::string_view query = sql.substr(leading, trailing - leading);
  const auto strippable = [](char c) { return is_blank(c) || c == ';'; };
  while (!query.empty() && strippable(query.front())) query.remove_prefix(1);
  while (!query.empty() && strippable(query.back())) query.remove_suffix(1);
  margins.query = query;
  return margins;
}

std::string_view strip_leading_comments(std::string_view sql) {
  sql = trim(sql);
  while (sql.starts_with("/*") || sql.starts_with("--")) {
    if (sql[0] == '/') {
      const size_t close = sql.find("*/");
      if (close == std::string_view::npos || close <= 1 || (sql.size() > 2 && sql[2] == '!'))
        return sql;
      sql.remove_prefix(close + 2);
    } else {
      const size_t newline = sql.find('\n');
      if (newline == std::string_view::npos) return {};
      sql.remove_prefix(newline + 1);
    }
    sql = trim(sql);
  }
  return sql;
}

const Comments* comments_of(const Statement& statement) {
  return comments_of(const_cast<Statement&>(statement));
}

Comments* comments_of(Statement& statement) {
  switch (statement.kind) {
#define VIF_SQL_COMMENTED(name) \
  case Kind::k##name: return &static_cast<name&>(statement).comments;
    VIF_SQL_COMMENTED(Select)
    VIF_SQL_COMMENTED(ValuesStatement)
    VIF_SQL_COMMENTED(Insert)
    VIF_SQL_COMMENTED(Update)
    VIF_SQL_COMMENTED(Delete)
    VIF_SQL_COMMENTED(Stream)
    VIF_SQL_COMMENTED(VStream)
    VIF_SQL_COMMENTED(Set)
    VIF_SQL_COMMENTED(ExplainStmt)
    VIF_SQL_COMMENTED(VExplainStmt)
    VIF_SQL_COMMENTED(CreateTable)
    VIF_SQL_COMMENTED(AlterTable)
    VIF_SQL_COMMENTED(DropTable)
    VIF_SQL_COMMENTED(CreateView)
    VIF_SQL_COMMENTED(AlterView)
    VIF_SQL_COMMENTED(DropView)
    VIF_SQL_COMMENTED(CreateDatabase)
    VIF_SQL_COMMENTED(AlterDatabase)
    VIF_SQL_COMMENTED(DropDatabase)
    VIF_SQL_COMMENTED(PrepareStmt)
    VIF_SQL_COMMENTED(ExecuteStmt)
    VIF_SQL_COMMENTED(DeallocateStmt)
    VIF_SQL_COMMENTED(RevertMigration)
#undef VIF_SQL_COMMENTED
    case Kind::kUnion: return comments_of(*static_cast<Union&>(statement).left);
    default: return nullptr;
  }
}

Directives directives_of(const Comments& comments) {
  constexpr std::string_view kPrefix = "/*vt+";
  Directives directives;
  for (std::string_view comment : comments) {
    if (!comment.starts_with(kPrefix)) continue;
    std::string_view rest = comment.substr(kPrefix.size(), comment.size() - kPrefix.size() - 2);
    for (;;) {
      rest = trim(rest);
      if (rest.empty()) break;
      size_t end = 0;
      while (end < rest.size() && !is_blank(rest[end])) ++end;
      const std::string_view word = rest.substr(0, end);
      rest.remove_prefix(end);
      const size_t equals = word.find('=');
      if (equals == std::string_view::npos) {
        directives[lowered(word)] = "true";
      } else {
        directives[lowered(word.substr(0, equals))] = word.substr(equals + 1);
      }
    }
  }
  return directives;
}

Directives directives_of(const Statement& statement) {
  const Comments* comments = comments_of(statement);
  return comments == nullptr ? Directives{} : directives_of(*comments);
}

bool directive_is_set(const Directives& directives, std::string_view name) {
  const auto found = directives.find(lowered(name));
  if (found == directives.end()) return false;
  for (std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (found->second == yes) return true;
  }
  return false;
}

std::string set_var_value(const Comments& comments, std::string_view name) {
  for (std::string_view comment : comments) {
    if (!comment.starts_with(kHintPrefix)) continue;
    std::string value;
    bool found = false;
    each_hint(comment, [&](const Hint& hint) {
      if (found || !equal_ci(set_var_name(hint), name)) return;
      found = true;
      value = trim(hint.content.substr(hint.content.find('=') + 1));
    });
    return value;
  }
  return {};
}

Comments with_set_var(Arena& arena, const Comments& comments, std::string_view name,
                      std::string_view value) {
  Comments changed;
  const std::string assignment = std::string(name) + "=" + std::string(value) + ")";
  bool seen = false;
  for (std::string_view comment : comments) {
    if (seen || !comment.starts_with(kHintPrefix)) {
      changed.push_back(arena, comment);
      continue;
    }
    seen = true;
    std::string text = "/*+";
    bool present = false;
    each_hint(comment, [&](const Hint& hint) {
      const std::string_view variable = set_var_name(hint);
      const bool same = !variable.empty() && equal_ci(variable, name);
      text.append(" ").append(hint.name).append("(");
      if (same) {
        text.append(variable).append("=").append(value);
      } else {
        text.append(hint.content);
      }
      text += ')';
      present = present || same;
    });
    if (!present) text += " SET_VAR(" + assignment;
    changed.push_back(arena, arena.copy(text + " */"));
  }
  if (!seen) changed.push_back(arena, arena.copy("/*+ SET_VAR(" + assignment + " */"));
  return changed;
}

Comments with_query_hint(Arena& arena, const Comments& comments, std::string_view hint) {
  if (hint.empty()) return comments;
  const auto failure = [](std::string message) {
    return SqlError{Error(Code::kInvalidArgument, std::move(message))};
  };
  std::string_view merged;
  Comments others;
  for (std::string_view comment : comments) {
    if (!comment.starts_with(kHintPrefix)) {
      others.push_back(arena, comment);
      continue;
    }
    if (!merged.empty()) throw failure("Must have only one query hint");
    const size_t close = comment.find("*/");
    if (close == std::string_view::npos) throw failure("Query hint comment is malformed");
    merged = comment.find(hint) != std::string_view::npos
                 ? comment
                 : arena.copy(std::string(trim(comment.substr(0, close))) + " " +
                              std::string(hint) + " */");
  }
  if (merged.empty()) merged = arena.copy("/*+ " + std::string(hint) + " */");
  Comments changed;
  changed.push_back(arena, merged);
  for (std::string_view comment : others) changed.push_back(arena, comment);
  return changed;
}

}  // namespace vif::sql
