// Function calls. A keyword that is a function has its case in keyword_call(); functions whose
// arguments are just a list, of a known length, stand in parse_known.cc.
#include "sql/parse_core.h"

namespace vif::sql {

Expr* Parser::function(std::string_view function_name, std::initializer_list<Expr*> args) {
  FuncExpr* node = make<FuncExpr>();
  node->name = function_name;
  for (Expr* arg : args) push(node->exprs, arg);
  return node;
}

Expr* Parser::call_argument() {
  const uint32_t from = token_.begin;
  Expr* argument = expression();
  if (options_.argument_texts) argument_texts_.emplace(argument, written_since(from));
  return argument;
}

Expr* Parser::plain_call(std::string_view qualifier, std::string_view function_name) {
  expect(Tok::kOpen);
  FuncExpr* node = make<FuncExpr>();
  node->qualifier = qualifier;
  node->name = function_name;
  const ArgumentCount* fits = qualifier.empty() ? arguments_of(function_name) : nullptr;
  if (fits != nullptr && equal_ci(function_name, "get_format")) {
    // A word, not a column; Vitess's text has it in backticks.
    const Tok word = at(Tok::kId) ? find_keyword(token_.text) : token_.tok;
    if (word != Tok::kw_date && word != Tok::kw_time && word != Tok::kw_datetime &&
        word != Tok::kw_timestamp)
      fail();
  }
  while (!at(Tok::kClose)) {
    if (fits != nullptr && node->exprs.size() == fits->most) fail();
    if (!node->exprs.empty()) expect(Tok::kComma);
    push(node->exprs, call_argument());
  }
  if (fits != nullptr && node->exprs.size() < fits->least) fail();
  advance();
  return node;
}

bool Parser::at_sequence_value() const {
  Lexer ahead = lexer_;
  return ahead.next().tok == Tok::kw_value && ahead.next().tok == Tok::kw_for;
}

// MariaDB's next value for s is nextval(s).
Expr* Parser::next_value() {
  advance();
  advance();
  advance();
  return function("nextval", {column_name()});
}

// NOT under HIGH_NOT_PRECEDENCE binds as ! does.
Expr* Parser::tight_not() {
  check_stack();
  advance();
  NotExpr* node = make<NotExpr>();
  node->expr = simple();
  if (++peak_ > kTreeHeightMax) fail_nesting();
  return node;
}

Expr* Parser::default_of_column() {
  advance();
  Default* node = make<Default>();
  expect(Tok::kOpen);
  const ColName* column = column_name();
  node->table = column->qualifier;
  node->col_name = column->name;
  expect(Tok::kClose);
  return node;
}

// interval 1 day + x, or the function interval(a, b).
Expr* Parser::interval_call() {
  Expr* node = interval_prefix();
  if (auto* date = as<IntervalDateExpr>(node)) {
    expect(Tok::kPlus);
    date->syntax = IntervalDateSyntax::kBinaryAddLeft;
    date->date = interval_operand();
  }
  return node;
}

// Words with a meaning of their own in an expression. Null: not one of them, nothing was consumed.
Expr* Parser::keyword_operand() {
  const Tok tok = token_.tok;
  switch (tok) {
    case Tok::kw_null: advance(); return make<NullVal>();
    case Tok::kw_true:
    case Tok::kw_false: {
      BoolVal* node = make<BoolVal>();
      node->value = tok == Tok::kw_true;
      advance();
      return node;
    }
    case Tok::kw_case: return case_expression();
    case Tok::kw_exists: {
      advance();
      ExistsExpr* node = make<ExistsExpr>();
      node->subquery = subquery();
      return node;
    }
    case Tok::kw_match: return match_expression();
    case Tok::kw_binary: return binary_operator();
    case Tok::kw_not:
      if (!options_.sql_mode.high_not_precedence) fail();
      return tight_not();
    case Tok::kw_default: return default_of_column();
    case Tok::kw_interval: return interval_call();
    case Tok::kw_next: return at_sequence_value() ? next_value() : nullptr;
    case Tok::kw_row:
      advance();
      if (ValTuple* row = row_tuple(); row->exprs.size() > 1) return row;
      fail();
    case Tok::kw_cast: return peek().tok == Tok::kOpen ? cast() : nullptr;
    case Tok::kw_convert: return convert();
    case Tok::kw_values: return values_function();
    case Tok::kw_substr:
    case Tok::kw_substring: return peek().tok == Tok::kOpen ? substring() : nullptr;
    case Tok::kw_extract: return peek().tok == Tok::kOpen ? extract() : nullptr;
    case Tok::kw_current_user: {
      const std::string_view word = token_.text;
      advance();
      if (accept(Tok::kOpen)) expect(Tok::kClose);
      return function(word, {});
    }
    case Tok::kw_now:
    case Tok::kw_sysdate:
    case Tok::kw_current_timestamp:
    case Tok::kw_localtime:
    case Tok::kw_localtimestamp:
    case Tok::kw_utc_timestamp:
    case Tok::kw_utc_date:
    case Tok::kw_utc_time:
    case Tok::kw_current_date:
    case Tok::kw_current_time:
    case Tok::kw_curdate:
    case Tok::kw_curtime:
      // Without parentheses, some of these words are a clock and some a column's name.
      if (at_any({Tok::kw_now, Tok::kw_sysdate, Tok::kw_curdate, Tok::kw_curtime}) &&
          peek().tok != Tok::kOpen) {
        ColName* column = make<ColName>();
        column->name = token_.text;
        advance();
        return column;
      }
      return clock_function();
    default: break;
  }
  const bool windowed =
      at_any({Tok::kw_cume_dist, Tok::kw_dense_rank, Tok::kw_percent_rank, Tok::kw_rank,
              Tok::kw_row_number, Tok::kw_first_value, Tok::kw_last_value, Tok::kw_lag,
              Tok::kw_lead, Tok::kw_ntile, Tok::kw_nth_value});
  return windowed ? window_function() : nullptr;
}

// Null: no aggregate function.
Expr* Parser::aggregate_call() {
  switch (token_.tok) {
    case Tok::kw_count: return count();
    case Tok::kw_max: return aggregate(AggrOp::kMax, true, true);
    case Tok::kw_min: return aggregate(AggrOp::kMin, true, true);
    case Tok::kw_sum: return aggregate(AggrOp::kSum, true, true);
    case Tok::kw_avg: return aggregate(AggrOp::kAvg, true, true);
    case Tok::kw_bit_and: return aggregate(AggrOp::kBitAnd, false, true);
    case Tok::kw_bit_or: return aggregate(AggrOp::kBitOr, false, true);
    case Tok::kw_bit_xor: return aggregate(AggrOp::kBitXor, false, true);
    case Tok::kw_std: return aggregate(AggrOp::kStd, false, true);
    case Tok::kw_stddev: return aggregate(AggrOp::kStdDev, false, true);
    case Tok::kw_stddev_pop: return aggregate(AggrOp::kStdPop, false, true);
    case Tok::kw_stddev_samp: return aggregate(AggrOp::kStdSamp, false, true);
    case Tok::kw_var_pop: return aggregate(AggrOp::kVarPop, false, true);
    case Tok::kw_var_samp: return aggregate(AggrOp::kVarSamp, false, true);
    case Tok::kw_variance: return aggregate(AggrOp::kVariance, false, true);
    case Tok::kw_any_value: return aggregate(AggrOp::kAnyValue, false, false);
    case Tok::kw_json_arrayagg: return aggregate(AggrOp::kJSONArrayAgg, false, true);
    case Tok::kw_json_objectagg: return aggregate(AggrOp::kJSONObjectAgg, false, true);
    case Tok::kw_group_concat: return group_concat();
    default: return nullptr;
  }
}

Expr* Parser::keyword_call() {
  if (Expr* operand = keyword_operand()) return operand;
  const Tok tok = token_.tok;
  const Tok then = peek().tok;
  if (then == Tok::kString && tok == Tok::kw_date) return temporal_literal(LiteralType::kDateVal);
  if (then == Tok::kString && tok == Tok::kw_time) return temporal_literal(LiteralType::kTimeVal);
  if (then == Tok::kString && tok == Tok::kw_timestamp)
    return temporal_literal(LiteralType::kTimestampVal);
  if (then != Tok::kOpen) {
    // A reserved word can only have been meant as a call.
    if (keyword_class(tok) == KeywordClass::kReserved && is_known_function(tok) && !at_name()) {
      advance();
      fail();
    }
    return nullptr;
  }
  if (Expr* aggregated = aggregate_call()) return aggregated;
  switch (tok) {
    case Tok::kw_mid: return substring();
    case Tok::kw_trim:
    case Tok::kw_ltrim:
    case Tok::kw_rtrim: return trim();
    case Tok::kw_char: return char_function();
    case Tok::kw_position: return position();
    case Tok::kw_adddate: return date_arithmetic(IntervalDateSyntax::kAdddate);
    case Tok::kw_subdate: return date_arithmetic(IntervalDateSyntax::kSubdate);
    case Tok::kw_date_add: return date_arithmetic(IntervalDateSyntax::kDateAdd);
    case Tok::kw_date_sub: return date_arithmetic(IntervalDateSyntax::kDateSub);
    case Tok::kw_timestampadd: return timestampadd();
    case Tok::kw_timestampdiff: return timestampdiff();
    case Tok::kw_weight_string: return weight_string();
    case Tok::kw_json_value: return json_value();
    case Tok::kw_get_lock: return locking_function(LockingFuncType::kGetLock);
    case Tok::kw_is_free_lock: return locking_function(LockingFuncType::kIsFreeLock);
    case Tok::kw_is_used_lock: return locking_function(LockingFuncType::kIsUsedLock);
    case Tok::kw_release_all_locks: return locking_function(LockingFuncType::kReleaseAllLocks);
    case Tok::kw_release_lock: return locking_function(LockingFuncType::kReleaseLock);
    default: return known_call();
  }
}

Expr* Parser::aggregate(AggrOp op, bool may_distinct, bool may_over) {
  advance();
  expect(Tok::kOpen);
  AggrFunc* node = make<AggrFunc>();
  node->op = op;
  if (may_distinct) {
    node->distinct = accept(Tok::kw_distinct) || accept(Tok::kw_distinctrow);
  }
  if (op != AggrOp::kAnyValue) accept(Tok::kw_all);
  push(node->args, expression());
  if (op == AggrOp::kJSONObjectAgg) {
    expect(Tok::kComma);
    accept(Tok::kw_all);
    push(node->args, expression());
  }
  // What it does anyway.
  if (op == AggrOp::kJSONArrayAgg && accept(Tok::kw_null)) {
    expect(Tok::kw_on);
    expect(Tok::kw_null);
  }
  expect(Tok::kClose);
  if (may_over) node->over = over_clause_opt();
  return node;
}

Expr* Parser::count() {
  advance();
  expect(Tok::kOpen);
  if (accept(Tok::kStar)) {
    expect(Tok::kClose);
    CountStar* star = make<CountStar>();
    star->over = over_clause_opt();
    return star;
  }
  AggrFunc* node = make<AggrFunc>();
  node->op = AggrOp::kCount;
  node->distinct = accept(Tok::kw_distinct) || accept(Tok::kw_distinctrow);
  if (!node->distinct) accept(Tok::kw_all);
  node->args = expression_list();
  expect(Tok::kClose);
  node->over = over_clause_opt();
  return node;
}

Expr* Parser::group_concat() {
  advance();
  expect(Tok::kOpen);
  GroupConcatExpr* node = make<GroupConcatExpr>();
  node->distinct = accept(Tok::kw_distinct) || accept(Tok::kw_distinctrow);
  node->exprs = expression_list();
  node->order_by = order_by_opt();
  if (accept(Tok::kw_separator)) {
    if (at_any({Tok::kHexNum, Tok::kHexVal, Tok::kBitNum, Tok::kBitVal})) {
      node->separator = sql_.substr(token_.begin, token_.end - token_.begin);
      advance();
    } else {
      node->separator = sql_string();
    }
  }
  node->limit = limit_opt();
  expect(Tok::kClose);
  node->over = over_clause_opt();
  return node;
}

Expr* Parser::window_function() {
  WindowFuncExpr* node = make<WindowFuncExpr>();
  const Tok tok = token_.tok;
  advance();
  expect(Tok::kOpen);
  switch (tok) {
    case Tok::kw_cume_dist: node->fn = WindowFunc::kCumeDist; break;
    case Tok::kw_dense_rank: node->fn = WindowFunc::kDenseRank; break;
    case Tok::kw_percent_rank: node->fn = WindowFunc::kPercentRank; break;
    case Tok::kw_rank: node->fn = WindowFunc::kRank; break;
    case Tok::kw_row_number: node->fn = WindowFunc::kRowNumber; break;
    case Tok::kw_first_value: node->fn = WindowFunc::kFirstValue; break;
    case Tok::kw_last_value: node->fn = WindowFunc::kLastValue; break;
    case Tok::kw_lag: node->fn = WindowFunc::kLag; break;
    case Tok::kw_lead: node->fn = WindowFunc::kLead; break;
    case Tok::kw_ntile: node->fn = WindowFunc::kNtile; break;
    default: node->fn = WindowFunc::kNthValue;
  }
  const bool takes_count = node->fn == WindowFunc::kNtile || node->fn == WindowFunc::kNthValue ||
                           node->fn == WindowFunc::kLag || node->fn == WindowFunc::kLead;
  // NULL, an integer, a user variable or an argument.
  const auto row_count = [&] {
    if (!at_any({Tok::kw_null, Tok::kInt, Tok::kAtId, Tok::kArg})) fail();
    push(node->args, primary());
  };
  if (node->fn == WindowFunc::kNtile) {
    row_count();
  } else if (node->fn > WindowFunc::kRowNumber) {
    push(node->args, expression());
    if (node->fn == WindowFunc::kNthValue) {
      expect(Tok::kComma);
      if (at(Tok::kMinus)) fail();
      push(node->args, simple());
    } else if (takes_count && accept(Tok::kComma)) {
      row_count();
      if (accept(Tok::kComma)) push(node->args, expression());
    }
  }
  expect(Tok::kClose);
  if (node->fn == WindowFunc::kNthValue && accept(Tok::kw_from)) {
    node->from_first_last = at(Tok::kw_first) ? FromFirstLast::kFirst : FromFirstLast::kLast;
    if (!accept(Tok::kw_first)) expect(Tok::kw_last);
  }
  if (node->fn > WindowFunc::kRowNumber && node->fn != WindowFunc::kNtile &&
      at_any({Tok::kw_respect, Tok::kw_ignore})) {
    node->null_treatment =
        at(Tok::kw_respect) ? NullTreatment::kRespectNulls : NullTreatment::kIgnoreNulls;
    advance();
    expect(Tok::kw_nulls);
  }
  node->over = over_clause();
  return node;
}

OverClause* Parser::over_clause_opt() { return at(Tok::kw_over) ? over_clause() : nullptr; }

OverClause* Parser::over_clause() {
  expect(Tok::kw_over);
  OverClause* over = make<OverClause>();
  if (accept(Tok::kOpen)) {
    over->spec = window_specification();
    expect(Tok::kClose);
  } else {
    over->window_name = name();
  }
  peak_ += 3;
  return over;
}

WindowSpecification* Parser::window_specification() {
  WindowSpecification* spec = make<WindowSpecification>();
  if (at_name()) spec->name = name();
  if (accept(Tok::kw_partition)) {
    expect(Tok::kw_by);
    spec->partition_by = expression_list();
  }
  spec->order_by = order_by_opt();
  if (at_any({Tok::kw_rows, Tok::kw_range, Tok::kw_groups})) spec->frame = frame_clause();
  return spec;
}

FrameClause* Parser::frame_clause() {
  FrameClause* frame = make<FrameClause>();
  frame->unit = at(Tok::kw_rows)    ? FrameUnit::kRows
                : at(Tok::kw_range) ? FrameUnit::kRange
                                    : FrameUnit::kGroups;
  advance();
  if (accept(Tok::kw_between)) {
    frame->start = frame_point();
    expect(Tok::kw_and);
    frame->end = frame_point();
  } else {
    frame->start = frame_point();
  }
  if (!accept_word("exclude")) return frame;
  if (accept(Tok::kw_current)) {
    expect(Tok::kw_row);
    frame->exclude = "current row";
  } else if (accept(Tok::kw_group)) {
    frame->exclude = "group";
  } else if (accept_word("ties")) {
    frame->exclude = "ties";
  } else {
    expect(Tok::kw_no);
    if (!accept_word("others")) fail();
    frame->exclude = "no others";
  }
  return frame;
}

FramePoint* Parser::frame_point() {
  FramePoint* point = make<FramePoint>();
  if (accept(Tok::kw_current)) {
    expect(Tok::kw_row);
    return point;
  }
  const bool unbounded = accept(Tok::kw_unbounded);
  if (!unbounded) {
    if (accept(Tok::kw_interval)) {
      point->expr = bit_expression();
      point->unit = interval_unit();
    } else {
      if (!at_any({Tok::kInt, Tok::kDecimal, Tok::kFloat, Tok::kArg})) fail();
      point->expr = primary();
    }
  }
  if (accept(Tok::kw_preceding)) {
    point->type = unbounded ? FramePointType::kUnboundedPreceding : FramePointType::kExprPreceding;
  } else {
    expect(Tok::kw_following);
    point->type = unbounded ? FramePointType::kUnboundedFollowing : FramePointType::kExprFollowing;
  }
  return point;
}

Expr* Parser::substring() {
  advance();
  expect(Tok::kOpen);
  Expr* text = expression();
  const bool by_words = at(Tok::kw_from);
  if (!accept(Tok::kw_from)) expect(Tok::kComma);
  Expr* from = expression();
  Expr* length = nullptr;
  if (by_words ? accept(Tok::kw_for) : accept(Tok::kComma)) length = expression();
  expect(Tok::kClose);
  return length == nullptr ? function("substr", {text, from})
                           : function("substr", {text, from, length});
}

Expr* Parser::trim() {
  TrimFuncExpr* node = make<TrimFuncExpr>();
  node->fn = at(Tok::kw_ltrim)   ? TrimFuncType::kLTrim
             : at(Tok::kw_rtrim) ? TrimFuncType::kRTrim
                                 : TrimFuncType::kNormal;
  advance();
  expect(Tok::kOpen);
  if (node->fn == TrimFuncType::kNormal) {
    if (accept(Tok::kw_both))
      node->type = TrimType::kBoth;
    else if (accept(Tok::kw_leading))
      node->type = TrimType::kLeading;
    else if (accept(Tok::kw_trailing))
      node->type = TrimType::kTrailing;
  }
  Expr* first = node->type != TrimType::kNone && at(Tok::kw_from) ? nullptr : expression();
  if (node->fn == TrimFuncType::kNormal && (node->type != TrimType::kNone || at(Tok::kw_from))) {
    expect(Tok::kw_from);
    node->trim_arg = first;
    node->string_arg = expression();
  } else {
    node->string_arg = first;
  }
  expect(Tok::kClose);
  return node;
}

Expr* Parser::extract() {
  advance();
  expect(Tok::kOpen);
  ExtractFuncExpr* node = make<ExtractFuncExpr>();
  node->unit = interval_unit();
  expect(Tok::kw_from);
  node->expr = expression();
  expect(Tok::kClose);
  return node;
}

Expr* Parser::position() {
  advance();
  expect(Tok::kOpen);
  Expr* needle = bit_expression();
  expect(Tok::kw_in);
  Expr* hay = expression();
  expect(Tok::kClose);
  return function("locate", {needle, hay});
}

Expr* Parser::char_function() {
  advance();
  expect(Tok::kOpen);
  CharExpr* node = make<CharExpr>();
  node->exprs = expression_list();
  if (accept(Tok::kw_using)) {
    node->charset = charset_name();
    deprecate_charset(node->charset);
  }
  expect(Tok::kClose);
  return node;
}

Expr* Parser::date_arithmetic(IntervalDateSyntax syntax) {
  advance();
  expect(Tok::kOpen);
  IntervalDateExpr* node = make<IntervalDateExpr>();
  node->syntax = syntax;
  node->date = expression();
  expect(Tok::kComma);
  const bool days =
      syntax == IntervalDateSyntax::kAdddate || syntax == IntervalDateSyntax::kSubdate;
  if (at(Tok::kw_interval)) {
    Expr* interval = interval_prefix();
    if (auto* part = as<IntervalDateExpr>(interval); part != nullptr && part->date == nullptr) {
      node->interval = part->interval;
      node->unit = part->unit;
    } else if (days) {
      node->interval = binary_from(interval, 0);
    } else {
      fail();
    }
  } else {
    if (!days) fail();
    node->interval = expression();
  }
  expect(Tok::kClose);
  return node;
}

Expr* Parser::timestampadd() {
  advance();
  expect(Tok::kOpen);
  IntervalDateExpr* node = make<IntervalDateExpr>();
  node->syntax = IntervalDateSyntax::kTimestampadd;
  node->unit = interval_unit();
  expect(Tok::kComma);
  node->interval = expression();
  expect(Tok::kComma);
  node->date = expression();
  expect(Tok::kClose);
  return node;
}

Expr* Parser::timestampdiff() {
  advance();
  expect(Tok::kOpen);
  TimestampDiffExpr* node = make<TimestampDiffExpr>();
  node->unit = interval_unit();
  expect(Tok::kComma);
  node->expr1 = expression();
  expect(Tok::kComma);
  node->expr2 = expression();
  expect(Tok::kClose);
  return node;
}

Expr* Parser::clock_function() {
  CurTimeFuncExpr* node = make<CurTimeFuncExpr>();
  node->name = keyword_text(token_.tok);
  const bool is_date = at_any({Tok::kw_utc_date, Tok::kw_current_date, Tok::kw_curdate});
  advance();
  if (accept(Tok::kOpen)) {
    if (!is_date && at(Tok::kInt)) node->fsp = small_integer();
    expect(Tok::kClose);
  }
  if (!is_date) return node;
  return function(node->name, {});
}

Expr* Parser::locking_function(LockingFuncType fn) {
  advance();
  expect(Tok::kOpen);
  LockingFunc* node = make<LockingFunc>();
  node->fn = fn;
  if (fn != LockingFuncType::kReleaseAllLocks) node->name = expression();
  if (fn == LockingFuncType::kGetLock) {
    expect(Tok::kComma);
    node->timeout = expression();
  }
  expect(Tok::kClose);
  return node;
}

Expr* Parser::json_value() {
  advance();
  expect(Tok::kOpen);
  JSONValueExpr* node = make<JSONValueExpr>();
  node->doc = expression();
  expect(Tok::kComma);
  node->path = expression();
  if (accept(Tok::kw_returning)) node->returning = convert_type();
  while (!at(Tok::kClose)) {
    JtOnResponse* response = on_response();
    expect(Tok::kw_on);
    if (node->on_empty == nullptr && node->on_error == nullptr && accept(Tok::kw_empty)) {
      node->on_empty = response;
    } else {
      if (node->on_error != nullptr) fail();
      expect(Tok::kw_error);
      node->on_error = response;
    }
  }
  expect(Tok::kClose);
  return node;
}

JtOnResponse* Parser::on_response() {
  JtOnResponse* node = make<JtOnResponse>();
  if (accept(Tok::kw_error)) {
    node->type = JtOnResponseType::kError;
  } else if (accept(Tok::kw_null)) {
    node->type = JtOnResponseType::kNull;
  } else {
    expect(Tok::kw_default);
    node->type = JtOnResponseType::kDefault;
    node->expr = at(Tok::kArg) ? argument() : signed_literal();
  }
  return node;
}

// A literal of any kind; numbers may have a sign.
Expr* Parser::signed_literal() {
  const bool temporal = at(Tok::kw_date) || at(Tok::kw_time) || at(Tok::kw_timestamp);
  const bool word = at(Tok::kw_true) || at(Tok::kw_false);
  const bool literal = token_.tok >= Tok::kString && token_.tok <= Tok::kBitVal;
  const bool introduced =
      is_keyword(token_.tok) && keyword_class(token_.tok) == KeywordClass::kCharset;
  const Tok then = peek().tok;
  const bool has_sign =
      (at(Tok::kPlus) || at(Tok::kMinus)) && then >= Tok::kInt && then <= Tok::kFloat;
  if (!word && !literal && !introduced && !has_sign && !(temporal && then == Tok::kString)) fail();
  return primary();
}

Expr* Parser::values_function() {
  advance();
  expect(Tok::kOpen);
  ValuesFuncExpr* node = make<ValuesFuncExpr>();
  node->name = column_name();
  expect(Tok::kClose);
  return node;
}

namespace {

struct Unit {
  Tok tok;
  IntervalType unit;
};
constexpr Unit kUnits[] = {
    {Tok::kw_year, IntervalType::kYear},
    {Tok::kw_quarter, IntervalType::kQuarter},
    {Tok::kw_month, IntervalType::kMonth},
    {Tok::kw_week, IntervalType::kWeek},
    {Tok::kw_day, IntervalType::kDay},
    {Tok::kw_hour, IntervalType::kHour},
    {Tok::kw_minute, IntervalType::kMinute},
    {Tok::kw_second, IntervalType::kSecond},
    {Tok::kw_microsecond, IntervalType::kMicrosecond},
    {Tok::kw_year_month, IntervalType::kYearMonth},
    {Tok::kw_day_hour, IntervalType::kDayHour},
    {Tok::kw_day_minute, IntervalType::kDayMinute},
    {Tok::kw_day_second, IntervalType::kDaySecond},
    {Tok::kw_hour_minute, IntervalType::kHourMinute},
    {Tok::kw_hour_second, IntervalType::kHourSecond},
    {Tok::kw_minute_second, IntervalType::kMinuteSecond},
    {Tok::kw_day_microsecond, IntervalType::kDayMicrosecond},
    {Tok::kw_hour_microsecond, IntervalType::kHourMicrosecond},
    {Tok::kw_minute_microsecond, IntervalType::kMinuteMicrosecond},
    {Tok::kw_second_microsecond, IntervalType::kSecondMicrosecond},
    {Tok::kw_sql_tsi_year, IntervalType::kYear},
    {Tok::kw_sql_tsi_quarter, IntervalType::kQuarter},
    {Tok::kw_sql_tsi_month, IntervalType::kMonth},
    {Tok::kw_sql_tsi_week, IntervalType::kWeek},
    {Tok::kw_sql_tsi_day, IntervalType::kDay},
    {Tok::kw_sql_tsi_hour, IntervalType::kHour},
    {Tok::kw_sql_tsi_minute, IntervalType::kMinute},
    {Tok::kw_sql_tsi_second, IntervalType::kSecond},
    {Tok::kw_sql_tsi_microsecond, IntervalType::kMicrosecond},
};

}  // namespace

bool Parser::at_interval_unit() const {
  for (const Unit& unit : kUnits) {
    if (at(unit.tok)) return true;
  }
  return false;
}

IntervalType Parser::interval_unit() {
  for (const Unit& unit : kUnits) {
    if (accept(unit.tok)) return unit.unit;
  }
  fail();
}

}  // namespace vif::sql
