#include "vttablet/query/statement.h"

#include <array>
#include <charconv>

namespace vif::vttablet {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<uint8_t>(c) >= 0x80;
}

// The end of the comment that begins at `at`, or `at` when none does. Executable comments are text.
size_t skip_comment(std::string_view sql, size_t at) {
  if (sql[at] == '#') return std::min(sql.find('\n', at), sql.size());
  if (sql.compare(at, 2, "--") == 0 && (at + 2 == sql.size() || is_space(sql[at + 2]))) {
    return std::min(sql.find('\n', at), sql.size());
  }
  if (sql.compare(at, 2, "/*") == 0 && sql.compare(at, 3, "/*!") != 0 &&
      sql.compare(at, 4, "/*M!") != 0) {
    const size_t end = sql.find("*/", at + 2);
    return end == std::string_view::npos ? sql.size() : end + 2;
  }
  return at;
}

// Words of a statement, one after the other; anything else comes as a piece of its own.
class Words {
 public:
  explicit Words(std::string_view sql) : sql_(sql) {}

  std::string_view next() {
    skip_blanks();
    if (at_ >= sql_.size()) return {};
    const size_t begin = at_;
    if (sql_[at_] == '`') {
      const size_t end = sql_.find('`', at_ + 1);
      at_ = end == std::string_view::npos ? sql_.size() : end + 1;
    } else if (is_word(sql_[at_])) {
      while (at_ < sql_.size() && is_word(sql_[at_])) ++at_;
    } else {
      ++at_;
    }
    return sql_.substr(begin, at_ - begin);
  }

 private:
  void skip_blanks() {
    while (at_ < sql_.size()) {
      if (is_space(sql_[at_])) {
        ++at_;
        continue;
      }
      const size_t after = skip_comment(sql_, at_);
      if (after == at_) return;
      at_ = after;
    }
  }

  std::string_view sql_;
  size_t at_ = 0;
};

bool is(std::string_view word, std::string_view lower) {
  if (word.size() != lower.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if ((static_cast<uint8_t>(word[i]) | 0x20) != static_cast<uint8_t>(lower[i])) return false;
  }
  return true;
}

struct FirstWord {
  std::string_view word;
  StatementKind kind;
};
constexpr FirstWord kFirstWords[] = {
    {"select", StatementKind::kSelect},      {"insert", StatementKind::kInsert},
    {"update", StatementKind::kUpdate},      {"delete", StatementKind::kDelete},
    {"replace", StatementKind::kInsert},     {"with", StatementKind::kSelect},
    {"show", StatementKind::kShow},          {"set", StatementKind::kSet},
    {"begin", StatementKind::kTransaction},  {"start", StatementKind::kTransaction},
    {"commit", StatementKind::kTransaction}, {"savepoint", StatementKind::kSavepoint},
    {"release", StatementKind::kSavepoint},  {"alter", StatementKind::kDdl},
    {"truncate", StatementKind::kDdl},       {"rename", StatementKind::kDdl},
    {"lock", StatementKind::kLock},          {"unlock", StatementKind::kLock},
    {"flush", StatementKind::kOther},        {"call", StatementKind::kCall},
    {"explain", StatementKind::kSelect},     {"describe", StatementKind::kSelect},
    {"desc", StatementKind::kSelect},        {"values", StatementKind::kSelect},
    {"table", StatementKind::kSelect},       {"load", StatementKind::kInsert},
};

}  // namespace

std::string_view statement_kind_name(StatementKind kind) {
  static constexpr std::array<std::string_view, kStatementKinds> kNames = {
      "Select", "Nextval", "Insert",    "Update",       "Delete",        "DDL",       "Set",
      "Show",   "Other",   "Savepoint", "UnlockTables", "CallProcedure", "OtherAdmin"};
  return kNames[static_cast<size_t>(kind)];
}

StatementKind statement_kind(std::string_view sql) {
  // Nearly all statements begin like this, and no other letter begins NEXT.
  if (sql.size() > 7 && sql[6] == ' ' && is(sql.substr(0, 6), "select")) {
    const char next = static_cast<char>(sql[7] | 0x20);
    if (next >= 'a' && next <= 'z' && next != 'n') return StatementKind::kSelect;
  }
  Words words(sql);
  std::string_view word = words.next();
  while (word == "(") word = words.next();
  if (is(word, "select"))
    return is(words.next(), "next") ? StatementKind::kNextValue : StatementKind::kSelect;
  // Temporary tables are the connection's own: no change of the schema, no end of a transaction.
  if (is(word, "create") || is(word, "drop"))
    return is(words.next(), "temporary") ? StatementKind::kOther : StatementKind::kDdl;
  // ROLLBACK ends the transaction, ROLLBACK [WORK] TO goes back within it.
  if (is(word, "rollback")) {
    word = words.next();
    if (is(word, "work")) word = words.next();
    return is(word, "to") ? StatementKind::kSavepoint : StatementKind::kTransaction;
  }
  for (const FirstWord& first : kFirstWords) {
    if (is(word, first.word)) return first.kind;
  }
  return StatementKind::kOther;
}

Result<NextValue> parse_next_value(std::string_view sql) {
  Words words(sql);
  words.next();
  words.next();
  NextValue next;
  std::string_view word = words.next();
  if (!is(word, "value")) {
    const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), next.count);
    if (ec != std::errc() || end != word.data() + word.size() || !is(words.next(), "values")) {
      return Error(Code::kInvalidArgument, fmt::format("invalid increment for sequence: {}", sql));
    }
  }
  const Error bad(Code::kInvalidArgument, fmt::format("invalid SQL: {}", sql));
  if (!is(words.next(), "from")) return bad;
  for (word = words.next(); !word.empty() && word != ";"; word = words.next())
    next.sequence += word;
  if (next.sequence.empty()) return bad;
  if (next.count < 1) {
    return Error(Code::kInvalidArgument, fmt::format("invalid increment for sequence {}: INT64({})",
                                                     next.sequence, next.count));
  }
  return next;
}

namespace {

void append_list(std::string& out, const types::BindVariable& list) {
  out += '(';
  for (size_t i = 0; i < list.values.size(); ++i) {
    if (i != 0) out += ", ";
    list.values[i].append_sql(out);
  }
  out += ')';
}

// The end of the quoted piece that begins at `at`.
size_t skip_quoted(std::string_view sql, size_t at) {
  const char quote = sql[at];
  for (++at; at < sql.size(); ++at) {
    if (sql[at] == '\\' && quote != '`')
      ++at;
    else if (sql[at] == quote)
      return at + 1;
  }
  return sql.size();
}

// Vitess's gate writes a variable's type behind it (":vtg1 /* INT64 */"). MySQL would show that in
// the column's title.
size_t skip_type_comment(std::string_view sql, size_t at) {
  if (!sql.substr(at).starts_with(" /* ")) return at;
  size_t end = at + 4;
  while (end < sql.size() &&
         ((sql[end] >= 'A' && sql[end] <= 'Z') || (sql[end] >= '0' && sql[end] <= '9') ||
          sql[end] == '_' || sql[end] == '(' || sql[end] == ')' || sql[end] == ',')) {
    ++end;
  }
  return end > at + 4 && sql.substr(end).starts_with(" */") ? end + 3 : at;
}

}  // namespace

Result<std::string_view> bind_text(std::string_view sql, const types::BindVariables& variables,
                                   std::string_view schema_name, std::string& buffer) {
  buffer.clear();
  const bool replace_schema = variables.contains("__replacevtschemaname");
  size_t copied = 0;
  for (size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (c == '\'' || c == '"' || c == '`') {
      at = skip_quoted(sql, at);
      continue;
    }
    if (const size_t after = skip_comment(sql, at); after != at) {
      at = after;
      continue;
    }
    size_t name_at = at + 1;
    if (c != ':') {
      ++at;
      continue;
    }
    if (name_at < sql.size() && sql[name_at] == ':') ++name_at;
    size_t end = name_at;
    while (end < sql.size() && is_word(sql[end])) ++end;
    if (end == name_at) {
      at = name_at;
      continue;
    }
    const std::string_view name = sql.substr(name_at, end - name_at);
    buffer += sql.substr(copied, at - copied);
    if (replace_schema && name == "__vtschemaname") {
      types::Value::varchar(std::string(schema_name)).append_sql(buffer);
    } else {
      const auto variable = variables.find(name);
      if (variable == variables.end()) {
        return Error(Code::kInvalidArgument, fmt::format("missing bind var {}", name));
      }
      if (variable->second.type == types::Type::kTuple)
        append_list(buffer, variable->second);
      else
        variable->second.value().append_sql(buffer);
    }
    copied = at = skip_type_comment(sql, end);
  }
  if (copied == 0) return sql;
  buffer += sql.substr(copied);
  return std::string_view(buffer);
}

}  // namespace vif::vttablet
