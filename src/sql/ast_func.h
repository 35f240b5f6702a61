// Function calls: the plain ones (FuncExpr), aggregates, window functions, and those whose
// arguments have a syntax of their own.
#pragma once

#include "sql/ast_expr.h"

namespace vif::sql {

struct Order;
struct Limit;

// name(args). Functions that Vitess's grammar knows by name (substr, json_extract, st_x, ...) carry
// their canonical lower-case name; all others are as the client wrote them: compare with equal_ci.
struct FuncExpr : NodeOf<Kind::kFuncExpr, Expr> {
  std::string_view qualifier;
  std::string_view name;
  List<Expr*> exprs;
  VIF_SQL_FIELDS(qualifier, name, exprs)
};

enum class FrameUnit : uint8_t { kRows, kRange, kGroups };
enum class FramePointType : uint8_t {
  kCurrentRow,
  kUnboundedPreceding,
  kUnboundedFollowing,
  kExprPreceding,
  kExprFollowing,
};
enum class IntervalType : uint8_t {
  kNone,
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMicrosecond,
  kYearMonth,
  kDayHour,
  kDayMinute,
  kDaySecond,
  kHourMinute,
  kHourSecond,
  kMinuteSecond,
  kDayMicrosecond,
  kHourMicrosecond,
  kMinuteMicrosecond,
  kSecondMicrosecond,
};
std::string_view to_string(IntervalType unit);  // "day_hour"

struct FramePoint : NodeOf<Kind::kFramePoint> {
  FramePointType type = FramePointType::kCurrentRow;
  Expr* expr = nullptr;
  IntervalType unit = IntervalType::kNone;
  VIF_SQL_FIELDS(type, expr, unit)
};
struct FrameClause : NodeOf<Kind::kFrameClause> {
  FrameUnit unit = FrameUnit::kRows;
  FramePoint* start = nullptr;
  FramePoint* end = nullptr;  // may be null
  std::string_view exclude;   // "ties", "no others"...; empty when not given
  VIF_SQL_FIELDS(unit, start, end, exclude)
};
struct WindowSpecification : NodeOf<Kind::kWindowSpecification> {
  std::string_view name;
  List<Expr*> partition_by;
  List<Order*> order_by;
  FrameClause* frame = nullptr;
  VIF_SQL_FIELDS(name, partition_by, order_by, frame)
};
// over name, or over (spec)
struct OverClause : NodeOf<Kind::kOverClause> {
  std::string_view window_name;
  WindowSpecification* spec = nullptr;
  VIF_SQL_FIELDS(window_name, spec)
};

enum class AggrOp : uint8_t {
  kCount,
  kMax,
  kMin,
  kSum,
  kAvg,
  kBitAnd,
  kBitOr,
  kBitXor,
  kStd,
  kStdDev,
  kStdPop,
  kStdSamp,
  kVarPop,
  kVarSamp,
  kVariance,
  kJSONArrayAgg,
  kJSONObjectAgg,
  kAnyValue,
};
std::string_view to_string(AggrOp op);  // "count", "stddev_pop"

struct AggrFunc : NodeOf<Kind::kAggrFunc, Expr> {
  AggrOp op = AggrOp::kCount;
  bool distinct = false;
  List<Expr*> args;
  OverClause* over = nullptr;
  VIF_SQL_FIELDS(op, distinct, args, over)
};
struct CountStar : NodeOf<Kind::kCountStar, Expr> {
  OverClause* over = nullptr;
  VIF_SQL_FIELDS(over)
};
struct GroupConcatExpr : NodeOf<Kind::kGroupConcatExpr, Expr> {
  bool distinct = false;
  List<Expr*> exprs;
  List<Order*> order_by;
  std::string_view separator;  // as an SQL literal, quotes included; empty when not given
  Limit* limit = nullptr;
  OverClause* over = nullptr;
  VIF_SQL_FIELDS(distinct, exprs, order_by, separator, limit, over)
};

enum class WindowFunc : uint8_t {
  kCumeDist,
  kDenseRank,
  kPercentRank,
  kRank,
  kRowNumber,
  kFirstValue,
  kLastValue,
  kLag,
  kLead,
  kNtile,
  kNthValue,
};
std::string_view to_string(WindowFunc fn);
enum class NullTreatment : uint8_t { kNone, kRespectNulls, kIgnoreNulls };
enum class FromFirstLast : uint8_t { kNone, kFirst, kLast };

struct WindowFuncExpr : NodeOf<Kind::kWindowFuncExpr, Expr> {
  WindowFunc fn = WindowFunc::kRank;
  List<Expr*> args;
  FromFirstLast from_first_last = FromFirstLast::kNone;
  NullTreatment null_treatment = NullTreatment::kNone;
  OverClause* over = nullptr;
  VIF_SQL_FIELDS(fn, args, from_first_last, null_treatment, over)
};

// A column's character set: `name` empty when not given; `binary` is the attribute after it.
struct ColumnCharset {
  std::string_view name;
  bool binary = false;
  VIF_SQL_FIELDS(name, binary)
};

// The type in a cast: "char", "decimal", "unsigned"...
struct ConvertType : NodeOf<Kind::kConvertType> {
  std::string_view type;
  std::optional<int32_t> length;
  std::optional<int32_t> scale;
  ColumnCharset charset;
  VIF_SQL_FIELDS(type, length, scale, charset)
};
struct CastExpr : NodeOf<Kind::kCastExpr, Expr> {
  Expr* expr = nullptr;
  ConvertType* type = nullptr;
  bool array = false;
  VIF_SQL_FIELDS(expr, type, array)
};
// In a cast: cast(expr at time zone 'utc' as datetime).
struct AtTimeZoneExpr : NodeOf<Kind::kAtTimeZoneExpr, Expr> {
  Expr* expr = nullptr;
  bool interval = false;  // at time zone interval '+01:00'
  Expr* zone = nullptr;
  VIF_SQL_FIELDS(expr, interval, zone)
};
struct ConvertExpr : NodeOf<Kind::kConvertExpr, Expr> {
  Expr* expr = nullptr;
  ConvertType* type = nullptr;
  VIF_SQL_FIELDS(expr, type)
};
struct ConvertUsingExpr : NodeOf<Kind::kConvertUsingExpr, Expr> {
  Expr* expr = nullptr;
  std::string_view charset;
  VIF_SQL_FIELDS(expr, charset)
};
struct CharExpr : NodeOf<Kind::kCharExpr, Expr> {
  List<Expr*> exprs;
  std::string_view charset;
  VIF_SQL_FIELDS(exprs, charset)
};

enum class TrimFuncType : uint8_t { kNormal, kLTrim, kRTrim };
enum class TrimType : uint8_t { kNone, kBoth, kLeading, kTrailing };
struct TrimFuncExpr : NodeOf<Kind::kTrimFuncExpr, Expr> {
  TrimFuncType fn = TrimFuncType::kNormal;
  TrimType type = TrimType::kNone;
  Expr* trim_arg = nullptr;  // may be null
  Expr* string_arg = nullptr;
  VIF_SQL_FIELDS(fn, type, trim_arg, string_arg)
};

struct ExtractFuncExpr : NodeOf<Kind::kExtractFuncExpr, Expr> {
  IntervalType unit = IntervalType::kDay;
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(unit, expr)
};

enum class IntervalDateSyntax : uint8_t {
  kDateAdd,
  kDateSub,
  kAdddate,
  kSubdate,
  kBinaryAdd,      // date + interval n day
  kBinaryAddLeft,  // interval n day + date
  kBinarySub,
  kTimestampadd,
};
struct IntervalDateExpr : NodeOf<Kind::kIntervalDateExpr, Expr> {
  IntervalDateSyntax syntax = IntervalDateSyntax::kDateAdd;
  Expr* date = nullptr;
  Expr* interval = nullptr;
  IntervalType unit = IntervalType::kNone;  // kNone: adddate(d, 3)
  VIF_SQL_FIELDS(syntax, date, interval, unit)
};
struct TimestampDiffExpr : NodeOf<Kind::kTimestampDiffExpr, Expr> {
  IntervalType unit = IntervalType::kDay;
  Expr* expr1 = nullptr;
  Expr* expr2 = nullptr;
  VIF_SQL_FIELDS(unit, expr1, expr2)
};
struct WeightStringFuncExpr : NodeOf<Kind::kWeightStringFuncExpr, Expr> {
  Expr* expr = nullptr;
  ConvertType* as = nullptr;
  VIF_SQL_FIELDS(expr, as)
};
// now(3), curtime(): a clock function; `name` lower case.
struct CurTimeFuncExpr : NodeOf<Kind::kCurTimeFuncExpr, Expr> {
  std::string_view name;
  int32_t fsp = 0;
  VIF_SQL_FIELDS(name, fsp)
};
struct ValuesFuncExpr : NodeOf<Kind::kValuesFuncExpr, Expr> {
  ColName* name = nullptr;
  VIF_SQL_FIELDS(name)
};

enum class LockingFuncType : uint8_t {
  kGetLock,
  kIsFreeLock,
  kIsUsedLock,
  kReleaseAllLocks,
  kReleaseLock,
};
std::string_view to_string(LockingFuncType fn);
struct LockingFunc : NodeOf<Kind::kLockingFunc, Expr> {
  LockingFuncType fn = LockingFuncType::kGetLock;
  Expr* name = nullptr;     // null for release_all_locks
  Expr* timeout = nullptr;  // only get_lock's
  VIF_SQL_FIELDS(fn, name, timeout)
};

enum class JtOnResponseType : uint8_t { kError, kNull, kDefault };
struct JtOnResponse : NodeOf<Kind::kJtOnResponse> {
  JtOnResponseType type = JtOnResponseType::kNull;
  Expr* expr = nullptr;
  VIF_SQL_FIELDS(type, expr)
};
struct JSONValueExpr : NodeOf<Kind::kJSONValueExpr, Expr> {
  Expr* doc = nullptr;
  Expr* path = nullptr;
  ConvertType* returning = nullptr;
  JtOnResponse* on_empty = nullptr;
  JtOnResponse* on_error = nullptr;
  VIF_SQL_FIELDS(doc, path, returning, on_empty, on_error)
};

}  // namespace vif::sql
