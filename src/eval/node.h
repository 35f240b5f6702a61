// The compiled form of an expression: a tree of these, one virtual call a node.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "eval/datum.h"
#include "eval/program.h"

namespace vif::eval {

// What a node may look at.
struct Context {
  std::span<const types::Value> row;
  const Env& env;

  void warn(int code, std::string message) const {
    if (env.warnings && env.warnings->size() < Env::kWarningsMax) env.warnings->push_back({code, std::move(message)});
  }
};

// As their namesakes in datum.h, with the server's warning when the value is not wholly what is asked for.
Datum to_number(const Datum& d, const Context& context);
double to_double(const Datum& d, const Context& context);
Decimal to_decimal(const Datum& d, const Context& context);
int64_t to_int(const Datum& d, const Context& context);
bool to_bool(const Datum& d, const Context& context);
// What a context takes for a date: with zero months and days or not; and what its warnings call it.
struct DateRule {
  bool zeros = false;
  bool date_only = false;
};
// A TIME is on the current day.
std::optional<types::ParsedTemporal> to_datetime(const Datum& d, const Context& context, DateRule rule = {});
std::optional<types::ParsedTemporal> to_time(const Datum& d, const Context& context);
// Texts beside numbers warn; a TIME beside a date is on the current day.
int compare_datums(const Datum& a, const Datum& b, const Context& context);
void warn_division_by_zero(const Context& context);
// The statement's clock in the session's time zone.
Temporal local_now(const Context& context);
bool has_sql_mode(const Context& context, std::string_view mode);

class Node {
 public:
  virtual ~Node() = default;
  // Throws SqlError.
  virtual Datum evaluate(Context& context) const = 0;
  virtual StaticType type(Context& context) const = 0;
  // Needs nothing of the context.
  virtual bool is_constant() const = 0;
  // How many columns: more than 1 for row values.
  virtual size_t width() const { return 1; }
  // The columns of a row value.
  virtual const std::vector<std::unique_ptr<const Node>>* columns() const { return nullptr; }
};
using NodePtr = std::unique_ptr<const Node>;

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

 protected:
  const std::vector<NodePtr>& args() const { return args_; }
  Datum arg(size_t i, Context& context) const { return args_[i]->evaluate(context); }

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
// The value as that type: 1 as DECIMAL(…,2) is 1 with two decimals shown, 1 as VARCHAR is '1'.
Datum converted(Datum d, const StaticType& type);

struct Operator {
  enum class Arithmetic : uint8_t { kAdd, kSubtract, kMultiply, kDivide, kIntegerDivide, kModulo };
  enum class Bits : uint8_t { kAnd, kOr, kXor, kShiftLeft, kShiftRight };
  enum class Logic : uint8_t { kAnd, kOr, kXor };
  enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kNullSafeEqual };
};

NodePtr make_arithmetic(Operator::Arithmetic op, NodePtr left, NodePtr right);
NodePtr make_negation(NodePtr arg);
NodePtr make_bits(Operator::Bits op, NodePtr left, NodePtr right);
NodePtr make_bit_not(NodePtr arg);
NodePtr make_logic(Operator::Logic op, NodePtr left, NodePtr right);
NodePtr make_not(NodePtr arg);
// Throws SqlError errno 1241 when row values of different shapes meet.
void check_widths(const Node& left, const Node& right);
NodePtr make_comparison(Operator::Comparison op, NodePtr left, NodePtr right);
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

enum class CastKind : uint8_t { kSigned, kUnsigned, kChar, kBinary, kDecimal, kDouble, kFloat, kDate, kDatetime, kTime, kYear, kJson };
struct CastTarget {
  CastKind kind = CastKind::kChar;
  std::optional<int> length;
  std::optional<int> scale;
  uint32_t collation = 255;
};
NodePtr make_cast(NodePtr arg, const CastTarget& target);

// What JSON_VALUE gives for nothing, or for an error.
enum class JsonFallback : uint8_t { kNull, kError, kDefault };
// `args`: document, path, the default for nothing if there is one, the default for an error if there is one.
NodePtr make_json_value(std::vector<NodePtr> args, const CastTarget& target, JsonFallback empty, JsonFallback error);

NodePtr make_date_interval(NodePtr date, NodePtr interval, int unit, bool subtract);
NodePtr make_extract(int unit, NodePtr date);
NodePtr make_timestamp_diff(int unit, NodePtr from, NodePtr to);

// The function of that name, or null when it is not known here. Throws SqlError errno 1582 for a wrong number of
// arguments. `collation` is the connection's.
NodePtr make_function(std::string_view name, std::vector<NodePtr> args, uint32_t collation);

}  // namespace vif::eval
