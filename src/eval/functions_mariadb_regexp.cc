// MariaDB's regular expressions, where PCRE and ICU understand a pattern alike. Bytes are matched
// as the characters of latin1.
#include <algorithm>

#include "eval/charsets.h"
#include "eval/function.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "types/collation/charset.h"

namespace vif::eval {
namespace {

void missing_bracket(std::string_view pattern) {
  bool bracket = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (bracket) {
      bracket = pattern[i] != ']';
    } else {
      bracket = pattern[i] == '[';
    }
  }
  if (!bracket) return;
  throw SqlError{
      Error(Code::kInvalidArgument, 1139, "42000",
            fmt::format("Regex error 'missing terminating ] for character class at offset {}'",
                        pattern.size()))};
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What both understand alike of a pattern; it is read from its beginning.
class SharedPattern {
 public:
  // `plain`: the subject is ASCII, whose classes of characters are the same; `one_line`: no
  // character but \n ends a line in it; `bytes`: characters beyond ASCII are themselves only.
  SharedPattern(std::string_view text, bool plain, bool one_line, bool bytes)
      : rest_(text), plain_(plain), one_line_(one_line), bytes_(bytes) {}
  bool is_shared() {
    while (!rest_.empty()) {
      if (!next()) return false;
    }
    return true;
  }

 private:
  bool next() {
    const char c = take();
    const bool control = static_cast<unsigned char>(c) < ' ';
    const bool beyond = static_cast<unsigned char>(c) >= 0x80;
    if (is_letter(c) || control || (beyond && bytes_)) return true;
    if (c == '\\') return escape();
    if (c == '[') return bracket();
    if (c == '{') return count();
    if (c == '.' || c == '$' || c == '^') return one_line_;
    if (c == '(') return rest_.empty() || rest_[0] != '?';
    return std::string_view(" *+?|)-_,:;/#%!=<>@&'\"~`").find(c) != std::string_view::npos;
  }
  char take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  bool escape() {
    if (rest_.empty()) return false;
    const char c = take();
    if (std::string_view("wWsSbBD").find(c) != std::string_view::npos) return plain_;
    if (std::string_view("dnrtf").find(c) != std::string_view::npos) return true;
    return static_cast<unsigned char>(c) < 0x80 && !is_letter(c);
  }
  // {2}, {2,}, {2,3}
  bool count() {
    constexpr size_t kLongest = 5;  // more are an error, or near it
    const size_t end = rest_.find('}');
    if (end == std::string_view::npos || end > kLongest || rest_[0] == '0') return false;
    const std::string_view counts = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    const bool digits = counts.find_first_not_of("0123456789,") == std::string_view::npos;
    return digits && std::count(counts.begin(), counts.end(), ',') <= 1 && !counts.empty() &&
           counts[0] != ',';
  }
  bool bracket() {
    if (rest_.starts_with('^')) rest_.remove_prefix(1);
    if (rest_.starts_with(']')) return false;
    while (!rest_.empty()) {
      const char c = take();
      if (c == ']') return true;
      if (c == '[' && !named_class()) return false;
      if (c == '\\' && !escape()) return false;
      if (c == '&' || c == '{' || c == '}' || static_cast<unsigned char>(c) >= 0x80) return false;
      if (c == '-' && rest_.starts_with('-')) return false;
    }
    return false;
  }
  bool named_class() {
    constexpr std::string_view kNames[] = {"alnum", "alpha", "blank", "cntrl",
                                           "digit", "space", "xdigit"};
    for (const std::string_view name : kNames) {
      const std::string whole = fmt::format(":{}:]", name);
      if (!rest_.starts_with(whole)) continue;
      rest_.remove_prefix(whole.size());
      return plain_;
    }
    return false;
  }

  std::string_view rest_;
  bool plain_;
  bool one_line_;
  bool bytes_;
};

// Refuses what PCRE and ICU may not understand alike.
void check_pattern(std::string_view text, std::string_view subject, bool bytes) {
  missing_bracket(text);
  const bool plain = std::all_of(subject.begin(), subject.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && c != '\v' && c != '\r' && c != '\f';
  });
  const bool one_line = subject.find_first_of("\r\v\f") == std::string_view::npos &&
                        subject.find("\u0085") == std::string_view::npos &&
                        subject.find("\u2028") == std::string_view::npos &&
                        subject.find("\u2029") == std::string_view::npos;
  if (!SharedPattern(text, plain, one_line, bytes).is_shared())
    refuse("such a REGEXP of MariaDB in the gate");
}

struct Matched {
  std::vector<Datum> values;
  bool bytes = false;
  bool null = false;
  uint32_t collation = kBinaryCollation;
};

std::string latin1_text(std::string_view bytes) {
  return types::convert(bytes, charset_named("latin1"), charset_named("utf8mb4"));
}

// The subject, the pattern and what replaces, all of one charset.
Matched matched(const Call& call) {
  if (call.size() > 3 || (call.size() == 3 && call.name != "mariadb regexp_replace"))
    refuse(
        fmt::format("{} with more arguments in the gate", call.name.substr(kMariadbPrefix.size())));
  Matched out;
  std::vector<StaticType> types;
  for (size_t i = 0; i < call.size(); ++i) {
    types.push_back(call.arg_type(i));
    out.values.push_back(call.arg(i));
    out.null = out.null || out.values.back().is_null();
  }
  const StaticType merged = merged_text(types, call.collation);
  out.collation = merged.collation;
  out.bytes = types::is_binary(merged.type);
  if (out.null) return out;
  for (Datum& d : out.values) {
    if (out.bytes) {
      const std::string bytes = own_bytes(d);
      if (bytes.find_first_of("\r\v\f\x85") != std::string::npos)
        refuse("REGEXP on such bytes of MariaDB in the gate");
      d = Datum::of_text(latin1_text(bytes), kJsonCollation);
    } else if (d.form != Form::kText) {
      const std::string text = to_text(d);
      size_t bad = 0;
      if (!is_utf8mb4(text, bad)) refuse("REGEXP on such bytes of MariaDB in the gate");
      d = Datum::of_text(text, out.collation, d.coercibility);
    }
  }
  check_pattern(out.values[1].bytes, out.values[0].bytes, out.bytes);
  return out;
}

Datum result(std::string text, const Matched& m) {
  if (!m.bytes) return Datum::of_text(std::move(text), m.collation);
  return Datum::of_bytes(types::convert(text, charset_named("utf8mb4"), charset_named("latin1")));
}

// Faults of a pattern in PCRE's words.
Datum searched(const Call& call, std::vector<Datum> values) {
  try {
    return shared_of(call, regexp_functions(), std::move(values));
  } catch (const SqlError& e) {
    constexpr int kFirst = 3685;
    constexpr int kLast = 3700;
    constexpr int kParenthesis = 3691;
    constexpr int kInterval = 3693;
    const int errno_of_icu = e.error.mysql_errno();
    if (errno_of_icu < kFirst || errno_of_icu > kLast) throw;
    const std::string_view what = errno_of_icu == kParenthesis ? "missing closing parenthesis"
                                  : errno_of_icu == kInterval
                                      ? "numbers out of order in {} quantifier"
                                      : "quantifier does not follow a repeatable item";
    constexpr int kRegexError = 1139;
    throw SqlError{
        Error(Code::kInvalidArgument, kRegexError, "42000", fmt::format("Regex error '{}'", what))};
  }
}

Datum regexp_like(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  if (m.values[1].bytes.empty()) return Datum::of_bool(true);
  return searched(call, std::move(m.values));
}
Datum regexp_instr(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  if (m.values[1].bytes.empty()) return Datum::of_int(1);
  return searched(call, std::move(m.values));
}
// Nothing found is an empty text.
Datum regexp_substr(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  if (m.values[1].bytes.empty()) return result("", m);
  const Datum out = searched(call, m.values);
  return result(out.is_null() ? "" : out.bytes, m);
}

// It stops where nothing is matched.
Datum regexp_replace(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  const std::string& pattern = m.values[1].bytes;
  const std::string by = m.values[2].bytes;
  if (by.find_first_of("\\$") != std::string::npos)
    refuse("such a REGEXP_REPLACE of MariaDB in the gate");
  if (pattern.empty()) return result(m.values[0].bytes, m);
  if (pattern.find_first_of("*?{|") == std::string::npos)
    return result(searched(call, m.values).bytes, m);
  if (pattern.find('^') != std::string::npos || pattern.find("\\b") != std::string::npos ||
      pattern.find("\\B") != std::string::npos)
    refuse("such a REGEXP_REPLACE of MariaDB in the gate");
  const Call finding = {call.args,         call.context, call.collation, "mariadb regexp_substr",
                        call.json_as_text, call.source};
  std::string out;
  std::string rest = m.values[0].bytes;
  while (!rest.empty()) {
    const Datum subject = Datum::of_text(rest, m.values[0].collation);
    const Datum found = searched(finding, {subject, m.values[1]});
    if (found.is_null() || found.bytes.empty()) break;
    const size_t at = rest.find(found.bytes);
    out.append(rest, 0, at).append(by);
    rest.erase(0, at + found.bytes.size());
  }
  return result(out + rest, m);
}

StaticType match_type(const Call& call) {
  StaticType out = static_type(Type::kInt64);
  out.size = 1;
  out.nullable = call.arg_type(0).nullable || call.arg_type(1).nullable;
  return out;
}
StaticType place_type(const Call&) { return static_type(Type::kInt64); }
StaticType text_result_type(const Call& call) {
  std::vector<StaticType> types;
  for (size_t i = 0; i < call.size(); ++i) types.push_back(call.arg_type(i));
  return merged_text(types, call.collation);
}

constexpr Function kFunctions[] = {
    {"mariadb regexp_instr", 2, 2, regexp_instr, place_type},
    {"mariadb regexp_replace", 3, 3, regexp_replace, text_result_type},
    {"mariadb regexp_substr", 2, 2, regexp_substr, text_result_type},
    {"mariadb regexp_like", 2, 2, regexp_like, match_type},
};

}  // namespace

std::span<const Function> mariadb_regexp_functions() { return kFunctions; }

void check_mariadb_pattern(const std::vector<NodePtr>& args) {
  if (args.size() < 2 || !args[1]->is_constant()) return;
  const Env env;
  Context context{{}, env};
  try {
    const std::optional<Datum> pattern = constant_value(*args[1], context);
    if (pattern && !pattern->is_null()) missing_bracket(to_text(*pattern));
  } catch (const SqlError& e) {
    if (e.error.mysql_errno() == 1139) throw;
  }
}

}  // namespace vif::eval
