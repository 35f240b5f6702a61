#include "eval/source_text.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "sql/ast_func.h"
#include "sql/printer.h"

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

std::string literal_text(const sql::Literal& l) {
  const bool number = l.type == sql::LiteralType::kIntVal ||
                      l.type == sql::LiteralType::kDecimalVal ||
                      l.type == sql::LiteralType::kFloatVal;
  if (number && l.text.starts_with('-')) return fmt::format("-({})", l.text.substr(1));
  switch (l.type) {
    case sql::LiteralType::kStrVal: return fmt::format("'{}'", l.text);
    case sql::LiteralType::kDateVal: return fmt::format("DATE'{}'", l.text);
    case sql::LiteralType::kTimeVal: return fmt::format("TIME'{}'", l.text);
    case sql::LiteralType::kTimestampVal: return fmt::format("TIMESTAMP'{}'", l.text);
    case sql::LiteralType::kHexVal: return l.text.empty() ? "X''" : "0x" + lowered_digits(l.text);
    case sql::LiteralType::kHexNum: return lowered_digits(l.text);
    case sql::LiteralType::kBitNum: return bits_text(l.text);
    default: return std::string(l.text);
  }
}

std::string call_text(const sql::FuncExpr& f) {
  std::string args;
  for (const sql::Expr* arg : f.exprs) args += (args.empty() ? "" : ",") + source_text(*arg);
  return fmt::format("{}({})", sql::lowered(f.name), args);
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
  if (const auto* l = sql::as<sql::Literal>(&e)) return literal_text(*l);
  if (const auto* i = sql::as<sql::IntroducerExpr>(&e))
    return sql::lowered(i->charset) + source_text(*i->expr);
  if (sql::is<sql::NullVal>(&e)) return "NULL";
  if (const auto* b = sql::as<sql::BoolVal>(&e)) return b->value ? "true" : "false";
  if (const auto* c = sql::as<sql::ColName>(&e)) return fmt::format("`{}`", c->name);
  if (const auto* f = sql::as<sql::FuncExpr>(&e)) return call_text(*f);
  if (const auto* i = sql::as<sql::IntervalDateExpr>(&e)) return interval_text(*i);
  if (const auto* u = sql::as<sql::UnaryExpr>(&e); u && u->op == sql::UnaryOp::kMinus)
    return fmt::format("-({})", source_text(*u->expr));
  if (const auto* b = sql::as<sql::BinaryExpr>(&e); b && !symbol(b->op).empty())
    return fmt::format("({} {} {})", source_text(*b->left), symbol(b->op), source_text(*b->right));
  return sql::print(&e);
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
