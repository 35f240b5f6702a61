// The compiled form of an expression: a tree of these, one virtual call a node.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "eval/datum.h"
#include "eval/program.h"
#include "eval/quick.h"

namespace vif::eval {

// What a node may look at.
struct Context {
  std::span<const types::Value> row;
  const Env& env;

  void warn(int code, std::string message) const {
    if (env.warnings && env.warnings->size() < Env::kWarningsMax)
      env.warnings->push_back({code, std::move(message)});
  }
  // Of a constant that is converted once for the statement: whether it has not been yet.
  bool first_time(const void* constant) const;
};

// As their namesakes in datum.h, with the server's warning when the value is not wholly what is
// asked for.
Datum to_number(const Datum& d, const Context& context);
double to_double(const Datum& d, const Context& context);
Decimal to_decimal(const Datum& d, const Context& context);
int64_t to_int(const Datum& d, const Context& context);
// The last half second of the last year has no whole second.
void warn_rounded_over(const Datum& datetime, const Context& context);
bool to_bool(const Datum& d, const Context& context);
// As AND and IS see it: of JSON, whether it is not the number 0, so an empty array is true.
bool truth(const Datum& d, const Context& context);
class Node;
// An operand of AND and its like: NULL, false or true. A constant that is no number is read once.
// `as_double`: a column's text, which is a decimal to MariaDB elsewhere.
std::optional<bool> condition(const Node& operand, Context& context, bool as_double = false);
// To MySQL's operators and functions of numbers: a decimal that IF or CASE chose has all the
// decimals of their type. `node`: what gave it.
Datum operand(Datum d, const Node& node, Context& context);
// What the server says of it before there are rows.
void warn_before_condition(const Node& operand, Context& context);
// What a context takes for a date: with zero months and days or not; what its warnings call it; and
// whether a number may name a day that its month has not, as some functions of MySQL do.
struct DateRule {
  bool zeros = false;
  bool date_only = false;
  bool any_day = false;
  // As CAST does: numbers by rules of its own, a day's fraction without a word; zeros as the
  // sql_mode says.
  bool cast = false;
};
// Whether a cast keeps a date without a month or a day: as the session's sql_mode says.
bool takes_zeros(const Context& context);
// A TIME is on the current day.
std::optional<types::ParsedTemporal> to_datetime(const Datum& d, const Context& context,
                                                 DateRule rule = {});
std::optional<types::ParsedTemporal> to_time(const Datum& d, const Context& context);
// MySQL's longest time has no fraction of a second.
void cut_longest_time(types::ParsedTemporal& time);
// Texts beside numbers warn; a TIME beside a date is on the current day.
int compare_datums(const Datum& a, const Datum& b, const Context& context);
// A time and what is read as one. What is none is 00:00:00, or else equals nothing.
bool equal_times(const Datum& a, const Datum& b, const Context& context, bool none_is_zero = true);
void warn_division_by_zero(const Context& context);
// Of a text that is no date, or not wholly one, beside what has that name. `date_only`: it is
// called a date.
void warn_unless_date(const Datum& text, bool date_only, const std::optional<std::string>& name,
                      const Context& context);
// Of a number of a day with a fraction, which is no time of that day.
void warn_day_fraction(const Datum& number, const types::ParsedTemporal& parsed,
                       const Context& context);
// Of a delimiter in the text that has no future.
void warn_deprecated(const Datum& text, const types::ParsedTemporal& parsed,
                     const Context& context);
// As messages show it: their charset has no characters of four bytes, and bytes that are no text
// are in hexadecimal.
std::string shown_in_message(const Datum& value);
// The statement's clock in the session's time zone.
Temporal local_now(const Context& context);
bool has_sql_mode(const Context& context, std::string_view mode);
class Node {
 public:
  virtual ~Node() = default;
  // As evaluate(), without allocating; kNone wherever evaluate() would warn, throw or need more.
  virtual Quick quick(Context&) const { return {}; }
  // What a condition asks: as quick(), in registers.
  enum class Truth : int8_t { kNone, kNull, kFalse, kTrue };
  virtual Truth quick_truth(Context& context) const {
    const Quick q = quick(context);
    if (q.kind == Quick::Kind::kNull) return Truth::kNull;
    return q.is_number() ? truth_of(q.is_true()) : Truth::kNone;
  }
  static Truth truth_of(bool is_true) { return is_true ? Truth::kTrue : Truth::kFalse; }
  // The signed integer of a column; false for everything else.
  virtual bool quick_int(const Context&, int64_t&) const { return false; }
  // False when quick() never answers.
  virtual bool has_quick() const { return false; }
  // A column, a literal: its value has a type of its own, not what quick() makes of it.
  virtual bool is_leaf() const { return false; }
  // Throws SqlError.
  virtual Datum evaluate(Context& context) const = 0;
  // As what it is compared: MariaDB's casts to dates are zero there where evaluate() has NULL.
  virtual Datum evaluate_compared(Context& context) const { return evaluate(context); }
  virtual StaticType type(Context& context) const = 0;
  // Whether it is NULL, as IS NULL asks, with what that warns of: not all is evaluated for it.
  virtual bool ask_null(Context& context) const { return evaluate(context).is_null(); }
  // What the server evaluates before there are rows, for its warnings: they are `context`'s.
  // Throws SqlError.
  virtual void resolve(Context&) const {}
  // What the statement has in this place, where another node took it.
  virtual const Node& as_written() const { return *this; }
  // One for all the rows, though not known when the expression is compiled.
  virtual bool is_bind_variable() const { return false; }
  // IF or CASE, which give what they chose: it has its own decimals, but to arithmetic it has those
  // of the type.
  virtual bool is_choice() const { return false; }
  // Needs nothing of the context.
  virtual bool is_constant() const = 0;
  // How many columns: more than 1 for row values.
  virtual size_t width() const { return 1; }
  // The columns of a row value.
  virtual const std::vector<std::unique_ptr<const Node>>* columns() const { return nullptr; }
};
using NodePtr = std::unique_ptr<const Node>;

// Of a row: its constants, up to the first column that is none, are asked whether they are NULL.
inline void ask_columns(std::span<const NodePtr> columns, Context& context) {
  for (const NodePtr& column : columns) {
    if (!column->is_constant()) return;
    if (column->columns())
      ask_columns(*column->columns(), context);
    else
      (void)column->ask_null(context);
  }
}

// As the server shows it that is stood for.
inline Datum shown_by_server(Datum d, const Context& context) {
  if (d.form == Form::kFloat && d.scale >= 0 && context.env.mariadb)
    d.scale = kShownByMariadb - d.scale;
  return d;
}

// A node of `args`, constant when they all are.
class Operation : public Node {
 public:
  explicit Operation(std::vector<NodePtr> args) : args_(std::move(args)) {}
  bool is_constant() const override {
    for (const NodePtr& arg : args_) {
      if (!arg->is_constant()) return false;
    }
    return true;
  }
  void resolve(Context& context) const override {
    for (const NodePtr& arg : args_) arg->resolve(context);
  }

 protected:
  const std::vector<NodePtr>& args() const { return args_; }
  Datum arg(size_t i, Context& context) const {
    return shown_by_server(args_[i]->evaluate(context), context);
  }
  Datum compared_arg(size_t i, Context& context) const {
    return shown_by_server(args_[i]->evaluate_compared(context), context);
  }

 private:
  std::vector<NodePtr> args_;
};

// Of an always known result.
inline StaticType static_type(Type type, uint32_t collation = kBinaryCollation, int scale = 0) {
  StaticType out;
  out.type = type;
  out.collation = collation;
  out.scale = scale;
  return out;
}

// The type that CASE, IF, COALESCE and the like give to values of both types.
StaticType aggregated_type(const StaticType& a, const StaticType& b);
// What IF or CASE chose, as the type of all its choices.
Datum chosen(Datum d, const StaticType& type, const Context& context);
// An integer of the statement, `q`, whatever it is chosen beside among others.
bool is_written_integer(const Node& node, Quick& q, Context& context);
// The value as that type: 1 as DECIMAL(…,2) is 1 with two decimals shown, 1 as VARCHAR is '1'.
Datum converted(Datum d, const StaticType& type);

struct Operator {
  enum class Arithmetic : uint8_t { kAdd, kSubtract, kMultiply, kDivide, kIntegerDivide, kModulo };
  enum class Bits : uint8_t { kAnd, kOr, kXor, kShiftLeft, kShiftRight };
  enum class Logic : uint8_t { kAnd, kOr, kXor };
  enum class Comparison : uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kNullSafeEqual
  };
};

NodePtr make_arithmetic(Operator::Arithmetic op, NodePtr left, NodePtr right);
// `compared`: it is a comparison, whose constants are converted once.
NodePtr make_negation(NodePtr arg, bool compared = false);
NodePtr make_bits(Operator::Bits op, NodePtr left, NodePtr right);
NodePtr make_bit_not(NodePtr arg);
NodePtr make_logic(Operator::Logic op, NodePtr left, NodePtr right);
NodePtr make_not(NodePtr arg);
// Throws SqlError errno 1241 when row values of different shapes meet.
void check_widths(const Node& left, const Node& right);
// A text or bytes, by its type.
bool is_string(const Node& node);
NodePtr make_comparison(Operator::Comparison op, NodePtr left, NodePtr right);
// `negated`: NOT is the caller's to put around it.
NodePtr make_between(NodePtr value, NodePtr low, NodePtr high, bool negated = false);
// Whether two bounds are constants that are the same: what lies between them is equal to one.
bool are_same(const Node& value, const Node& low, const Node& high);
NodePtr make_in(NodePtr left, std::vector<NodePtr> list, bool negated);
// `x in ::list`
NodePtr make_in_list(NodePtr left, std::string list, bool negated);
NodePtr make_like(NodePtr text, NodePtr pattern, NodePtr escape, bool negated);

struct CaseBranch {
  NodePtr condition;  // of a simple CASE: what the operand is compared with
  NodePtr value;
};
// `operand` and `otherwise` may be null.
NodePtr make_case(NodePtr operand, std::vector<CaseBranch> branches, NodePtr otherwise);

enum class CastKind : uint8_t {
  kSigned,
  kUnsigned,
  kChar,
  kBinary,
  kDecimal,
  kDouble,
  kFloat,
  kDate,
  kDatetime,
  kTime,
  kYear,
  kJson
};
struct CastTarget {
  CastKind kind = CastKind::kChar;
  std::optional<int> length;
  std::optional<int> scale;
  uint32_t collation = 255;
  std::string name;       // of the column that it is, for messages
  bool converts = false;  // CONVERT(... USING binary)
};
// Without a length, but for digits behind the point.
StaticType cast_type(const CastTarget& target);
NodePtr make_cast(NodePtr arg, const CastTarget& target);

// What JSON_VALUE gives for nothing, or for an error.
enum class JsonFallback : uint8_t { kNull, kError, kDefault };
// `args`: document, path, the default for nothing if there is one, the default for an error if
// there is one.
NodePtr make_json_value(std::vector<NodePtr> args, const CastTarget& target, JsonFallback empty,
                        JsonFallback error);

// `source`: the expression as messages show it.
NodePtr make_date_interval(NodePtr date, NodePtr interval, int unit, bool subtract,
                           std::string source);
NodePtr make_extract(int unit, NodePtr date);
NodePtr make_timestamp_diff(int unit, NodePtr from, NodePtr to);

// How a call is read, before its arguments are: throws SqlError errno 1582. `written`: the name as
// it stands there. A function that is none here is not looked at.
void check_argument_count(std::string_view name, std::string_view written, size_t count);
// The function of that name, or null when it is not known here. Throws SqlError errno 1582 for a
// wrong number of arguments. `collation` is the connection's; `source`
// the first argument as messages show it, `names` all of them as they were written, where known.
NodePtr make_function(std::string_view name, std::vector<NodePtr> args, uint32_t collation,
                      std::string source = {}, std::vector<std::string> names = {});

}  // namespace vif::eval
