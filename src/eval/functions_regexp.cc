// REGEXP and its functions, on ICU's engine as the server's are, with the server's limits.
#include <unicode/regex.h>
#include <unicode/unistr.h>

#include "eval/charsets.h"
#include "eval/static_type.h"
#include "eval/text_call.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

constexpr int32_t kStackLimit = 8000000;
constexpr int32_t kTimeLimit = 32;

[[noreturn]] void fail(int number, std::string_view message) {
  throw SqlError{Error(Code::kInvalidArgument, number, "HY000", std::string(message))};
}

void check(UErrorCode status, int line = 1, int character = 1) {
  if (U_SUCCESS(status)) return;
  switch (status) {
    case U_INDEX_OUTOFBOUNDS_ERROR: fail(3686, "Index out of bounds in regular expression search.");
    case U_REGEX_INVALID_FLAG: fail(3900, "Invalid match mode flag in regular expression.");
    case U_REGEX_INTERNAL_ERROR: fail(3687, "Internal error in the regular expression library.");
    case U_REGEX_RULE_SYNTAX:
      fail(3688, fmt::format("Syntax error in regular expression on line {}, character {}.", line,
                             character));
    case U_REGEX_BAD_ESCAPE_SEQUENCE:
      fail(3689, "Unrecognized escape sequence in regular expression.");
    case U_REGEX_UNIMPLEMENTED:
      fail(3690,
           "The regular expression contains a feature that is not implemented in this library "
           "version.");
    case U_REGEX_MISMATCHED_PAREN: fail(3691, "Mismatched parenthesis in regular expression.");
    case U_REGEX_BAD_INTERVAL: fail(3692, "Incorrect description of a {min,max} interval.");
    case U_REGEX_MAX_LT_MIN:
      fail(3693, "The maximum is less than the minumum in a {min,max} interval.");
    case U_REGEX_INVALID_BACK_REF: fail(3694, "Invalid back-reference in regular expression.");
    case U_REGEX_LOOK_BEHIND_LIMIT:
      fail(3695, "The look-behind assertion exceeds the limit in regular expression.");
    case U_REGEX_MISSING_CLOSE_BRACKET:
      fail(3696, "The regular expression contains an unclosed bracket expression.");
    case U_REGEX_INVALID_RANGE:
      fail(3697, "The regular expression contains an [x-y] character range where x comes after y.");
    case U_REGEX_STACK_OVERFLOW: fail(3698, "Overflow in the regular expression backtrack stack.");
    case U_REGEX_TIME_OUT: fail(3699, "Timeout exceeded in regular expression match.");
    case U_REGEX_PATTERN_TOO_BIG:
      fail(3700, "The regular expression pattern exceeds limits on size or complexity.");
    default: fail(3685, "Illegal argument to a regular expression.");
  }
}

uint32_t match_flags(const Call& call, const std::string& letters, bool fold) {
  uint32_t flags = fold ? UREGEX_CASE_INSENSITIVE : 0;
  for (const char letter : letters) {
    switch (letter) {
      case 'c': flags &= ~static_cast<uint32_t>(UREGEX_CASE_INSENSITIVE); break;
      case 'i': flags |= UREGEX_CASE_INSENSITIVE; break;
      case 'm': flags |= UREGEX_MULTILINE; break;
      case 'n': flags |= UREGEX_DOTALL; break;
      case 'u': flags |= UREGEX_UNIX_LINES; break;
      default: fail(1210, fmt::format("Incorrect arguments to {}", call.name));
    }
  }
  return flags;
}

constexpr std::string_view kLatin1 = "latin1_swedish_ci";  // of what has no text and no bytes

// Of the subject and the pattern.
StaticType searched_type(const Call& call) {
  const StaticType both[] = {call.arg_type(0), call.arg_type(1)};
  const types::Collation* latin1 = types::find_collation(kLatin1);
  return merged_text(both, latin1 ? latin1->id : call.collation);
}

uint32_t searched_collation(const Call& call, const Datum& text, const Datum& pattern) {
  Coercibility ignored;
  const bool texts = text.form == Form::kText && pattern.form == Form::kText;
  const uint32_t out =
      texts ? merged_collation(text, pattern, ignored) : searched_type(call).collation;
  if (out == 0) refuse("REGEXP under an unknown collation in the gate");
  return out;
}

// Its characters: bytes are those of latin1.
icu::UnicodeString characters_of(const Datum& d, bool as_bytes = false) {
  if (d.form != Form::kBytes && !as_bytes) return icu::UnicodeString::fromUTF8(to_text(d));
  return icu::UnicodeString::fromUTF8(
      types::convert(own_bytes(d), charset_named("latin1"), charset_named("utf8mb4")));
}

// A pattern over a text.
class Regexp {
 public:
  Regexp(const Call& call, const Datum& text, const Datum& pattern, const Datum* letters)
      : name_(call.name), collation_(searched_collation(call, text, pattern)) {
    // A literal that is searched as bytes is bytes.
    const auto as_bytes = [&](size_t i) {
      return collation_ == kBinaryCollation && call.args[i]->is_leaf() &&
             call.args[i]->is_constant();
    };
    text_ = characters_of(text, as_bytes(0));
    const icu::UnicodeString rule = characters_of(pattern, as_bytes(1));
    const uint32_t flags =
        match_flags(call, letters ? to_text(*letters) : "", is_case_insensitive(collation_));
    if (rule.isEmpty()) check(U_ILLEGAL_ARGUMENT_ERROR);
    UErrorCode status = U_ZERO_ERROR;
    UParseError place;
    place.line = place.offset = 1;
    pattern_.reset(icu::RegexPattern::compile(rule, flags, place, status));
    check(status, place.line, place.offset);
    matcher_.reset(pattern_->matcher(text_, status));
    check(status);
    matcher_->setStackLimit(kStackLimit, status);
    matcher_->setTimeLimit(kTimeLimit, status);
    check(status);
  }
  Regexp(const Regexp&) = delete;
  Regexp& operator=(const Regexp&) = delete;

  // The `occurrence`th match from character `from` (1 is the first) on.
  bool find(int64_t from, int64_t occurrence) {
    if (from < 1 && name_ == "regexp_instr") check(U_INDEX_OUTOFBOUNDS_ERROR);
    if (from < 1)
      fail(1583, fmt::format("Incorrect parameters in the call to native function '{}'", name_));
    const int32_t start =
        from > text_.countChar32() + 1 ? -1 : text_.moveIndex32(0, static_cast<int32_t>(from - 1));
    if (start < 0) check(U_INDEX_OUTOFBOUNDS_ERROR);
    UErrorCode status = U_ZERO_ERROR;
    bool found = matcher_->find(start, status) != 0;
    check(status);
    for (int64_t i = 1; found && i < occurrence; ++i) {
      found = find_next();
    }
    return found;
  }
  bool find_next() {
    UErrorCode status = U_ZERO_ERROR;
    const bool found = matcher_->find(status) != 0;
    check(status);
    return found;
  }

  bool is_empty() const { return text_.isEmpty(); }
  // Whether nothing is left from that character on.
  bool is_end(int64_t from) const { return from == text_.countChar32() + 1; }

  // The text with the match found, and perhaps all after it, replaced.
  Datum replaced(const Datum& replacement, bool all) {
    constexpr int32_t kResultMost = 1 << 25;  // max_allowed_packet's default, in units of two bytes
    const icu::UnicodeString by = characters_of(replacement);
    icu::UnicodeString out;
    UErrorCode status = U_ZERO_ERROR;
    do {
      matcher_->appendReplacement(out, by, status);
      if (status == U_REGEX_INVALID_CAPTURE_GROUP_NAME)
        fail(3887, "A capture group has an invalid name.");
      check(status);
      if (out.length() > kResultMost)
        fail(3684, "The result string is larger than the result buffer.");
    } while (all && find_next());
    matcher_->appendTail(out);
    return result(out);
  }
  Datum subject() const { return result(text_); }

  // In characters, from 1.
  int64_t match_start() { return text_.countChar32(0, match_from()) + 1; }
  int64_t match_end() { return text_.countChar32(0, match_to()) + 1; }
  Datum match() {
    const int32_t from = match_from();
    return result(text_.tempSubString(from, match_to() - from));
  }

 private:
  Datum result(const icu::UnicodeString& text) const {
    std::string utf8;
    text.toUTF8String(utf8);
    if (collation_ != kBinaryCollation) return Datum::of_text(std::move(utf8), collation_);
    return Datum::of_bytes(types::convert(utf8, charset_named("utf8mb4"), charset_named("latin1")));
  }
  int32_t match_from() {
    UErrorCode status = U_ZERO_ERROR;
    const int32_t at = matcher_->start(status);
    check(status);
    return at;
  }
  int32_t match_to() {
    UErrorCode status = U_ZERO_ERROR;
    const int32_t at = matcher_->end(status);
    check(status);
    return at;
  }

  std::string_view name_;
  uint32_t collation_;
  icu::UnicodeString text_;
  std::unique_ptr<icu::RegexPattern> pattern_;
  std::unique_ptr<icu::RegexMatcher> matcher_;
};

int64_t int_or(const std::vector<Datum>& values, size_t i, int64_t otherwise) {
  return values.size() > i && !values[i].is_null() ? to_int(values[i]) : otherwise;
}

// A call's arguments as the server looks at them: what says where and how to search comes first,
// then the pattern, what replaces it, and at last the text. What is NULL ends it, once the letters
// and the pattern are known to be right.
class Search {
 public:
  // `place`: the argument that says where; `letters`: the one that says how.
  Search(const Call& call, size_t place, size_t letters)
      : call_(call), place_(place), letters_(letters), v_(call.size()) {}

  // False: the result is NULL.
  bool ready() {
    bool null = false;
    for (size_t i = place_; i < v_.size(); ++i) null |= (v_[i] = call_.arg(i)).is_null();
    const Datum* letters = how();
    if (letters && !letters->is_null()) (void)match_flags(call_, to_text(*letters), false);
    v_[1] = call_.arg(1);
    if (null) {
      check_pattern();
      return false;
    }
    // Not so of REGEXP_INSTR, to which the text says what is outside.
    const bool checked = call_.name == "regexp_substr" || call_.name == "regexp_replace";
    if (checked && int_or(v_, place_, 1) < 1) {
      check_pattern();
      fail(1583,
           fmt::format("Incorrect parameters in the call to native function '{}'", call_.name));
    }
    if (place_ > 2) null = take(2);
    return !v_[1].is_null() && !null && !take(0);
  }
  Regexp regexp() const { return Regexp(call_, v_[0], v_[1], how()); }
  const std::vector<Datum>& values() const { return v_; }

 private:
  const Datum* how() const { return v_.size() > letters_ ? &v_[letters_] : nullptr; }
  void check_pattern() const {
    if (v_[1].is_null() || (how() && how()->is_null())) return;
    (void)Regexp(call_, Datum(), v_[1], how());
  }
  // Whether it is NULL. A wrong pattern is told of before what is wrong with it.
  bool take(size_t i) {
    try {
      v_[i] = call_.arg(i);
    } catch (const SqlError&) {
      check_pattern();
      throw;
    }
    if (v_[i].is_null()) check_pattern();
    return v_[i].is_null();
  }

  const Call& call_;
  size_t place_;
  size_t letters_;
  std::vector<Datum> v_;
};

Datum regexp_like(const Call& call) {
  Search search(call, 2, 2);
  if (!search.ready()) return {};
  return Datum::of_bool(search.regexp().find(1, 1));
}

[[noreturn]] void wrong_option() {
  fail(1210, "Incorrect arguments to regexp_instr: return_option must be 1 or 0.");
}

Datum regexp_instr(const Call& call) {
  Search search(call, 2, 5);
  const bool ready = search.ready();
  const int64_t which = int_or(search.values(), 4, 0);
  if (which != 0 && which != 1) wrong_option();
  if (!ready) return {};
  const int64_t from = int_or(search.values(), 2, 1);
  const int64_t occurrence = int_or(search.values(), 3, 1);
  Regexp regexp = search.regexp();
  // In no text there is no place outside, and every place is its start.
  if (regexp.is_empty()) return Datum::of_int(regexp.find(1, occurrence) ? from : 0);
  if (regexp.is_end(from)) check(U_INDEX_OUTOFBOUNDS_ERROR);
  if (!regexp.find(from, occurrence)) return Datum::of_int(0);
  return Datum::of_int(which == 0 ? regexp.match_start() : regexp.match_end());
}

Datum regexp_substr(const Call& call) {
  Search search(call, 2, 4);
  if (!search.ready()) return {};
  Regexp regexp = search.regexp();
  const std::vector<Datum>& v = search.values();
  return regexp.find(int_or(v, 2, 1), int_or(v, 3, 1)) ? regexp.match() : Datum();
}

Datum regexp_replace(const Call& call) {
  Search search(call, 3, 5);
  if (!search.ready()) return {};
  Regexp regexp = search.regexp();
  const std::vector<Datum>& v = search.values();
  const int64_t occurrence = int_or(v, 4, 0);
  const bool found = regexp.find(int_or(v, 3, 1), std::max<int64_t>(occurrence, 1));
  if (!found || to_text(v[0]).empty()) return regexp.subject();
  return regexp.replaced(v[2], occurrence == 0);
}

// Numbers are read from what was searched without a word.
template <Datum (*search)(const Call&)>
Datum searched(const Call& call) {
  Datum out = search(call);
  if (!call.context.env.mariadb) out.origin = Origin::kSearched;
  return out;
}

constexpr Function kFunctions[] = {
    {"regexp_like", 2, 3, regexp_like, int_type},
    {"regexp_instr", 2, 6, regexp_instr, int_type},
    {"regexp_replace", 3, 6, searched<regexp_replace>, searched_type},
    {"regexp_substr", 2, 5, searched<regexp_substr>, searched_type},
};

}  // namespace

namespace {

// Bytes of no great length, and a text of any: they do not meet. A number, a date or JSON is
// neither.
enum class Chars : uint8_t { kNeither, kBytes, kText };

Chars chars_of(const StaticType& t) {
  const Type type = t.type == Type::kNull ? t.type : field_of(t).type;
  if (types::is_binary(type)) return type == Type::kVarbinary ? Chars::kBytes : Chars::kNeither;
  return types::is_text(type) || type == Type::kEnum || type == Type::kSet ? Chars::kText
                                                                           : Chars::kNeither;
}

}  // namespace

void check_regexp_charsets(std::string_view name, const std::vector<NodePtr>& args,
                           uint32_t connection) {
  if (args.size() < 2) return;
  const Env env;
  Context context{{}, env};
  std::vector<StaticType> all;
  std::vector<Chars> chars;
  for (size_t i = 0; i < std::min<size_t>(args.size(), 3); ++i) {
    try {
      all.push_back(args[i]->type(context));
    } catch (const SqlError&) {
      all.emplace_back();
    }
    chars.push_back(chars_of(all.back()));
  }
  const auto clash = [&](std::string_view a, std::string_view b) {
    fail(3995,
         fmt::format("Character set '{}' cannot be used in conjunction with '{}' in call to {}.", a,
                     b, name));
  };
  const auto named = [&](size_t i) {
    const uint32_t of_text = all[i].collation != 0 ? all[i].collation : connection;
    return collation_name(chars[i] == Chars::kText ? of_text : kBinaryCollation);
  };
  const auto meet = [&](size_t i, size_t j) {
    return (chars[i] == Chars::kBytes && chars[j] == Chars::kText) ||
           (chars[i] == Chars::kText && chars[j] == Chars::kBytes);
  };
  if (meet(0, 1)) clash(named(0), named(1));
  if (name != "regexp_replace" || args.size() < 3) return;
  const types::Collation* latin1 = types::find_collation(kLatin1);
  const uint32_t collation =
      merged_text(std::span(all).first(2), latin1 ? latin1->id : connection).collation;
  // A literal among bytes is searched as bytes.
  for (size_t i = 0; i < 2 && collation == kBinaryCollation; ++i) {
    if (chars[i] == Chars::kText && args[i]->is_leaf() && args[i]->is_constant())
      chars[i] = Chars::kBytes;
  }
  if (meet(0, 2) || meet(1, 2)) clash(collation_name(collation), named(2));
}

std::span<const Function> regexp_functions() { return kFunctions; }

void check_regexp_option(const std::vector<NodePtr>& args) {
  constexpr size_t kOption = 4;
  if (args.size() <= kOption || !args[kOption]->is_constant()) return;
  const Env env;
  Context context{{}, env};
  try {
    const Datum d = args[kOption]->evaluate(context);
    if (d.is_null()) return;
    if (const int64_t which = to_int(d); which == 0 || which == 1) return;
  } catch (const SqlError&) {
    return;  // its own error comes when it is evaluated
  }
  wrong_option();
}

}  // namespace vif::eval
