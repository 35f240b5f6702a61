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

// Refuses what PCRE and ICU may not understand alike.
void check_pattern(std::string_view text) {
  missing_bracket(text);
  bool bracket = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (bracket && c == ']')
      bracket = false;
    else if (bracket && (letter || c == '-' || c == '^'))
      continue;
    else if (!bracket && c == '[')
      bracket = true;
    else if (!bracket && c == '\\' && i + 1 < text.size() && text[i + 1] == 'd')
      ++i;
    else if (bracket ||
             !(letter || std::string_view(" ^$.*+|()-_,:;/").find(c) != std::string_view::npos))
      refuse("such a REGEXP of MariaDB in the gate");
  }
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
  check_pattern(out.values[1].bytes);
  return out;
}

Datum result(std::string text, const Matched& m) {
  if (!m.bytes) return Datum::of_text(std::move(text), m.collation);
  return Datum::of_bytes(types::convert(text, charset_named("utf8mb4"), charset_named("latin1")));
}

Datum regexp_like(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  if (m.values[1].bytes.empty()) return Datum::of_bool(true);
  return shared_of(call, regexp_functions(), std::move(m.values));
}
Datum regexp_instr(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  if (m.values[1].bytes.empty()) return Datum::of_int(1);
  return shared_of(call, regexp_functions(), std::move(m.values));
}
// Nothing found is an empty text.
Datum regexp_substr(const Call& call) {
  Matched m = matched(call);
  if (m.null) return {};
  if (m.values[1].bytes.empty()) return result("", m);
  const Datum out = shared_of(call, regexp_functions(), m.values);
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
  if (pattern.find('*') == std::string::npos)
    return result(shared_of(call, regexp_functions(), m.values).bytes, m);
  if (pattern.find('^') != std::string::npos)
    refuse("such a REGEXP_REPLACE of MariaDB in the gate");
  const Call finding = {call.args,         call.context, call.collation, "mariadb regexp_substr",
                        call.json_as_text, call.source};
  std::string out;
  std::string rest = m.values[0].bytes;
  while (!rest.empty()) {
    const Datum subject = Datum::of_text(rest, m.values[0].collation);
    const Datum found = shared_of(finding, regexp_functions(), {subject, m.values[1]});
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
