#include "eval/constants.h"

#include "eval/charsets.h"
#include "types/float_text.h"

namespace vif::eval {
namespace {

bool is_string(const StaticType& t) {
  return types::is_text(t.type) || types::is_binary(t.type) || t.type == Type::kEnum ||
         t.type == Type::kSet || t.type == Type::kHexNum || t.type == Type::kHexVal ||
         t.type == Type::kBitNum;
}

}  // namespace

bool is_string(const Node& node) { return is_string(type_before_rows(node)); }

StaticType type_before_rows(const Node& node) {
  const Env env;
  Context context{{}, env};
  try {
    return node.type(context);
  } catch (const SqlError&) {
    return {};
  }
}

std::optional<Datum> constant_before_rows(const Node& node) {
  if (!node.is_constant()) return std::nullopt;
  const Env env;
  Context context{{}, env};
  try {
    return node.evaluate(context);
  } catch (const SqlError&) {
    return std::nullopt;
  }
}

void check_collation_fits(const Node& text, uint32_t collation) {
  const StaticType type = type_before_rows(text);
  const bool bytes = types::is_binary(type.type) || type.type == Type::kBit;
  const bool member = type.type == Type::kEnum || type.type == Type::kSet;
  if (!bytes && ((!types::is_text(type.type) && !member) || type.collation == 0)) return;
  check_collation(bytes ? Datum::of_bytes("") : Datum::of_text("", type.collation), collation, 0);
}

namespace {

// A constant beside a column of times or numbers: the server stores it in such a column first.
class StoredConstantNode final : public Operation {
 public:
  StoredConstantNode(std::vector<NodePtr> args, Type type)
      : Operation(std::move(args)), type_(type) {}
  Datum evaluate(Context& context) const override {
    Datum d = arg(0, context);
    if (d.is_null() || d.is_temporal()) return d;
    if (d.form == Form::kJson) return of_json(d, context);
    if (type_ == Type::kDecimal) return Datum::of_float(types::parse_double_prefix(d.bytes));
    if (types::is_integral(type_)) return Datum::of_float(to_double(d));
    const std::optional<types::ParsedTemporal> stored =
        d.is_textual() ? types::parse_time(d.bytes) : std::nullopt;
    const bool time = stored && stored->complete;
    return time ? Datum::of_time(stored->value, stored->precision) : d;
  }
  // As both compare a number as applications write it.
  Quick quick(Context& context) const override {
    const Quick q = args()[0]->quick(context);
    return q.reads_as == Quick::ReadsAs::kNumber ? q : Quick();
  }
  bool has_quick() const override { return args()[0]->has_quick(); }
  bool is_leaf() const override { return args()[0]->is_leaf(); }
  const Node& as_written() const override { return args()[0]->as_written(); }
  StaticType type(Context& context) const override {
    const StaticType own = args()[0]->type(context);
    if (own.type == Type::kJson) return static_type(type_);
    if (type_ != Type::kDecimal) return own;
    StaticType out = static_type(Type::kFloat64);
    out.nullable = own.nullable;
    return out;
  }

 private:
  // A time, midnight for what is none; or a year.
  Datum of_json(const Datum& d, const Context& context) const {
    if (type_ == Type::kYear) {
      constexpr int64_t kTwoDigits = 100;
      int64_t year = to_int(d, context);
      if (year > 0 && year < kTwoDigits) year += year < 70 ? 2000 : 1900;
      constexpr int64_t kFirst = 1901;
      constexpr int64_t kLast = 2155;
      if (year < kFirst || year > kLast) return d;
      Datum out = Datum::of_int(year);
      out.type = Type::kYear;
      return out;
    }
    const std::optional<types::ParsedTemporal> time = to_time(d, context);
    return Datum::of_time(time ? time->value : Temporal(), 0);
  }

  Type type_;
};

// NOW() and its like: from the clock of the environment, in its time zone.
class ClockNode final : public Node {
 public:
  ClockNode(Form form, int precision, bool utc) : form_(form), precision_(precision), utc_(utc) {}
  Datum evaluate(Context& context) const override {
    Temporal t = utc_ ? types::from_unix_microseconds(context.env.now_us) : local_now(context);
    int unit = 1;
    for (int i = precision_; i < 6; ++i) unit *= 10;
    t.microsecond -= t.microsecond % unit;
    if (form_ == Form::kDate) return Datum::of_date(t);
    if (form_ == Form::kDatetime) return Datum::of_datetime(t, precision_);
    t.year = t.month = t.day = 0;
    return Datum::of_time(t, precision_);
  }
  StaticType type(Context& context) const override {
    const Type type = form_ == Form::kDate   ? Type::kDate
                      : form_ == Form::kTime ? Type::kTime
                                             : Type::kDatetime;
    StaticType out = static_type(type, kBinaryCollation, precision_);
    out.nullable = false;
    constexpr int kClockLength = 8;  // of a time of this day; other times take more
    if (form_ == Form::kTime && !context.env.mariadb)
      out.size = kClockLength + (precision_ > 0 ? precision_ + 1 : 0);
    return out;
  }
  bool is_constant() const override { return false; }

 private:
  Form form_;
  int precision_;
  bool utc_;
};

}  // namespace

NodePtr make_clock(Form form, int precision, bool utc) {
  return std::make_unique<ClockNode>(form, precision, utc);
}

NodePtr make_stored_constant(NodePtr constant, Type type) {
  std::vector<NodePtr> args;
  args.push_back(std::move(constant));
  return std::make_unique<StoredConstantNode>(std::move(args), type);
}

void store_document(const Node& column, NodePtr& document) {
  const Env env;
  Context context{{}, env};
  if (!document->is_constant() || document->width() != 1 || column.width() != 1) return;
  if (!column.is_leaf() || column.is_constant()) return;
  try {
    const Type type = column.type(context).type;
    if (document->type(context).type != Type::kJson) return;
    if (type == Type::kTime || type == Type::kYear)
      document = make_stored_constant(std::move(document), type);
  } catch (const SqlError&) {
    return;  // bind variables; and an error of the constant's own comes when it is evaluated
  }
}

}  // namespace vif::eval
