// What clients say in comments: Vitess's directives (/*vt+ ... */), optimizer hints (/*+ ... */),
// and comments around a statement.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sql/ast_select.h"

namespace vif::sql {

// A text without the comments before and after it (and its blanks and semicolons), and those
// comments.
struct MarginComments {
  std::string_view query;
  std::string_view leading;
  std::string_view trailing;
};
MarginComments split_margin_comments(std::string_view sql);
// Without blanks and comments before it; executed ones (/*! */) stay.
std::string_view strip_leading_comments(std::string_view sql);

// The comments of a statement's own, or null when its kind has none.
Comments* comments_of(Statement& statement);
const Comments* comments_of(const Statement& statement);

// Names in lower case ("skip_query_plan_cache"), values as written; "true" when none was.
using Directives = std::map<std::string, std::string, std::less<>>;
Directives directives_of(const Comments& comments);
Directives directives_of(const Statement& statement);
// Is the directive there, with a true value?
bool directive_is_set(const Directives& directives, std::string_view name);

// The value of SET_VAR(name = value) in the first optimizer hint; empty when it has none.
std::string set_var_value(const Comments& comments, std::string_view name);
// The comments with SET_VAR(name=value) in the first optimizer hint, in place of one that it has.
Comments with_set_var(Arena& arena, const Comments& comments, std::string_view name,
                      std::string_view value);
// The comments with `hint` in the optimizer hint.
// Throws SqlError: more than one hint, or one without an end.
Comments with_query_hint(Arena& arena, const Comments& comments, std::string_view hint);

}  // namespace vif::sql
