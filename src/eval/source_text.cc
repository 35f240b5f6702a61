#include "eval/source_text.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "eval/datum.h"
#include "sql/ast_func.h"
#include "sql/printer.h"
#include "types/temporal.h"

namespace vif::eval {
namespace {

// b'101' is 0x05.
std::string bits_text(std::string_view text) {
  const size_t quote = text.find('\'');
  std::string_view digits = text.substr(quote == std::string_view::npos ? 2 : quote + 1);
  if (digits.ends_with('\'')) digits.remove_suffix(1);
  constexpr size_t kByteBits = 8;
  std::string out = "0x";
  size_t first = digits.size() % kByteBits;
  for (size_t at = 0; at < digits.size(); at += first, first = kByteBits) {
    if (first == 0) first = kByteBits;
    int byte = 0;
    for (const char c : digits.substr(at, first)) byte = byte * 2 + (c - '0');
    out += fmt::format("{:02x}", byte);
  }
  return out;
}

std::string lowered_digits(std::string_view digits) {
  std::string out(digits);
  for (char& c : out) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// As a literal that is read again.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\0': out += "\\0"; break;
      case '\'': out += "\\'"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\032': out += "\\Z"; break;
      default: out += c;
    }
  }
  return out + "'";
}

// Without zeros before it, but for one before a point.
std::string number_text(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  const bool bare = text.empty() || text.starts_with('.') || text.starts_with('e');
  return (bare ? "0" : "") + std::string(text);
}

// The value that it is: with as many digits of a fraction as are written.
std::string temporal_text(const sql::Literal& l) {
  const bool time = l.type == sql::LiteralType::kTimeVal;
  const std::optional<types::ParsedTemporal> parsed =
      time ? types::parse_time(l.text) : types::parse_datetime(l.text, true);
  if (!parsed) return std::string(l.text);
  const bool date = l.type == sql::LiteralType::kDateVal;
  return to_text(time   ? Datum::of_time(parsed->value, parsed->precision)
                 : date ? Datum::of_date(parsed->value)
                        : Datum::of_datetime(parsed->value, parsed->precision));
}

std::string hexadecimal_text(std::string_view digits) {
  return (digits.size() % 2 != 0 ? "0x0" : "0x") + lowered_digits(digits);
}

std::string literal_text(const sql::Literal& l) {
  const bool number = l.type == sql::LiteralType::kIntVal ||
                      l.type == sql::LiteralType::kDecimalVal ||
                      l.type == sql::LiteralType::kFloatVal;
  if (number && l.text.starts_with('-')) return fmt::format("-({})", number_text(l.text.substr(1)));
  switch (l.type) {
    case sql::LiteralType::kStrVal: return quoted(l.text);
    case sql::LiteralType::kDateVal: return fmt::format("DATE'{}'", temporal_text(l));
    case sql::LiteralType::kTimeVal: return fmt::format("TIME'{}'", temporal_text(l));
    case sql::LiteralType::kTimestampVal: return fmt::format("TIMESTAMP'{}'", temporal_text(l));
    case sql::LiteralType::kHexVal: return l.text.empty() ? "X''" : hexadecimal_text(l.text);
    case sql::LiteralType::kHexNum: return hexadecimal_text(l.text.substr(2));
    case sql::LiteralType::kBitNum: return bits_text(l.text);
    case sql::LiteralType::kIntVal:
    case sql::LiteralType::kDecimalVal: return number_text(l.text);
    default: return std::string(l.text);
  }
}

std::string introduced_text(const sql::IntroducerExpr& i) {
  const auto* l = sql::as<sql::Literal>(i.expr);
  const bool hex =
      l && (l->type == sql::LiteralType::kHexVal || l->type == sql::LiteralType::kHexNum);
  if (!hex) return sql::lowered(i.charset) + source_text(*i.expr);
  const Datum bytes =
      l->type == sql::LiteralType::kHexNum
          ? datum_from({Type::kHexNum, std::string(l->text)}, 0, Coercibility::kCoercible)
          : datum_from({Type::kHexVal, fmt::format("x'{}'", l->text)}, 0, Coercibility::kCoercible);
  return sql::lowered(i.charset) + quoted(bytes.bytes);
}

template <typename Exprs>
std::string list_text(const Exprs& exprs) {
  std::string out;
  for (const sql::Expr* e : exprs) out += (out.empty() ? "" : ",") + source_text(*e);
  return out;
}

std::string call_text(const sql::FuncExpr& f) {
  const std::string name = sql::lowered(f.name);
  if (name == "mod" && f.exprs.size() == 2)
    return fmt::format("({} % {})", source_text(*f.exprs[0]), source_text(*f.exprs[1]));
  const std::string_view known = name == "lcase"   ? "lower"
                                 : name == "day"   ? "dayofmonth"
                                 : name == "ucase" ? "upper"
                                                   : std::string_view(name);
  return fmt::format("{}({})", known, list_text(f.exprs));
}

std::string cast_text(const sql::Expr& expr, const sql::ConvertType& t) {
  const std::string name = sql::lowered(t.type);
  std::string size = t.length ? fmt::format("({}", *t.length) : "";
  if (t.length) size += t.scale ? fmt::format(",{})", *t.scale) : ")";
  std::string type = name + size;
  const bool chars = name == "char" || name == "nchar" || name == "binary";
  const std::string charset = name == "nchar"          ? "utf8mb3"
                              : name == "binary"       ? "binary"
                              : t.charset.name.empty() ? "utf8mb4"
                                                       : sql::lowered(t.charset.name);
  if (chars) type = fmt::format("char{} charset {}", size, charset);
  if (name == "decimal")
    type = fmt::format("decimal({},{})", t.length.value_or(10), t.scale.value_or(0));
  if (name == "real") type = "double";
  return fmt::format("cast({} as {})", source_text(expr), type);
}

bool is_condition(const sql::Expr& e) {
  return sql::is<sql::ComparisonExpr>(&e) || sql::is<sql::BetweenExpr>(&e) ||
         sql::is<sql::IsExpr>(&e) || sql::is<sql::AndExpr>(&e) || sql::is<sql::OrExpr>(&e) ||
         sql::is<sql::XorExpr>(&e) || sql::is<sql::NotExpr>(&e) || sql::is<sql::ExistsExpr>(&e);
}

// What is no condition is compared with 0.
std::string condition_text(const sql::Expr& e) {
  return is_condition(e) ? source_text(e) : fmt::format("(0 <> {})", source_text(e));
}

std::string negated_text(const sql::Expr& e) {
  return is_condition(e) ? fmt::format("(not({}))", source_text(e))
                         : fmt::format("(0 = {})", source_text(e));
}

template <typename Logic>
void append_terms(const sql::Expr& e, std::string_view word, std::string& out) {
  if (const auto* l = sql::as<Logic>(&e)) {
    append_terms<Logic>(*l->left, word, out);
    append_terms<Logic>(*l->right, word, out);
    return;
  }
  out += (out.empty() ? "" : fmt::format(" {} ", word)) + condition_text(e);
}
template <typename Logic>
std::string logic_text(const sql::Expr& e, std::string_view word) {
  std::string out;
  append_terms<Logic>(e, word, out);
  return "(" + out + ")";
}

std::string comparison_text(const sql::ComparisonExpr& c) {
  using Op = sql::ComparisonOp;
  const std::string left = source_text(*c.left);
  if (c.op == Op::kIn || c.op == Op::kNotIn) {
    const auto* list = sql::as<sql::ValTuple>(c.right);
    return fmt::format("({} {} {})", left, sql::to_string(c.op),
                       list ? "(" + list_text(list->exprs) + ")" : source_text(*c.right));
  }
  const std::string right = source_text(*c.right);
  const bool negated = c.op == Op::kNotLike || c.op == Op::kNotRegexp;
  std::string out;
  if (c.op == Op::kRegexp || c.op == Op::kNotRegexp)
    out = fmt::format("regexp_like({},{})", left, right);
  else if (c.op == Op::kLike || c.op == Op::kNotLike)
    out = fmt::format("({} like {}{})", left, right,
                      c.escape ? " escape " + source_text(*c.escape) : "");
  else
    out =
        fmt::format("({} {} {})", left, c.op == Op::kNotEqual ? "<>" : sql::to_string(c.op), right);
  return negated ? fmt::format("(not({}))", out) : out;
}

std::string is_text(const sql::IsExpr& i) {
  const bool null = i.op == sql::IsOp::kNull || i.op == sql::IsOp::kNotNull;
  return fmt::format("({} {})", null ? source_text(*i.left) : condition_text(*i.left),
                     sql::to_string(i.op));
}

std::string case_text(const sql::CaseExpr& c) {
  std::string out = "(case";
  if (c.expr) out += " " + source_text(*c.expr);
  for (const sql::When* w : c.whens)
    out += fmt::format(" when {} then {}", source_text(*w->cond), source_text(*w->val));
  if (c.els) out += " else " + source_text(*c.els);
  return out + " end)";
}

std::string unary_text(const sql::UnaryExpr& u) {
  switch (u.op) {
    case sql::UnaryOp::kMinus: return fmt::format("-({})", source_text(*u.expr));
    case sql::UnaryOp::kTilda: return fmt::format("~({})", source_text(*u.expr));
    case sql::UnaryOp::kBang: return negated_text(*u.expr);
    default: return source_text(*u.expr);
  }
}

std::string interval_text(const sql::IntervalDateExpr& i) {
  using Syntax = sql::IntervalDateSyntax;
  const bool subtract = i.syntax == Syntax::kDateSub || i.syntax == Syntax::kSubdate ||
                        i.syntax == Syntax::kBinarySub;
  const sql::IntervalType unit =
      i.unit == sql::IntervalType::kNone ? sql::IntervalType::kDay : i.unit;
  return fmt::format("({} {} interval {} {})", source_text(*i.date), subtract ? '-' : '+',
                     source_text(*i.interval), sql::to_string(unit));
}

std::string_view symbol(sql::BinaryOp op) {
  switch (op) {
    case sql::BinaryOp::kPlus: return "+";
    case sql::BinaryOp::kMinus: return "-";
    case sql::BinaryOp::kMult: return "*";
    case sql::BinaryOp::kDiv: return "/";
    case sql::BinaryOp::kIntDiv: return "DIV";
    case sql::BinaryOp::kMod: return "%";
    case sql::BinaryOp::kBitAnd: return "&";
    case sql::BinaryOp::kBitOr: return "|";
    case sql::BinaryOp::kBitXor: return "^";
    case sql::BinaryOp::kShiftLeft: return "<<";
    case sql::BinaryOp::kShiftRight: return ">>";
    default: return {};
  }
}

}  // namespace

std::string source_text(const sql::Expr& e) {
  using sql::Kind;
  switch (e.kind) {
    case Kind::kLiteral: return literal_text(sql::to<sql::Literal>(e));
    case Kind::kIntroducerExpr: return introduced_text(sql::to<sql::IntroducerExpr>(e));
    case Kind::kNullVal: return "NULL";
    case Kind::kBoolVal: return sql::to<sql::BoolVal>(e).value ? "true" : "false";
    case Kind::kColName: return fmt::format("`{}`", sql::to<sql::ColName>(e).name);
    case Kind::kFuncExpr: return call_text(sql::to<sql::FuncExpr>(e));
    case Kind::kIntervalDateExpr: return interval_text(sql::to<sql::IntervalDateExpr>(e));
    case Kind::kUnaryExpr: return unary_text(sql::to<sql::UnaryExpr>(e));
    case Kind::kNotExpr: return negated_text(*sql::to<sql::NotExpr>(e).expr);
    case Kind::kAndExpr: return logic_text<sql::AndExpr>(e, "and");
    case Kind::kOrExpr: return logic_text<sql::OrExpr>(e, "or");
    case Kind::kXorExpr: return logic_text<sql::XorExpr>(e, "xor");
    case Kind::kComparisonExpr: return comparison_text(sql::to<sql::ComparisonExpr>(e));
    case Kind::kIsExpr: return is_text(sql::to<sql::IsExpr>(e));
    case Kind::kCaseExpr: return case_text(sql::to<sql::CaseExpr>(e));
    case Kind::kValTuple: return "(" + list_text(sql::to<sql::ValTuple>(e).exprs) + ")";
    case Kind::kCastExpr:
      return cast_text(*sql::to<sql::CastExpr>(e).expr, *sql::to<sql::CastExpr>(e).type);
    case Kind::kConvertExpr:
      return cast_text(*sql::to<sql::ConvertExpr>(e).expr, *sql::to<sql::ConvertExpr>(e).type);
    case Kind::kCollateExpr: {
      const auto& c = sql::to<sql::CollateExpr>(e);
      return fmt::format("({} collate {})", source_text(*c.expr), c.collation);
    }
    case Kind::kBetweenExpr: {
      const auto& b = sql::to<sql::BetweenExpr>(e);
      return fmt::format("({} {}between {} and {})", source_text(*b.left),
                         b.is_between ? "" : "not ", source_text(*b.from), source_text(*b.to));
    }
    case Kind::kBinaryExpr: {
      const auto& b = sql::to<sql::BinaryExpr>(e);
      if (symbol(b.op).empty()) return sql::print(&e);
      return fmt::format("({} {} {})", source_text(*b.left), symbol(b.op), source_text(*b.right));
    }
    case Kind::kTimestampDiffExpr: {
      const auto& t = sql::to<sql::TimestampDiffExpr>(e);
      std::string unit(sql::to_string(t.unit));
      for (char& c : unit) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      return fmt::format("timestampdiff({},{},{})", unit, source_text(*t.expr1),
                         source_text(*t.expr2));
    }
    default: return sql::print(&e);
  }
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return std::string(text.substr(0, text.find_last_not_of(kBlanks) + 1));
}

std::string source_in_messages(const sql::FuncExpr& call) {
  const std::string name = sql::lowered(call.name);
  constexpr std::string_view kFirst[] = {"from_days",  "inet_aton",  "inet_ntoa",
                                         "inet6_aton", "inet6_ntoa", "unhex"};
  constexpr std::string_view kWhole[] = {"addtime", "subtime", "timestamp"};
  const auto is_among = [&](std::span<const std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (call.exprs.empty()) return "";
  if (is_among(kFirst)) return source_text(*call.exprs[0]);
  return is_among(kWhole) ? source_text(call) : "";
}

bool names_arguments(std::string_view function) {
  constexpr std::string_view kKeywords[] = {
      "date",        "day",           "hour",    "insert",  "interval",  "left",     "minute",
      "month",       "right",         "second",  "time",    "timestamp", "year",     "adddate",
      "subdate",     "substring",     "ascii",   "charset", "coalesce",  "if",       "format",
      "microsecond", "mod",           "quarter", "repeat",  "replace",   "reverse",  "truncate",
      "week",        "weight_string", "substr",  "mid",     "position",  "collation"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), function) == std::end(kKeywords);
}

std::string decimal_source(const sql::Expr& expr, const sql::ConvertType& type) {
  std::string size = type.length ? fmt::format("({}", *type.length) : "";
  if (type.length) size += type.scale ? fmt::format(",{})", *type.scale) : ")";
  return fmt::format("cast({} as decimal{})", sql::print(&expr), size);
}

}  // namespace vif::eval
