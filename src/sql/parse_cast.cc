// CAST, CONVERT, BINARY.
#include "sql/parse_core.h"

namespace vif::sql {

Expr* Parser::cast() {
  advance();
  expect(Tok::kOpen);
  CastExpr* node = make<CastExpr>();
  node->expr = expression();
  if (accept_word("at")) {
    node->expr = at_time_zone(node->expr);
    expect(Tok::kw_as);
    if (!at(Tok::kw_datetime)) fail();
    node->type = convert_type();
    expect(Tok::kClose);
    return node;
  }
  expect(Tok::kw_as);
  node->type = convert_type();
  node->array = accept(Tok::kw_array);
  expect(Tok::kClose);
  return node;
}

Expr* Parser::at_time_zone(Expr* value) {
  if (accept(Tok::kw_local)) {
    throw SqlError{Error(Code::kInvalidArgument, 1235, "42000",
                         "This version of MySQL doesn't yet support 'AT LOCAL'")};
  }
  expect(Tok::kw_time);
  if (!accept_word("zone")) fail();
  AtTimeZoneExpr* node = make<AtTimeZoneExpr>();
  node->expr = value;
  node->interval = accept(Tok::kw_interval);
  node->zone = string_literal();
  return node;
}

// binary x is convert(x, binary).
Expr* Parser::binary_operator() {
  check_stack();
  ConvertExpr* node = make<ConvertExpr>();
  node->type = make<ConvertType>();
  node->type->type = token_.text;
  advance();
  node->expr = simple();
  if (++peak_ > kTreeHeightMax) fail_nesting();
  deprecate("BINARY expr", "CAST");
  return node;
}

Expr* Parser::convert() {
  advance();
  expect(Tok::kOpen);
  Expr* value = expression();
  if (accept(Tok::kw_using)) {
    ConvertUsingExpr* node = make<ConvertUsingExpr>();
    node->expr = value;
    node->charset = charset_name();
    deprecate_charset(node->charset);
    expect(Tok::kClose);
    return node;
  }
  expect(Tok::kComma);
  ConvertExpr* node = make<ConvertExpr>();
  node->expr = value;
  node->type = convert_type();
  expect(Tok::kClose);
  return node;
}

// As the server has it, a length beyond 32 bits is an error of its own.
std::optional<int32_t> Parser::cast_length() {
  constexpr std::string_view kMost = "4294967295";
  const std::string_view digits = at(Tok::kOpen) ? peek().text : std::string_view();
  const bool number =
      !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  const bool over =
      digits.size() > kMost.size() || (digits.size() == kMost.size() && digits > kMost);
  if (number && over && options_.server_errors) {
    throw SqlError{Error(Code::kInvalidArgument, 1439, "42000",
                         "Display width out of range for column 'cast as char' (max = "
                         "4294967295)")};
  }
  return length_opt();
}

ConvertType* Parser::convert_type() {
  ConvertType* type = make<ConvertType>();
  type->type = token_.text;
  if (at_word("national")) {
    advance();
    if (!at(Tok::kw_char))
      expect(Tok::kw_character);
    else
      advance();
    type->type = "nchar";
    type->length = cast_length();
    deprecate_national();
    return type;
  }
  switch (token_.tok) {
    case Tok::kw_character: type->type = "char"; [[fallthrough]];
    case Tok::kw_char:
      advance();
      type->length = cast_length();
      if (accept(Tok::kw_byte)) {
        type->type = "binary";
      } else {
        column_charset(type->charset);
      }
      break;
    case Tok::kw_nchar: deprecate_national(); [[fallthrough]];
    case Tok::kw_binary:
    case Tok::kw_datetime:
    case Tok::kw_time:
    case Tok::kw_varchar:  // MariaDB's
    case Tok::kw_float:
      advance();
      type->length = cast_length();
      break;
    case Tok::kw_dec: type->type = "decimal"; [[fallthrough]];
    case Tok::kw_decimal:
      advance();
      if (accept(Tok::kOpen)) {
        type->length = small_integer();
        if (accept(Tok::kComma)) type->scale = small_integer();
        expect(Tok::kClose);
      }
      break;
    case Tok::kw_signed:
    case Tok::kw_unsigned:
      advance();
      if (!accept(Tok::kw_integer)) accept(Tok::kw_int);
      break;
    case Tok::kw_double:
      advance();
      accept(Tok::kw_precision);
      break;
    case Tok::kw_int:  // these two are MariaDB's
    case Tok::kw_integer:
    case Tok::kw_date:
    case Tok::kw_year:
    case Tok::kw_json:
    case Tok::kw_real:
    case Tok::kw_point:
    case Tok::kw_linestring:
    case Tok::kw_polygon:
    case Tok::kw_multipoint:
    case Tok::kw_multilinestring:
    case Tok::kw_multipolygon:
    case Tok::kw_geomcollection:
    case Tok::kw_geometrycollection: advance(); break;
    default: fail();
  }
  return type;
}

}  // namespace vif::sql
