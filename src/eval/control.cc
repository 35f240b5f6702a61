// CASE, and what it shares with IF, COALESCE and their like: one type for several values.
#include <algorithm>

#include "eval/charsets.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/node.h"
#include "eval/shared_collation.h"
#include "eval/static_type.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

bool is_temporal(Type t) {
  return t == Type::kDate || t == Type::kDatetime || t == Type::kTimestamp || t == Type::kTime;
}

Datum to_integer(const Datum& d, bool is_unsigned) {
  if (d.form == Form::kUint && !is_unsigned && d.u <= INT64_MAX) return Datum::of_int(d.i);
  if (d.form == Form::kUint || d.form == Form::kInt) return d;
  return is_unsigned ? Datum::of_uint(static_cast<uint64_t>(to_int(d))) : Datum::of_int(to_int(d));
}

class CaseNode final : public Operation {
 public:
  // args: condition, value, condition, value, ..., then the value otherwise; a simple CASE's
  // operand first.
  CaseNode(std::vector<NodePtr> args, bool has_operand, bool has_otherwise)
      : Operation(std::move(args)), first_(has_operand ? 1 : 0), has_otherwise_(has_otherwise) {
    for (size_t i = 0; !has_operand && i + 1 < this->args().size(); i += 2)
      quick_conditions_.push_back(this->args()[i]->has_quick());
    if (!has_operand) return;
    std::vector<const Node*> compared = {this->args()[0].get()};
    for (size_t i = 1; i + 1 < this->args().size(); i += 2)
      compared.push_back(this->args()[i].get());
    texts_ = SharedCollation(compared, false);
  }
  // Of integers that stand in the statement, chosen by conditions.
  Quick quick(Context& context) const override {
    for (size_t i = 0; i + 1 < args().size(); i += 2) {
      const Truth t = args()[i]->quick_truth(context);
      if (t == Truth::kNone) return {};
      if (t == Truth::kTrue) return args()[i + 1]->quick(context);
    }
    return args().back()->quick(context);
  }
  bool has_quick() const override {
    const Env env;
    Context context{{}, env};
    Quick q;
    const auto is_integer = [&](const Node& n) { return is_written_integer(n, q, context); };
    if (first_ != 0 || (has_otherwise_ && !is_integer(*args().back()))) return false;
    for (size_t i = 0; i + 1 < args().size(); i += 2) {
      if (!args()[i]->has_quick() || !is_integer(*args()[i + 1])) return false;
    }
    return true;
  }

  Datum evaluate(Context& context) const override {
    const size_t at = chosen_place(context);
    return as_common(arg(at, context), context);
  }
  // A cast to a date is zero where it has NULL otherwise.
  Datum evaluate_compared(Context& context) const override {
    const size_t at = chosen_place(context);
    const bool dated = context.env.mariadb && is_temporal(type(context).type);
    return as_common(dated ? compared_arg(at, context) : arg(at, context), context);
  }

 private:
  size_t chosen_place(Context& context) const {
    // A bare NULL is not looked at, nor is the operand beside it.
    const auto is_bare_null = [&](size_t at) {
      const Node& written = args()[at]->as_written();
      return written.is_leaf() && written.is_constant() && written.evaluate(context).is_null();
    };
    std::optional<Datum> operand;
    std::optional<MariadbOperand> converted;
    const bool as_bytes = first_ && context.env.mariadb && compares_bytes(context);
    size_t i = first_;
    const bool warns = first_ && !context.env.mariadb && context.env.warnings;
    if (warns) i = matching(is_bare_null, context);
    for (; !warns && i + 1 < args().size(); i += 2) {
      if (is_bare_null(i)) continue;
      if (!first_ && quick_conditions_[i / 2]) {
        const Truth t = args()[i]->quick_truth(context);
        if (t == Truth::kTrue) break;
        if (t != Truth::kNone) continue;
      }
      if (first_ && !operand) {
        operand = compared_arg(0, context);
        if (context.env.mariadb && !operand->is_null())
          converted.emplace(*args()[0], *operand, args()[0]->type(context));
        if (as_bytes) as_mariadb_bytes(*operand);
        if (context.env.mariadb) texts_.settle(*operand);
      }
      Datum condition = first_ ? compared_arg(i, context) : arg(i, context);
      if (converted) {
        if (std::optional<bool> same =
                converted->equals(condition, args()[i]->type(context), context)) {
          if (*same) break;
          continue;
        }
      }
      if (condition.is_null() || (first_ && operand->is_null())) {
        if (first_ && !operand->is_null()) check_operand(i, *operand, context);
        continue;
      }
      if (first_ && as_bytes) as_mariadb_bytes(condition);
      if (context.env.mariadb) texts_.settle(condition);
      // A column's text is a double here.
      const bool text = !first_ && context.env.mariadb && condition.is_textual();
      if (first_ ? equals(*operand, condition, context)
          : text ? to_double(condition, context) != 0
                 : to_bool(condition, context))
        break;
    }
    return i + 1 < args().size() ? i + 1 : args().size() - 1;
  }
  Datum as_common(Datum value, Context& context) const {
    const StaticType common = type(context);
    Datum out = eval::chosen(std::move(value), common, context);
    if (context.env.mariadb && out.form == Form::kDecimal)
      out.scale = std::max(out.scale, common.scale);
    if (context.env.mariadb && out.form == Form::kTime && common.type == Type::kTime)
      out.precision = static_cast<uint8_t>(common.scale);
    return out;
  }

 public:
  bool is_choice() const override { return true; }
  // It is asked for a text.
  bool ask_null(Context& context) const override {
    const Datum d = evaluate(context);
    if (!context.env.mariadb) check_chosen(d);
    return d.is_null();
  }
  StaticType type(Context& context) const override {
    std::vector<StaticType> types;
    std::vector<const Node*> nodes;
    for (size_t i = first_; i + 1 < args().size(); i += 2) nodes.push_back(args()[i + 1].get());
    if (!context.env.mariadb || has_otherwise_) nodes.push_back(args().back().get());
    types.reserve(nodes.size());
    for (const Node* node : nodes) types.push_back(node->type(context));
    if (!context.env.mariadb) return common_type(std::move(types), nodes, context);
    StaticType out = mariadb_common_type(types);
    out.nullable = out.nullable || !has_otherwise_ || either_nullable(args(), context);
    return out;
  }

 private:
  // Beside a text that is NULL the operand must be one nevertheless.
  void check_operand(size_t condition, const Datum& operand, Context& context) const {
    if (!context.env.mariadb && kind_of(args()[condition]->type(context).type) == Kind::kString)
      texts_.check(operand);
  }
  // The condition that the operand is the same as, with what the server warns of till there.
  template <typename IsBareNull>
  size_t matching(IsBareNull is_bare_null, Context& context) const {
    Env quiet_env = context.env;
    quiet_env.warnings = nullptr;
    Context quiet{context.row, quiet_env};
    std::vector<const Node*> conditions;
    for (size_t i = first_; i + 1 < args().size() && context.env.warnings; i += 2)
      conditions.push_back(args()[i].get());
    CaseWarnings warnings(*args()[0], conditions, context);
    size_t i = first_;
    for (std::optional<Datum> operand; i + 1 < args().size(); i += 2) {
      if (is_bare_null(i)) continue;
      if (!operand) operand = compared_arg(0, quiet);
      if (!warnings.beside((i - first_) / 2) || operand->is_null()) return args().size();
      const Datum condition = compared_arg(i, quiet);
      if (condition.is_null()) check_operand(i, *operand, quiet);
      if (!condition.is_null() && equals(*operand, condition, quiet)) break;
    }
    return i;
  }

  // Of all that is compared.
  bool compares_bytes(Context& context) const {
    const StaticType own = args()[0]->type(context);
    bool bytes = own.collation == kBinaryCollation;
    bool texts = !bytes;
    if (!is_string(*args()[0])) return false;
    std::vector<StaticType> strings = {own};
    for (size_t i = first_; i + 1 < args().size(); i += 2) {
      if (!is_string(*args()[i])) continue;
      strings.push_back(args()[i]->type(context));
      (strings.back().collation == kBinaryCollation ? bytes : texts) = true;
    }
    return bytes && texts && merged_text(strings, kUtf8mb4Collation).collation == kBinaryCollation;
  }
  bool equals(const Datum& operand, const Datum& condition, const Context& context) const {
    if (context.env.mariadb) return compare_datums(operand, condition, context) == 0;
    // Integers are the same 64 bits, with a sign or without.
    const auto integer = [](const Datum& d) {
      return d.form == Form::kInt || d.form == Form::kUint;
    };
    if (integer(operand) && integer(condition)) return operand.i == condition.i;
    if (std::optional<bool> same = texts_.equal(operand, condition, context)) return *same;
    // Beside a text dates and times are texts, as they are shown.
    if (operand.is_textual() && operand.type != Type::kBit && condition.is_temporal()) {
      const Datum shown =
          Datum::of_text(to_text(condition), operand.collation, operand.coercibility);
      return compare_datums(
                 operand, operand.form == Form::kText ? shown : Datum::of_bytes(shown.bytes)) == 0;
    }
    // Unlike the operators, CASE reads text beside a time as a time.
    const bool timed = operand.form == Form::kTime && condition.is_textual();
    const bool dated = operand.form == Form::kTime && condition.form == Form::kDatetime;
    if ((timed || dated) && !context.env.mariadb) {
      Env quiet_env = context.env;
      quiet_env.warnings = nullptr;
      return equal_times(operand, condition, {context.row, quiet_env}, false);
    }
    return compare_datums(operand, condition, context) == 0;
  }

  size_t first_;
  bool has_otherwise_;
  std::vector<bool> quick_conditions_;  // without an operand: of each, whether it may be had so
  SharedCollation texts_;
};

class NullNode final : public Node {
 public:
  Datum evaluate(Context&) const override { return {}; }
  Quick quick(Context&) const override { return Quick::null(); }
  bool has_quick() const override { return true; }
  StaticType type(Context&) const override { return {}; }
  bool is_constant() const override { return true; }
};

// Integers of several widths: the widest, and one wider when an unsigned one is as wide as that.
StaticType common_integer(const StaticType& a, const StaticType& b) {
  constexpr Type kSigned[] = {Type::kInt8, Type::kInt16, Type::kInt24, Type::kInt32, Type::kInt64};
  constexpr Type kUnsigned[] = {Type::kUint8, Type::kUint16, Type::kUint24, Type::kUint32,
                                Type::kUint64};
  if (a.type == b.type) return a;
  const auto rank = [&](Type t) {
    if (t == Type::kYear) return 1;
    for (int i = 0; i < 5; ++i) {
      if (kSigned[i] == t || kUnsigned[i] == t) return i;
    }
    return 4;
  };
  const auto is_unsigned = [](Type t) { return types::is_unsigned(t); };
  const int x = rank(a.type);
  const int y = rank(b.type);
  const int widest = std::max(x, y);
  StaticType out = a;
  if (is_unsigned(a.type) && is_unsigned(b.type)) {
    out.type = kUnsigned[widest];
    return out;
  }
  // A YEAR is as wide as a SMALLINT and fits in one.
  const auto reaches = [&](Type t, int own_rank) {
    return is_unsigned(t) && t != Type::kYear && own_rank == widest;
  };
  const bool wider = reaches(a.type, x) || reaches(b.type, y);
  const bool mixed = is_unsigned(a.type) != is_unsigned(b.type);
  out.type = !mixed || !wider ? kSigned[widest] : widest < 4 ? kSigned[widest + 1] : Type::kDecimal;
  return out;
}

// Texts, or something of which only a text can be made together with the other.
StaticType common_text(const StaticType& a, const StaticType& b) {
  const StaticType both[] = {a, b};
  StaticType out = merged_text(both, 255);
  const auto is_long = [](Type t) {
    return t == Type::kBlob || t == Type::kText || t == Type::kJson;
  };
  if (is_long(a.type) || is_long(b.type)) {
    out.type = out.type == Type::kVarbinary ? Type::kBlob : Type::kText;
  } else {
    // A CHAR stays one beside what is no text, and a BINARY.
    const auto padded = [](Type t) { return t == Type::kChar || t == Type::kBinary; };
    const auto plain = [&](Type t) {
      return padded(t) || types::is_number(t) || is_temporal(t) || t == Type::kBit ||
             t == Type::kEnum || t == Type::kSet;
    };
    if ((padded(a.type) || padded(b.type)) && plain(a.type) && plain(b.type))
      out.type = types::is_binary(out.type) ? Type::kBinary : Type::kChar;
  }
  return out;
}

StaticType common_of(const StaticType& a, const StaticType& b) {
  const bool known = a.type != Type::kNull && b.type != Type::kNull;
  StaticType out = a.type == Type::kNull ? b : a;
  const bool hex =
      out.type == Type::kHexNum || out.type == Type::kHexVal || out.type == Type::kBitNum;
  if (hex) out.type = Type::kVarbinary;
  out.fixed = types::is_float(out.type) && out.fixed;
  if (!known && out.type == Type::kJson) out.collation = kJsonCollation;
  if (!known) return out;
  if (types::is_number(a.type) && types::is_number(b.type)) {
    out.scale = std::max(a.scale, b.scale);
    if (types::is_float(a.type) || types::is_float(b.type)) {
      // A FLOAT holds what a BIGINT holds, to the server, but not what an INT does.
      const auto narrow_type = [](Type t) {
        return t != Type::kFloat64 && t != Type::kDecimal && t != Type::kInt32 &&
               t != Type::kUint32;
      };
      // Nor when the BIGINT comes first.
      const bool first = a.type == Type::kInt64 || a.type == Type::kUint64;
      const bool narrow = narrow_type(a.type) && narrow_type(b.type) && !first;
      const std::optional<int> x = double_decimals(a);
      const std::optional<int> y = double_decimals(b);
      out = double_type(x && y ? std::optional<int>(std::max(*x, *y)) : std::nullopt, true);
      if (narrow) out.type = Type::kFloat32;
    } else if (a.type == Type::kDecimal || b.type == Type::kDecimal) {
      out.type = Type::kDecimal;
    } else {
      out.type = common_integer(a, b).type;
    }
    return out;
  }
  if (is_temporal(a.type) && is_temporal(b.type)) {
    if (a.type != b.type) out.type = Type::kDatetime;
    out.scale = std::max(a.scale, b.scale);
    return out;
  }
  if (a.type == Type::kJson && b.type == Type::kJson) {
    out.collation = kJsonCollation;
    return out;
  }
  if (a.type == Type::kBit && b.type == Type::kBit) return out;
  // A BIT column is a number beside a number.
  if ((a.type == Type::kBit && types::is_number(b.type)) ||
      (b.type == Type::kBit && types::is_number(a.type))) {
    const StaticType& number = a.type == Type::kBit ? b : a;
    if (types::is_float(number.type) && number.fixed) return double_type(number.scale, true);
    const Type other = number.type;
    if (other == Type::kYear || (types::is_integral(other) && types::is_unsigned(other)))
      return static_type(Type::kUint64);
    out = static_type(
        types::is_float(a.type) || types::is_float(b.type) ? Type::kFloat64 : Type::kDecimal,
        kBinaryCollation, std::max(a.scale, b.scale));
    return out;
  }
  return common_text(a, b);
}

bool same_charset(uint32_t a, uint32_t b) {
  const types::Collation* x = types::find_collation(a);
  const types::Collation* y = types::find_collation(b);
  return !x || !y || x->charset == y->charset;
}

Datum on_current_day(const Datum& time, const Context& context) {
  const std::optional<types::ParsedTemporal> parsed = to_datetime(time, context);
  return parsed ? Datum::of_datetime(parsed->value, parsed->precision) : Datum();
}

}  // namespace

StaticType aggregated_type(const StaticType& a, const StaticType& b) {
  StaticType out = common_of(a, b);
  out.signless = false;
  out.nullable = a.nullable || b.nullable;
  out.size = aggregated_size(out, a, b);
  return out;
}

namespace {

// A number has no ZEROFILL but in its own column.
Datum without_zeros(Datum d) {
  d.bytes.clear();
  return d;
}

}  // namespace

Datum converted(Datum d, const StaticType& type) {
  d.boolean = false;
  if (d.is_null() || type.type == Type::kJson) return d;
  if (types::is_float(type.type)) {
    Datum out = Datum::of_float(to_double(d));
    out.type = type.type;
    out.scale = type.fixed ? type.scale : 0;
    return out;
  }
  // A decimal keeps the decimals that it has.
  if (type.type == Type::kDecimal)
    return without_zeros(d.form == Form::kDecimal ? d : Datum::of_decimal(to_decimal(d), 0));
  if (types::is_integral(type.type)) {
    Datum out = to_integer(d, types::is_unsigned(type.type));
    out.type = type.type;
    return without_zeros(std::move(out));
  }
  if (types::is_text(type.type)) {
    if (d.form == Form::kJson) return Datum::of_text(to_text(d), kJsonCollation, d.coercibility);
    if (d.form != Form::kText) {
      d = Datum::of_text(to_text(d), type.collation == kBinaryCollation ? 255 : type.collation,
                         Coercibility::kCoercible);
    }
    d.type = type.type;
    return d;
  }
  if (types::is_binary(type.type)) {
    if (d.form != Form::kBytes)
      d = Datum::of_bytes(d.form == Form::kText ? own_bytes(d) : to_text(d));
    d.type = type.type;
    return d;
  }
  if (type.type == Type::kDatetime || type.type == Type::kTimestamp) {
    if (d.form == Form::kTime) refuse("a TIME beside a date as one result in the gate");
    Datum out = Datum::of_datetime(d.temporal, type.scale);
    out.type = type.type;
    return out;
  }
  if (type.type == Type::kTime && d.form == Form::kTime)
    d.precision = static_cast<uint8_t>(type.scale);
  return d;
}

Datum operand(Datum d, const Node& node, Context& context) {
  if (d.is_null() || !node.is_choice() || context.env.mariadb || d.form != Form::kDecimal) return d;
  d.scale = std::max(d.scale, node.type(context).scale);
  return d;
}

bool is_written_integer(const Node& node, Quick& q, Context& context) {
  if (!node.is_leaf() || !node.is_constant()) return false;
  q = node.quick(context);
  return q.kind == Quick::Kind::kInt;
}

Datum chosen(Datum d, const StaticType& type, const Context& context) {
  if (d.is_null()) return d;
  const bool dated = type.type == Type::kDatetime || type.type == Type::kTimestamp;
  if (dated && !context.env.mariadb && (d.form == Form::kTime || d.form == Form::kDate)) {
    // To whoever wants a number it is what it was.
    const Datum whole = d.form == Form::kTime ? on_current_day(d, context) : d;
    Datum out = whole.is_null() ? whole : converted(whole, type);
    if (!out.is_null()) out.made_of = std::make_shared<const Datum>(std::move(d));
    return out;
  }
  if (d.form == Form::kTime && dated) d = on_current_day(d, context);
  // An exact number beside doubles is one, but its text is its own.
  const bool exact = d.form == Form::kDecimal || d.form == Form::kInt || d.form == Form::kUint ||
                     (d.form == Form::kFloat && !d.bytes.empty());
  if (types::is_float(type.type) && !type.fixed && exact && !context.env.mariadb) {
    Datum out = converted(d, type);
    out.bytes = to_text(d);
    return out;
  }
  // MariaDB's bits are a number there.
  if (context.env.mariadb && type.type == Type::kBit && d.form == Form::kBytes) {
    Datum number = to_number(d);
    number.type = Type::kBit;
    return number;
  }
  if (context.env.mariadb && type.type == Type::kHexNum) return d;
  const bool text = types::is_text(type.type) || types::is_binary(type.type);
  // ZEROFILL's zeros are shown of decimals, and of integers where they become a text.
  if (d.origin == Origin::kColumn && !d.bytes.empty() && d.is_number() && !text &&
      d.form != Form::kFloat && !context.env.mariadb) {
    const std::string zeros = d.bytes;
    Datum out = converted(std::move(d), type);
    out.bytes = zeros;
    out.origin = Origin::kChosen;
    return out;
  }
  // MariaDB reads numbers and dates from the text.
  const bool kept = text && !context.env.mariadb &&
                    (!d.is_textual() || d.is_hex_or_bit() || d.is_member() ||
                     (d.form == Form::kBytes && types::is_text(type.type)));
  const bool large = type.type == Type::kDecimal && d.form == Form::kUint && !context.env.mariadb;
  // Bytes, or a text of another charset, in the charset of them all.
  const bool recoded = text && types::is_text(type.type) && !context.env.mariadb;
  if (recoded && d.form == Form::kText && !same_charset(d.collation, type.collation))
    d.collation = type.collation;
  if (recoded && d.form == Form::kBytes && d.type != Type::kBit &&
      !same_charset(kUtf8mb4Collation, type.collation))
    d = text_of_bytes(d, type.collation);
  Datum out = converted(d, type);
  out.computed = d.computed && out.form == Form::kFloat;
  // As a text, bits among exact numbers are their bytes.
  if (type.type == Type::kDecimal && d.type == Type::kBit && !context.env.mariadb)
    out.bytes = d.bytes;
  if (context.env.mariadb && out.form == Form::kText && types::is_text(type.type)) {
    out.collation = type.collation;
    out.coercibility = static_cast<Coercibility>(type.coercibility);
    out.made_of = nullptr;
  }
  // It is as firm as all that it might have been.
  if (recoded && out.form == Form::kText) {
    out.collation = type.collation;
    out.coercibility = static_cast<Coercibility>(type.coercibility);
  }
  if (kept || large) out.made_of = std::make_shared<const Datum>(std::move(d));
  return out;
}

NodePtr make_case(NodePtr operand, std::vector<CaseBranch> branches, NodePtr otherwise) {
  std::vector<NodePtr> args;
  const bool has_operand = operand != nullptr;
  if (has_operand) args.push_back(std::move(operand));
  for (CaseBranch& branch : branches) {
    args.push_back(std::move(branch.condition));
    args.push_back(std::move(branch.value));
  }
  const bool has_otherwise = otherwise != nullptr;
  args.push_back(has_otherwise ? std::move(otherwise) : std::make_unique<NullNode>());
  return std::make_unique<CaseNode>(std::move(args), has_operand, has_otherwise);
}

}  // namespace vif::eval
