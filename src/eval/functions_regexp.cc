// REGEXP and its functions, on ICU's engine as the server's are, with the server's limits.
#include <unicode/uregex.h>
#include <unicode/unistr.h>

#include "eval/function.h"

namespace vif::eval {
namespace {

constexpr int32_t kStackLimit = 8000000;
constexpr int32_t kTimeLimit = 32;

[[noreturn]] void fail(int number, std::string_view message) {
  throw SqlError{Error(Code::kInvalidArgument, number, "HY000", std::string(message))};
}

void check(UErrorCode status) {
  if (U_SUCCESS(status)) return;
  switch (status) {
    case U_INDEX_OUTOFBOUNDS_ERROR: fail(3686, "Index out of bounds in regular expression search.");
    case U_REGEX_INTERNAL_ERROR: fail(3684, "Internal error in the regular expression library.");
    case U_REGEX_RULE_SYNTAX: fail(3688, "Syntax error in regular expression on line 1, character 1.");
    case U_REGEX_BAD_ESCAPE_SEQUENCE: fail(3689, "Unrecognized escape sequence in regular expression.");
    case U_REGEX_UNIMPLEMENTED: fail(3690, "The regular expression contains a feature that is not implemented in this library version.");
    case U_REGEX_MISMATCHED_PAREN: fail(3691, "Mismatched parenthesis in regular expression.");
    case U_REGEX_BAD_INTERVAL: fail(3692, "Incorrect description of a {min,max} interval.");
    case U_REGEX_MAX_LT_MIN: fail(3693, "The maximum is less than the minumum in a {min,max} interval.");
    case U_REGEX_INVALID_BACK_REF: fail(3694, "Invalid back-reference in regular expression.");
    case U_REGEX_LOOK_BEHIND_LIMIT: fail(3695, "The look-behind assertion exceeds the limit in regular expression.");
    case U_REGEX_MISSING_CLOSE_BRACKET: fail(3696, "The regular expression contains an unclosed bracket expression.");
    case U_REGEX_INVALID_RANGE: fail(3697, "The regular expression contains an [x-y] character range where x comes after y.");
    case U_REGEX_STACK_OVERFLOW: fail(3698, "Overflow in the regular expression backtrack stack.");
    case U_REGEX_TIME_OUT: fail(3699, "Timeout exceeded in regular expression match.");
    case U_REGEX_PATTERN_TOO_BIG: fail(3700, "The regular expression pattern exceeds limits on size or complexity.");
    default: fail(3685, "Illegal argument to a regular expression.");
  }
}

uint32_t match_flags(const std::string& letters, bool fold) {
  uint32_t flags = fold ? UREGEX_CASE_INSENSITIVE : 0;
  for (const char letter : letters) {
    switch (letter) {
      case 'c': flags &= ~static_cast<uint32_t>(UREGEX_CASE_INSENSITIVE); break;
      case 'i': flags |= UREGEX_CASE_INSENSITIVE; break;
      case 'm': flags |= UREGEX_MULTILINE; break;
      case 'n': flags |= UREGEX_DOTALL; break;
      case 'u': flags |= UREGEX_UNIX_LINES; break;
      default: fail(1210, "Incorrect arguments to regexp_like");
    }
  }
  return flags;
}

// A pattern over a text.
class Regexp {
 public:
  Regexp(const Datum& text, const Datum& pattern, const Datum* letters) {
    Coercibility ignored;
    const uint32_t collation = merged_collation(text, pattern, ignored);
    if (collation == 0) refuse("REGEXP under an unknown collation in the gate");
    text_ = icu::UnicodeString::fromUTF8(to_text(text));
    const icu::UnicodeString rule = icu::UnicodeString::fromUTF8(to_text(pattern));
    const uint32_t flags = match_flags(letters ? to_text(*letters) : "", is_case_insensitive(collation));
    if (rule.isEmpty()) check(U_ILLEGAL_ARGUMENT_ERROR);
    UErrorCode status = U_ZERO_ERROR;
    regex_ = uregex_open(rule.getBuffer(), rule.length(), flags, nullptr, &status);
    check(status);
    uregex_setStackLimit(regex_, kStackLimit, &status);
    uregex_setTimeLimit(regex_, kTimeLimit, &status);
    uregex_setText(regex_, text_.getBuffer(), text_.length(), &status);
    check(status);
  }
  ~Regexp() { uregex_close(regex_); }
  Regexp(const Regexp&) = delete;
  Regexp& operator=(const Regexp&) = delete;

  // The `occurrence`th match from character `from` (1 is the first) on.
  bool find(int64_t from, int64_t occurrence) {
    const int32_t start = from > text_.countChar32() + 1 ? -1 : text_.moveIndex32(0, static_cast<int32_t>(from - 1));
    if (from < 1 || start < 0) check(U_INDEX_OUTOFBOUNDS_ERROR);
    UErrorCode status = U_ZERO_ERROR;
    bool found = uregex_find(regex_, start, &status);
    check(status);
    for (int64_t i = 1; found && i < occurrence; ++i) {
      found = uregex_findNext(regex_, &status);
      check(status);
    }
    return found;
  }

  // In characters, from 1.
  int64_t match_start() { return text_.countChar32(0, edge(uregex_start)) + 1; }
  int64_t match_end() { return text_.countChar32(0, edge(uregex_end)) + 1; }
  std::string match() {
    std::string out;
    const int32_t from = edge(uregex_start);
    text_.tempSubString(from, edge(uregex_end) - from).toUTF8String(out);
    return out;
  }

 private:
  int32_t edge(int32_t (*side)(URegularExpression*, int32_t, UErrorCode*)) {
    UErrorCode status = U_ZERO_ERROR;
    const int32_t at = side(regex_, 0, &status);
    check(status);
    return at;
  }

  icu::UnicodeString text_;
  URegularExpression* regex_ = nullptr;
};

// All the arguments, or nothing when one is NULL.
bool values_of(const Call& call, std::vector<Datum>& values) {
  for (size_t i = 0; i < call.size(); ++i) values.push_back(call.arg(i));
  if (values[0].form == Form::kBytes || values[1].form == Form::kBytes) refuse("REGEXP on bytes in the gate");
  for (const Datum& d : values) {
    if (d.is_null()) return false;
  }
  return true;
}

const Datum* at_or_null(const std::vector<Datum>& values, size_t i) { return values.size() > i ? &values[i] : nullptr; }
int64_t int_or(const std::vector<Datum>& values, size_t i, int64_t otherwise) {
  return values.size() > i ? to_int(values[i]) : otherwise;
}

Datum regexp_like(const Call& call) {
  std::vector<Datum> v;
  if (!values_of(call, v)) return {};
  return Datum::of_bool(Regexp(v[0], v[1], at_or_null(v, 2)).find(1, 1));
}

Datum regexp_instr(const Call& call) {
  std::vector<Datum> v;
  if (!values_of(call, v)) return {};
  Regexp regexp(v[0], v[1], at_or_null(v, 5));
  const int64_t which = int_or(v, 4, 0);
  if (which != 0 && which != 1) fail(1210, "Incorrect arguments to regexp_instr: return_option must be 1 or 0.");
  if (!regexp.find(int_or(v, 2, 1), int_or(v, 3, 1))) return Datum::of_int(0);
  return Datum::of_int(which == 0 ? regexp.match_start() : regexp.match_end());
}

Datum regexp_substr(const Call& call) {
  std::vector<Datum> v;
  if (!values_of(call, v)) return {};
  Regexp regexp(v[0], v[1], at_or_null(v, 4));
  if (!regexp.find(int_or(v, 2, 1), int_or(v, 3, 1))) return {};
  return Datum::of_text(regexp.match(), v[0].form == Form::kText ? v[0].collation : call.collation);
}

StaticType substr_type(const Call& call) { return static_type(Type::kVarchar, call.collation); }

constexpr Function kFunctions[] = {
    {"regexp_like", 2, 3, regexp_like, int_type},
    {"regexp_instr", 2, 6, regexp_instr, int_type},
    {"regexp_substr", 2, 5, regexp_substr, substr_type},
};

}  // namespace

std::span<const Function> regexp_functions() { return kFunctions; }

}  // namespace vif::eval
