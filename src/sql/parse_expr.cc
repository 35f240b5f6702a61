// Expressions: one Pratt loop over all binary operators, so that a level of nesting costs few
// frames.
#include <algorithm>

#include "sql/parse_core.h"
#include "sql/printer.h"
#include "sql/temporal_literal.h"

namespace vif::sql {

namespace {

// How tightly operators bind, loosest first; MySQL's order.
enum Level : int {
  kNoOperator = -1,
  kAny = 0,
  kOrLevel = 10,
  kXorLevel = 20,
  kAndLevel = 30,
  kNotLevel = 40,
  kComparisonLevel = 50,
  kPredicateLevel = 60,
  kBitOrLevel = 70,
  kBitAndLevel = 80,
  kShiftLevel = 90,
  kAddLevel = 100,
  kMultLevel = 110,
  kBitXorLevel = 120,
  kConcatLevel = 125,
  kTop = 1000,
};

Level level_of(Tok tok, const SqlMode& mode) {
  switch (tok) {
    case Tok::kw_or: return kOrLevel;
    case Tok::kOrOr: return mode.pipes_as_concat ? kConcatLevel : kOrLevel;
    case Tok::kw_xor: return kXorLevel;
    case Tok::kw_and:
    case Tok::kAndAnd: return kAndLevel;
    case Tok::kEq:
    case Tok::kLt:
    case Tok::kGt:
    case Tok::kLe:
    case Tok::kGe:
    case Tok::kNe:
    case Tok::kNullSafeEq:
    case Tok::kw_is: return kComparisonLevel;
    case Tok::kw_member:
    case Tok::kw_in:
    case Tok::kw_like:
    case Tok::kw_between:
    case Tok::kw_regexp:
    case Tok::kw_rlike:
    case Tok::kw_not: return kPredicateLevel;
    case Tok::kPipe: return kBitOrLevel;
    case Tok::kAmp: return kBitAndLevel;
    case Tok::kShiftLeft:
    case Tok::kShiftRight: return kShiftLevel;
    case Tok::kPlus:
    case Tok::kMinus: return kAddLevel;
    case Tok::kStar:
    case Tok::kSlash:
    case Tok::kw_div:
    case Tok::kPercent:
    case Tok::kw_mod: return kMultLevel;
    case Tok::kCaret: return kBitXorLevel;
    default: return kNoOperator;
  }
}

BinaryOp binary_op(Tok tok) {
  switch (tok) {
    case Tok::kPipe: return BinaryOp::kBitOr;
    case Tok::kAmp: return BinaryOp::kBitAnd;
    case Tok::kShiftLeft: return BinaryOp::kShiftLeft;
    case Tok::kShiftRight: return BinaryOp::kShiftRight;
    case Tok::kStar: return BinaryOp::kMult;
    case Tok::kSlash: return BinaryOp::kDiv;
    case Tok::kw_div: return BinaryOp::kIntDiv;
    case Tok::kPercent:
    case Tok::kw_mod: return BinaryOp::kMod;
    default: return BinaryOp::kBitXor;
  }
}

}  // namespace

Expr* Parser::expression_or_default() {
  if (!at(Tok::kw_default) || peek().tok == Tok::kOpen) return expression();
  advance();
  return make<Default>();
}

Expr* Parser::bit_expression() { return binary(kBitOrLevel); }

Expr* Parser::interval_operand() { return binary(kNotLevel); }

Expr* Parser::binary(int level_min) {
  check_stack();
  const int outside = peak_;
  peak_ = 0;
  Expr* left;
  if (at(Tok::kw_not) && level_min <= kNotLevel && !options_.sql_mode.high_not_precedence) {
    advance();
    NotExpr* node = make<NotExpr>();
    node->expr = binary(kNotLevel);
    ++peak_;
    // Only looser operators may follow: the operand took the tighter ones.
    left = level_min < kNotLevel ? binary_from(node, level_min, true) : node;
  } else {
    left = simple();
    peak_ += 1;
    left = binary_from(left, level_min);
  }
  if (peak_ > kLongRun) may_be_high_ = true;
  if (peak_ > kTreeHeightMax) fail_nesting();
  peak_ = std::max(outside, peak_);
  return left;
}

int Parser::operator_level() const {
  if (at(Tok::kId) && at_word("sounds") && peek().tok == Tok::kw_like) return kPredicateLevel;
  return level_of(token_.tok, options_.sql_mode);
}

Expr* Parser::joined(Expr* left, Tok op, int level, Expr* right) {
  const auto both = [&](auto* node) {
    node->left = left;
    node->right = right;
    return node;
  };
  switch (level) {
    case kOrLevel: return both(make<OrExpr>());
    case kXorLevel: return both(make<XorExpr>());
    case kAndLevel: return both(make<AndExpr>());
    case kConcatLevel: return function("concat", {left, right});
    default: break;
  }
  BinaryExpr* node = make<BinaryExpr>();
  node->op = binary_op(op);
  return both(node);
}

namespace {

// The run of operators of one level that an expression ends in.
struct Run {
  int level = kNoOperator;
  size_t operands = 1;
  int below = 0;               // height of the highest operand
  bool begins_in_one = false;  // the first operand is a long run itself

  void begin(const Expr* first, int height) {
    *this = Run{};
    below = height;
    const auto* both = as<AndExpr>(first);
    const auto* either = as<OrExpr>(first);
    const auto* odd = as<XorExpr>(first);
    begins_in_one = is<ChainExpr>(first) || (both != nullptr && both->balanced) ||
                    (either != nullptr && either->balanced) || (odd != nullptr && odd->balanced);
  }
  // Does one more operand make the tree higher? A longer run will not stay as it is.
  bool grows() const {
    const bool of_numbers = level > kPredicateLevel && level != kConcatLevel;
    return operands <= (of_numbers ? kFlatAbove : kBalanceAbove);
  }
};

constexpr int kHeightOfLongRun = 16;  // balanced, of all that a text can hold

}  // namespace

Expr* Parser::binary_from(Expr* left, int level_min, bool after_not) {
  int cap = after_not ? kNotLevel : kTop;
  int height = peak_;
  Run run;
  for (;;) {
    const Tok op = token_.tok;
    const int level = operator_level();
    const bool goes_on = level >= level_min && level <= cap && level != kNoOperator &&
                         !(level == kPredicateLevel && cap == kPredicateLevel);
    // A date and its interval are no BinaryExpr.
    const bool dated = level == kAddLevel && !run.grows() && peek().tok == Tok::kw_interval;
    if (run.level != kNoOperator && (!goes_on || level != run.level || dated)) {
      const bool higher = static_cast<size_t>(height) > kBalanceAbove;
      Expr* kept = end_run(left, run.operands, run.begins_in_one || higher);
      if (kept != left) height = run.below + kHeightOfLongRun;
      left = kept;
      run.level = kNoOperator;
    }
    if (!goes_on) break;
    if (run.level == kNoOperator) run.begin(left, height);
    peak_ = 0;
    if (level == kPredicateLevel) {
      Expr* tested = predicate(left);
      if (tested == nullptr) break;
      left = tested;
    } else if (level == kComparisonLevel) {
      left = comparison(left, op);
    } else if (level == kAddLevel) {
      left = add(left, op);
      run.level = is<BinaryExpr>(left) ? level : kNoOperator;
      ++run.operands;
    } else {
      advance();
      if (op == Tok::kOrOr && level == kOrLevel) deprecate("|| as a synonym for OR", "OR");
      if (op == Tok::kAndAnd) deprecate("&&", "AND");
      Expr* right = binary(level + 1);
      run.level = level;
      ++run.operands;
      left = joined(left, op, level, right);
    }
    // A date and its interval are closed: d + interval 1 day * 2 is (d + interval 1 day) * 2.
    // a is true is false, a is true = b: only looser operators may follow, but for IS NULL.
    cap = is<IntervalDateExpr>(left) && level == kAddLevel ? kTop
          : op == Tok::kw_is && is_of_truth_               ? static_cast<int>(kNotLevel)
                                                           : level;
    run.below = std::max(run.below, peak_);
    height = std::max(height, peak_) + (run.level == kNoOperator || run.grows() ? 1 : 0);
    if (height > kTreeHeightMax) fail_nesting();
  }
  peak_ = height;
  return left;
}

Expr* Parser::add(Expr* left, Tok op) {
  advance();
  if (at(Tok::kw_interval)) {
    Expr* interval = interval_prefix();
    if (auto* date = as<IntervalDateExpr>(interval); date != nullptr && date->date == nullptr) {
      date->syntax =
          op == Tok::kPlus ? IntervalDateSyntax::kBinaryAdd : IntervalDateSyntax::kBinarySub;
      date->date = left;
      return date;
    }
    BinaryExpr* node = make<BinaryExpr>();
    node->op = op == Tok::kPlus ? BinaryOp::kPlus : BinaryOp::kMinus;
    node->left = left;
    node->right = binary_from(interval, kAddLevel + 1);
    return node;
  }
  BinaryExpr* node = make<BinaryExpr>();
  node->op = op == Tok::kPlus ? BinaryOp::kPlus : BinaryOp::kMinus;
  node->left = left;
  node->right = binary(kAddLevel + 1);
  return node;
}

// `interval 3 day`, its date yet to be put in, or the function interval(a, b).
Expr* Parser::interval_prefix() {
  expect(Tok::kw_interval);
  Expr* amount;
  if (at(Tok::kOpen)) {
    Expr* first = parens();
    if (auto* tuple = as<ValTuple>(first); tuple != nullptr && !at_interval_unit()) {
      FuncExpr* call = make<FuncExpr>();
      call->name = "interval";
      call->exprs = tuple->exprs;
      return call;
    }
    amount = binary_from(first, kAny);
  } else if (at(Tok::kw_interval) && peek().tok == Tok::kOpen) {
    advance();
    expect(Tok::kOpen);
    FuncExpr* call = make<FuncExpr>();
    call->name = "interval";
    call->exprs = expressions_until_close();
    amount = binary_from(call, kAny);
  } else {
    amount = expression();
  }
  IntervalDateExpr* node = make<IntervalDateExpr>();
  node->interval = amount;
  node->unit = interval_unit();
  return node;
}

Expr* Parser::comparison(Expr* left, Tok op) {
  if (op == Tok::kw_is) return is_suffix(left);
  advance();
  ComparisonExpr* node = make<ComparisonExpr>();
  node->left = left;
  switch (op) {
    case Tok::kLt: node->op = ComparisonOp::kLessThan; break;
    case Tok::kGt: node->op = ComparisonOp::kGreaterThan; break;
    case Tok::kLe: node->op = ComparisonOp::kLessEqual; break;
    case Tok::kGe: node->op = ComparisonOp::kGreaterEqual; break;
    case Tok::kNe: node->op = ComparisonOp::kNotEqual; break;
    case Tok::kNullSafeEq: node->op = ComparisonOp::kNullSafeEqual; break;
    default: node->op = ComparisonOp::kEqual;
  }
  if (op != Tok::kNullSafeEq && at_any({Tok::kw_all, Tok::kw_any, Tok::kw_some}) &&
      peek().tok == Tok::kOpen) {
    node->modifier = at(Tok::kw_all) ? Modifier::kAll : Modifier::kAny;
    advance();
    node->right = subquery();
    return node;
  }
  node->right = binary(kPredicateLevel);
  return node;
}

Expr* Parser::is_suffix(Expr* left) {
  advance();
  const bool negated = accept(Tok::kw_not);
  IsExpr* node = make<IsExpr>();
  node->left = left;
  is_of_truth_ = !at(Tok::kw_null);
  switch (token_.tok) {
    case Tok::kw_null:
    case Tok::kw_unknown: node->op = negated ? IsOp::kNotNull : IsOp::kNull; break;
    case Tok::kw_true: node->op = negated ? IsOp::kNotTrue : IsOp::kTrue; break;
    case Tok::kw_false: node->op = negated ? IsOp::kNotFalse : IsOp::kFalse; break;
    default: fail();
  }
  advance();
  return node;
}

// Null: the NOT is not the operator's (as in `default 1 not null`), and was not consumed.
Expr* Parser::predicate(Expr* left) {
  bool negated = false;
  if (at(Tok::kw_not)) {
    const Tok then = peek().tok;
    if (then != Tok::kw_in && then != Tok::kw_like && then != Tok::kw_between &&
        then != Tok::kw_regexp && then != Tok::kw_rlike) {
      return nullptr;
    }
    advance();
    negated = true;
  }
  const Tok op = token_.tok;
  advance();
  if (op == Tok::kId) {  // a sounds like b
    expect(Tok::kw_like);
    ComparisonExpr* node = make<ComparisonExpr>();
    node->left = function("soundex", {left});
    node->right = function("soundex", {bit_expression()});
    return node;
  }
  if (op == Tok::kw_member) {
    accept(Tok::kw_of);
    expect(Tok::kOpen);
    MemberOfExpr* node = make<MemberOfExpr>();
    node->value = left;
    node->json_arr = expression();
    expect(Tok::kClose);
    return node;
  }
  if (op == Tok::kw_between) {
    BetweenExpr* node = make<BetweenExpr>();
    node->is_between = !negated;
    node->left = left;
    node->from = bit_expression();
    expect(Tok::kw_and);
    node->to = binary(kPredicateLevel);
    return node;
  }
  ComparisonExpr* node = make<ComparisonExpr>();
  node->left = left;
  if (op == Tok::kw_in) {
    node->op = negated ? ComparisonOp::kNotIn : ComparisonOp::kIn;
    node->right = col_tuple();
  } else if (op == Tok::kw_like) {
    node->op = negated ? ComparisonOp::kNotLike : ComparisonOp::kLike;
    // Where || joins texts it binds as tightly as this.
    const auto operand = [&] {
      return options_.sql_mode.pipes_as_concat ? binary(kConcatLevel) : simple();
    };
    node->right = operand();
    if (accept(Tok::kw_escape)) {
      node->escape = operand();
    } else if (options_.sql_mode.no_backslash_escapes) {
      node->escape = literal(LiteralType::kStrVal, "", -1);  // the mode itself does not go further
    }
  } else {
    node->op = negated ? ComparisonOp::kNotRegexp : ComparisonOp::kRegexp;
    node->right = bit_expression();
  }
  return node;
}

Expr* Parser::col_tuple() {
  if (at(Tok::kListArg)) return argument();
  if (!at(Tok::kOpen)) fail();
  if (peek().tok != Tok::kOpen) {
    Expr* inside = parens();
    if (is<ValTuple>(inside) || is<Subquery>(inside)) return inside;
    ValTuple* tuple = make<ValTuple>();
    push(tuple->exprs, inside);
    return tuple;
  }
  // ((1, 2)) is a list of one row, not a row of two numbers.
  check_stack();
  expect(Tok::kOpen);
  Expr* first = expression();
  if (auto* query = as<Subquery>(first); query != nullptr) {
    if (accept(Tok::kClose)) return query;
    if (at_query_tail()) {
      const Nested nested(in_subquery_);
      query->select = finish_parens(
          query_tail(at_set_operator() ? query_body_from(query->select) : query->select));
      return query;
    }
  }
  ValTuple* tuple = make<ValTuple>();
  push(tuple->exprs, first);
  while (accept(Tok::kComma)) push(tuple->exprs, expression());
  expect(Tok::kClose);
  return tuple;
}

Expr* Parser::simple() {
  Expr* node = primary();
  for (;;) {
    if (at(Tok::kw_collate)) {
      advance();
      CollateExpr* collated = make<CollateExpr>();
      collated->expr = node;
      collated->collation = charset_name();
      node = collated;
      if (++peak_ > kTreeHeightMax) fail_nesting();
    } else {
      return node;
    }
  }
}

Expr* Parser::unary(UnaryOp op) {
  check_stack();
  advance();
  UnaryExpr* node = make<UnaryExpr>();
  node->op = op;
  if (op == UnaryOp::kBang) deprecate("!", "NOT");
  node->expr = simple();
  if (++peak_ > kTreeHeightMax) fail_nesting();
  return node;
}

Expr* Parser::plus() {
  check_stack();
  advance();
  return simple();
}

// A number's sign belongs to the number.
Expr* Parser::minus() {
  check_stack();
  advance();
  Expr* inner = simple();
  if (auto* number = as<Literal>(inner);
      number != nullptr &&
      (number->type == LiteralType::kIntVal || number->type == LiteralType::kDecimalVal ||
       number->type == LiteralType::kFloatVal)) {
    if (!number->text.starts_with('-')) {
      scratch_.assign("-").append(number->text);
      number->text = arena_.copy(scratch_);
      return number;
    }
  }
  UnaryExpr* node = make<UnaryExpr>();
  node->op = UnaryOp::kMinus;
  node->expr = inner;
  if (++peak_ > kTreeHeightMax) fail_nesting();
  return node;
}

Expr* Parser::primary() {
  switch (token_.tok) {
    case Tok::kId:
    case Tok::kOffsetArg: return column_or_call();
    case Tok::kInt:
    case Tok::kDecimal:
    case Tok::kFloat:
    case Tok::kHexNum:
    case Tok::kHexVal:
    case Tok::kBitNum:
    case Tok::kBitVal: return number();
    case Tok::kString:
    case Tok::kNString: return text_literal();
    case Tok::kArg: return argument();
    case Tok::kAtId:
    case Tok::kAtAtId: return variable();
    case Tok::kOpen: return parens();
    case Tok::kPlus: return plus();
    case Tok::kMinus: return minus();
    case Tok::kTilde: return unary(UnaryOp::kTilda);
    case Tok::kBang: return unary(UnaryOp::kBang);
    default: break;
  }
  if (at(Tok::kError) && token_.text == "{") return odbc();
  if (!is_keyword(token_.tok)) fail();
  if (keyword_class(token_.tok) == KeywordClass::kCharset) return introducer();
  if (Expr* call = keyword_call()) return call;
  return column_or_call();
}

// {d '2020-01-01'} is a date, {t ...} a time, {ts ...} a timestamp; {fn x} and all others are x.
Expr* Parser::odbc() {
  check_stack();
  advance();
  const bool date = at_word("d");
  const bool time = at_word("t");
  const bool timestamp = at_word("ts");
  if (!at_name()) fail();
  Expr* inside;
  if ((date || time || timestamp) && peek().tok == Tok::kString) {
    Literal* value = static_cast<Literal*>(temporal_literal(date   ? LiteralType::kDateVal
                                                            : time ? LiteralType::kTimeVal
                                                                   : LiteralType::kTimestampVal));
    // Where it is none, it is a string, as in MySQL.
    if (!is_temporal_literal(*value)) value->type = LiteralType::kStrVal;
    inside = value;
  } else {
    advance();
    inside = expression();
  }
  if (!at(Tok::kError) || token_.text != "}") fail();
  advance();
  return inside;
}

Expr* Parser::parens() {
  check_stack();
  expect(Tok::kOpen);
  if (at_query()) {
    const Nested nested(in_subquery_);
    Subquery* node = make<Subquery>();
    node->select = finish_parens(select_statement());
    peak_ += 4;
    return node;
  }
  Expr* first = expression();
  // ((select 1) union (select 2)): what looked like an operand was the first query.
  if (auto* query = as<Subquery>(first); query != nullptr && at_query_tail()) {
    const Nested nested(in_subquery_);
    TableStatement* body = query->select;
    if (at_set_operator()) body = query_body_from(body);
    query->select = finish_parens(query_tail(body));
    return query;
  }
  if (at(Tok::kComma)) {
    ValTuple* tuple = make<ValTuple>();
    push(tuple->exprs, first);
    while (accept(Tok::kComma)) push(tuple->exprs, expression());
    expect(Tok::kClose);
    return tuple;
  }
  expect(Tok::kClose);
  return first;
}

Subquery* Parser::subquery() {
  const Nested nested(in_subquery_);
  Subquery* node = make<Subquery>();
  node->select = query_parens();
  peak_ += 4;
  return node;
}

ValTuple* Parser::row_tuple() {
  expect(Tok::kOpen);
  ValTuple* tuple = make<ValTuple>();
  tuple->exprs = expression_list();
  expect(Tok::kClose);
  return tuple;
}

List<Expr*> Parser::expression_list() {
  List<Expr*> list;
  do {
    push(list, expression());
  } while (accept(Tok::kComma));
  return list;
}

List<Expr*> Parser::expressions_until_close() {
  List<Expr*> list;
  if (!at(Tok::kClose)) list = expression_list();
  expect(Tok::kClose);
  return list;
}

List<Expr*> Parser::values_until_close() {
  List<Expr*> list;
  if (accept(Tok::kClose)) return list;
  do {
    push(list, expression_or_default());
  } while (accept(Tok::kComma));
  expect(Tok::kClose);
  return list;
}

Expr* Parser::number() {
  LiteralType type = LiteralType::kIntVal;
  std::string_view text = token_.text;
  switch (token_.tok) {
    case Tok::kDecimal: type = LiteralType::kDecimalVal; break;
    case Tok::kFloat: type = LiteralType::kFloatVal; break;
    case Tok::kHexNum: type = LiteralType::kHexNum; break;
    case Tok::kHexVal: type = LiteralType::kHexVal; break;
    case Tok::kBitNum: type = LiteralType::kBitNum; break;
    case Tok::kBitVal:
      type = LiteralType::kBitNum;
      scratch_.assign("0b").append(text);
      text = arena_.copy(scratch_);
      break;
    default: break;
  }
  Literal* node = literal(type, text, token_.literal);
  advance();
  return node;
}

// 'a' 'b' is one string.
Expr* Parser::text_literal() {
  const bool national = at(Tok::kNString);
  const int32_t index = token_.literal;
  std::string_view value = token_value();
  advance();
  if (at(Tok::kString)) {
    std::string joined(value);
    for (; at(Tok::kString); advance()) joined += token_value();
    value = arena_.copy(joined);
  }
  Literal* node = literal(LiteralType::kStrVal, value, index);
  if (!national) return node;
  deprecate_national();
  UnaryExpr* marked = make<UnaryExpr>();
  marked->op = UnaryOp::kNString;
  marked->expr = node;
  return marked;
}

Expr* Parser::temporal_literal(LiteralType type) {
  advance();
  Literal* node = literal(type, token_value(), token_.literal);
  advance();
  return node;
}

Expr* Parser::introducer() {
  IntroducerExpr* node = make<IntroducerExpr>();
  node->charset = keyword_text(token_.tok);
  deprecate_charset(node->charset.substr(1));
  if (at(Tok::kw__utf8)) node->charset = "_utf8mb3";
  advance();
  switch (token_.tok) {
    case Tok::kString: node->expr = text_literal(); break;
    case Tok::kHexNum:
    case Tok::kHexVal:
    case Tok::kBitNum:
    case Tok::kBitVal: node->expr = number(); break;
    case Tok::kArg: node->expr = argument(); break;
    default: fail();
  }
  return node;
}

Expr* Parser::argument() {
  if (at(Tok::kListArg)) {
    ListArg* node = make<ListArg>();
    node->name = token_.text;
    advance();
    return node;
  }
  Argument* node = make<Argument>();
  node->name = token_.text;
  if (node->name.empty()) node->name = arena_.copy("v" + std::to_string(token_.literal));
  advance();
  return node;
}

ColName* Parser::column_name() { return column_name_after(name()); }

ColName* Parser::column_name_after(std::string_view first) {
  ColName* node = make<ColName>();
  node->name = first;
  if (accept(Tok::kDot)) {
    node->qualifier.name = node->name;
    node->name = reserved_name();
    if (accept(Tok::kDot)) {
      node->qualifier.qualifier = node->qualifier.name;
      node->qualifier.name = node->name;
      node->name = reserved_name();
    }
  }
  return node;
}

Expr* Parser::column_or_call() {
  Expr* node;
  if (at(Tok::kOffsetArg)) {
    Offset* offset = make<Offset>();
    for (char digit : token_.text.substr(0, 9)) offset->v = offset->v * 10 + (digit - '0');
    advance();
    node = offset;
  } else {
    const bool only_called = at(Tok::kw_repeat) || at(Tok::kw_grouping);
    const bool quoted = token_.end - token_.begin != token_.text.size();
    std::string_view first = only_called ? reserved_name() : name();
    if (at(Tok::kOpen)) {
      // In backticks a word of the language is the name of a function that somebody has made: it
      // keeps them.
      if (quoted && is_keyword(find_keyword(first))) {
        std::string in_quotes;
        append_quoted_name(in_quotes, first);
        first = arena_.copy(in_quotes);
      }
      return plain_call({}, first);
    }
    if (only_called) fail();
    ColName* col = column_name_after(first);
    if (at(Tok::kOpen) && !col->qualifier.empty() && col->qualifier.qualifier.empty()) {
      return plain_call(col->qualifier.name, col->name);
    }
    node = col;
  }
  if (at(Tok::kJSONExtract) || at(Tok::kJSONUnquoteExtract)) {
    const bool unquote = at(Tok::kJSONUnquoteExtract);
    advance();
    // One string: another behind it is an alias.
    Expr* path = at(Tok::kArg) ? argument() : string_literal();
    Expr* extract_call = function("json_extract", {node, path});
    return unquote ? function("json_unquote", {extract_call}) : extract_call;
  }
  return node;
}

Expr* Parser::text_literal_or_arg() {
  if (at(Tok::kArg)) return argument();
  if (at(Tok::kString) || at(Tok::kNString)) return text_literal();
  if (is_keyword(token_.tok) && keyword_class(token_.tok) == KeywordClass::kCharset)
    return introducer();
  fail();
}

Expr* Parser::case_expression() {
  advance();
  CaseExpr* node = make<CaseExpr>();
  if (!at(Tok::kw_when)) node->expr = expression();
  if (!at(Tok::kw_when)) fail();
  while (accept(Tok::kw_when)) {
    When* when = make<When>();
    when->cond = expression();
    expect(Tok::kw_then);
    when->val = expression();
    push(node->whens, when);
  }
  if (accept(Tok::kw_else)) node->els = expression();
  expect(Tok::kw_end);
  peak_ += 1;
  return node;
}

Expr* Parser::match_expression() {
  advance();
  MatchExpr* node = make<MatchExpr>();
  const bool in_parens = accept(Tok::kOpen);
  do {
    push(node->columns, column_name());
  } while (accept(Tok::kComma));
  if (in_parens) expect(Tok::kClose);
  expect(Tok::kw_against);
  expect(Tok::kOpen);
  node->expr = binary(kBitOrLevel);
  if (accept(Tok::kw_in)) {
    if (accept(Tok::kw_boolean)) {
      expect(Tok::kw_mode);
      node->option = MatchOption::kBooleanMode;
    } else {
      expect(Tok::kw_natural);
      expect(Tok::kw_language);
      expect(Tok::kw_mode);
      node->option = MatchOption::kNaturalLanguageMode;
    }
  }
  if (node->option != MatchOption::kBooleanMode && accept(Tok::kw_with)) {
    expect(Tok::kw_query);
    expect(Tok::kw_expansion);
    node->option = node->option == MatchOption::kNone
                       ? MatchOption::kQueryExpansion
                       : MatchOption::kNaturalLanguageModeWithQueryExpansion;
  }
  expect(Tok::kClose);
  return node;
}

}  // namespace vif::sql
