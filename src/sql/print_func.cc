#include "sql/keywords.h"
#include "sql/print_core.h"

namespace vif::sql {

bool Printer::func(const Node& any) { return call(any) || cast_call(any) || special_call(any); }

bool Printer::call(const Node& any) {
  switch (any.kind) {
    case Kind::kFuncExpr: {
      const auto& call = to<FuncExpr>(any);
      func_name(call);
      raw('(');
      // get_format(date, 'usa'): a word, not a column.
      const bool format = (style_ == PrintStyle::kMysql || pieces_ != nullptr) &&
                          equal_ci(call.name, "get_format") && call.exprs.size() == 2 &&
                          is<ColName>(call.exprs[0]);
      if (format) {
        raw(as<ColName>(call.exprs[0])->name);
        raw(", ");
        node(call.exprs[1]);
      } else {
        nodes(call.exprs);
      }
      raw(')');
      return true;
    }
    case Kind::kAggrFunc: aggregate(to<AggrFunc>(any)); return true;
    case Kind::kCountStar:
      raw("count(*)");
      over(to<CountStar>(any).over);
      return true;
    case Kind::kGroupConcatExpr: group_concat(to<GroupConcatExpr>(any)); return true;
    case Kind::kWindowFuncExpr: window_function(to<WindowFuncExpr>(any)); return true;
    case Kind::kOverClause: over(&to<OverClause>(any)); return true;
    case Kind::kWindowSpecification:
      window_specification(to<WindowSpecification>(any));
      return true;
    case Kind::kFrameClause: {
      const auto& frame = to<FrameClause>(any);
      raw(' ');
      lit(frame.unit == FrameUnit::kRows    ? "rows"
          : frame.unit == FrameUnit::kRange ? "range"
                                            : "groups");
      if (frame.end != nullptr) lit(" between");
      frame_point(*frame.start);
      if (frame.end != nullptr) {
        lit(" and");
        frame_point(*frame.end);
      }
      if (!frame.exclude.empty()) lit(" exclude ");
      lit(frame.exclude);
      return true;
    }
    case Kind::kFramePoint: frame_point(to<FramePoint>(any)); return true;
    default: return false;
  }
}

bool Printer::cast_call(const Node& any) {
  switch (any.kind) {
    case Kind::kCastExpr: {
      const auto& cast = to<CastExpr>(any);
      lit("cast(");
      node(cast.expr);
      lit(" as ");
      convert_type(*cast.type);
      if (cast.array) raw(" array");
      raw(')');
      return true;
    }
    case Kind::kAtTimeZoneExpr: {
      const auto& zoned = to<AtTimeZoneExpr>(any);
      node(zoned.expr);
      lit(zoned.interval ? " at time zone interval " : " at time zone ");
      node(zoned.zone);
      return true;
    }
    case Kind::kConvertExpr:
      lit("convert(");
      node(to<ConvertExpr>(any).expr);
      raw(", ");
      convert_type(*to<ConvertExpr>(any).type);
      raw(')');
      return true;
    case Kind::kConvertUsingExpr:
      lit("convert(");
      node(to<ConvertUsingExpr>(any).expr);
      lit(" using ");
      raw(to<ConvertUsingExpr>(any).charset);
      raw(')');
      return true;
    case Kind::kConvertType: convert_type(to<ConvertType>(any)); return true;
    case Kind::kCharExpr: {
      const auto& call = to<CharExpr>(any);
      lit("char(");
      nodes(call.exprs);
      if (!call.charset.empty()) {
        lit(" using ");
        raw(call.charset);
      }
      raw(')');
      return true;
    }
    case Kind::kTrimFuncExpr: trim(to<TrimFuncExpr>(any)); return true;
    case Kind::kExtractFuncExpr:
      lit("extract(");
      raw(to_string(to<ExtractFuncExpr>(any).unit));
      lit(" from ");
      node(to<ExtractFuncExpr>(any).expr);
      raw(')');
      return true;
    default: return false;
  }
}

bool Printer::special_call(const Node& any) {
  switch (any.kind) {
    case Kind::kIntervalDateExpr: interval_date(to<IntervalDateExpr>(any)); return true;
    case Kind::kTimestampDiffExpr: {
      const auto& call = to<TimestampDiffExpr>(any);
      lit("timestampdiff(");
      raw(to_string(call.unit));
      raw(", ");
      node(call.expr1);
      raw(", ");
      node(call.expr2);
      raw(')');
      return true;
    }
    case Kind::kWeightStringFuncExpr: {
      const auto& call = to<WeightStringFuncExpr>(any);
      lit("weight_string(");
      node(call.expr);
      if (call.as != nullptr) {
        lit(" as ");
        convert_type(*call.as);
      }
      raw(')');
      return true;
    }
    case Kind::kCurTimeFuncExpr: {
      const auto& call = to<CurTimeFuncExpr>(any);
      raw(call.name);
      raw('(');
      if (call.fsp > 0) number(call.fsp);
      raw(')');
      return true;
    }
    case Kind::kValuesFuncExpr:
      lit("values(");
      node(to<ValuesFuncExpr>(any).name);
      raw(')');
      return true;
    case Kind::kLockingFunc: {
      const auto& call = to<LockingFunc>(any);
      raw(to_string(call.fn));
      raw('(');
      node(call.name);
      if (call.timeout != nullptr) {
        raw(", ");
        node(call.timeout);
      }
      raw(')');
      return true;
    }
    case Kind::kJSONValueExpr: json_value(to<JSONValueExpr>(any)); return true;
    case Kind::kJtOnResponse: {
      const auto& response = to<JtOnResponse>(any);
      switch (response.type) {
        case JtOnResponseType::kError: lit("error"); break;
        case JtOnResponseType::kNull: lit("null"); break;
        case JtOnResponseType::kDefault: lit("default "); node(response.expr);
      }
      return true;
    }
    default: return false;
  }
}

void Printer::func_name(const FuncExpr& call) {
  if (!call.qualifier.empty()) {
    name(call.qualifier);
    raw('.');
  }
  const bool in_quotes = call.name.size() > 2 && call.name.front() == '`' &&
                         is_keyword(find_keyword(call.name.substr(1, call.name.size() - 2)));
  if (in_quotes) return raw(call.name);  // as the parser keeps them
  bool plain = !call.name.empty();
  for (size_t i = 0; i < call.name.size() && plain; ++i) {
    const char c = call.name[i];
    plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
            (i > 0 && c >= '0' && c <= '9');
  }
  if (plain) {
    // Functions that the grammar knows are words of the language, others are names.
    const bool known = style_ == PrintStyle::kUpperQuoted && is_keyword(find_keyword(call.name));
    known ? lit(call.name) : raw(call.name);
  } else {
    append_quoted_name(out_, call.name);
  }
}

void Printer::aggregate(const AggrFunc& call) {
  lit(to_string(call.op));
  raw('(');
  if (call.distinct) lit("distinct ");
  nodes(call.args);
  raw(')');
  over(call.over);
}

void Printer::group_concat(const GroupConcatExpr& call) {
  lit("group_concat(");
  if (call.distinct) lit("distinct ");
  nodes(call.exprs);
  order_by(call.order_by);
  if (!call.separator.empty()) {
    lit(" separator ");
    raw(call.separator);
  }
  limit(call.limit);
  raw(')');
  over(call.over);
}

void Printer::window_function(const WindowFuncExpr& call) {
  lit(to_string(call.fn));
  raw('(');
  nodes(call.args);
  raw(')');
  if (call.from_first_last == FromFirstLast::kFirst) lit(" from first");
  if (call.from_first_last == FromFirstLast::kLast) lit(" from last");
  if (call.null_treatment == NullTreatment::kRespectNulls) lit(" respect nulls");
  if (call.null_treatment == NullTreatment::kIgnoreNulls) lit(" ignore nulls");
  over(call.over);
}

void Printer::over(const OverClause* clause) {
  if (clause == nullptr) return;
  raw(" over");
  if (!clause->window_name.empty()) {
    raw(' ');
    name(clause->window_name);
  }
  if (clause->spec != nullptr) {
    raw(" (");
    window_specification(*clause->spec);
    raw(')');
  }
}

void Printer::window_specification(const WindowSpecification& spec) {
  if (!spec.name.empty()) {
    raw(' ');
    name(spec.name);
  }
  if (!spec.partition_by.empty()) {
    lit(" partition by ");
    nodes(spec.partition_by);
  }
  order_by(spec.order_by);
  if (spec.frame != nullptr) node(spec.frame);
}

void Printer::frame_point(const FramePoint& point) {
  if (point.expr != nullptr) {
    if (point.unit != IntervalType::kNone) {
      lit(" interval ");
      node(point.expr);
      raw(' ');
      raw(to_string(point.unit));
    } else {
      raw(' ');
      node(point.expr);
    }
  }
  static constexpr std::string_view kTypes[] = {" current row", " unbounded preceding",
                                                " unbounded following", " preceding", " following"};
  lit(kTypes[static_cast<size_t>(point.type)]);
}

void Printer::charset(const ColumnCharset& set) {
  if (!set.name.empty()) {
    lit(" character set ");
    raw(set.name);
  }
  if (set.binary) raw(" binary");
}

void Printer::convert_type(const ConvertType& type) {
  raw(type.type);
  if (type.length.has_value()) {
    raw('(');
    number(*type.length);
    if (type.scale.has_value()) {
      raw(", ");
      number(*type.scale);
    }
    raw(')');
  }
  charset(type.charset);
}

void Printer::trim(const TrimFuncExpr& call) {
  static constexpr std::string_view kNames[] = {"trim(", "ltrim(", "rtrim("};
  lit(kNames[static_cast<size_t>(call.fn)]);
  if (call.fn == TrimFuncType::kNormal) {
    static constexpr std::string_view kTypes[] = {"", "both ", "leading ", "trailing "};
    lit(kTypes[static_cast<size_t>(call.type)]);
    if (call.trim_arg != nullptr) {
      node(call.trim_arg);
      raw(' ');
    }
    if (call.type != TrimType::kNone || call.trim_arg != nullptr) lit("from ");
  }
  node(call.string_arg);
  raw(')');
}

void Printer::interval_date(const IntervalDateExpr& call) {
  const auto amount = [&] {
    operand(call.interval, kBitOrPrecedence);
    raw(' ');
    raw(to_string(call.unit));
  };
  switch (call.syntax) {
    case IntervalDateSyntax::kBinaryAdd:
    case IntervalDateSyntax::kBinarySub:
      operand(call.date, kAddPrecedence);
      lit(call.syntax == IntervalDateSyntax::kBinaryAdd ? " + interval " : " - interval ");
      amount();
      return;
    case IntervalDateSyntax::kBinaryAddLeft:
      lit("interval ");
      amount();
      raw(" + ");
      operand(call.date, kBitOrPrecedence);
      return;
    case IntervalDateSyntax::kTimestampadd:
      lit("timestampadd(");
      raw(to_string(call.unit));
      raw(", ");
      node(call.interval);
      raw(", ");
      node(call.date);
      raw(')');
      return;
    default: break;
  }
  static constexpr std::string_view kNames[] = {"date_add(", "date_sub(", "adddate(", "subdate("};
  lit(kNames[static_cast<size_t>(call.syntax)]);
  node(call.date);
  raw(", ");
  if (call.unit == IntervalType::kNone) {
    node(call.interval);
  } else {
    lit("interval ");
    amount();
  }
  raw(')');
}

void Printer::json_value(const JSONValueExpr& call) {
  lit("json_value(");
  node(call.doc);
  raw(", ");
  node(call.path);
  if (call.returning != nullptr) {
    lit(" returning ");
    convert_type(*call.returning);
  }
  if (call.on_empty != nullptr) {
    raw(' ');
    node(call.on_empty);
    lit(" on empty");
  }
  if (call.on_error != nullptr) {
    raw(' ');
    node(call.on_error);
    lit(" on error");
  }
  raw(')');
}

}  // namespace vif::sql
