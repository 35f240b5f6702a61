// IF, COALESCE, NULLIF, GREATEST, LEAST, ...
#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/column_store.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/function.h"
#include "eval/functions_extreme.h"
#include "eval/mariadb.h"
#include "eval/mariadb_typing.h"
#include "eval/static_type.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

StaticType type_of_args(const Call& call, size_t from) {
  std::vector<StaticType> types;
  std::vector<const Node*> nodes;
  for (size_t i = from; i < call.size(); ++i) {
    types.push_back(call.arg_type(i));
    nodes.push_back(call.args[i].get());
  }
  return call.context.env.mariadb ? mariadb_common_type(types)
                                  : common_type(std::move(types), nodes, call.context);
}

StaticType type_of_all(const Call& call) { return type_of_args(call, 0); }
// A constant that was made a text of another charset is one before there are rows.
bool is_known_text(const Call& call, size_t i, const StaticType& all) {
  if (call.context.env.mariadb || !is_recoded(*call.args[i], call.arg_type(i), all)) return false;
  const std::optional<Datum> d = constant_value(*call.args[i], call.context);
  return d && !d->is_null();
}
// NULL only when all of them are.
StaticType type_of_first_known(const Call& call) {
  StaticType out = type_of_args(call, 0);
  for (size_t i = 0; i < call.size(); ++i)
    out.nullable = out.nullable && call.arg_type(i).nullable && !is_known_text(call, i, out);
  return out;
}
// Of texts beside times: as long as a time with all the digits that are among them.
StaticType dated_extreme_type(const Call& call);
StaticType extreme_type(const Call& call) {
  if (call.context.env.mariadb) {
    const StaticType dated = dated_extreme_type(call);
    if (dated.type != Type::kNull) return dated;
    std::vector<StaticType> types;
    for (size_t i = 0; i < call.size(); ++i) types.push_back(call.arg_type(i));
    return mariadb_extreme_type(types);
  }
  return text_extreme_type(call, type_of_args(call, 0));
}
StaticType type_of_values(const Call& call) {
  if (!call.context.env.mariadb) return type_of_args(call, 1);
  StaticType out = mariadb_if_type(call.arg_type(1), call.arg_type(2));
  out.nullable = out.nullable || call.arg_type(0).nullable;
  return out;
}
StaticType type_of_first(const Call& call) {
  StaticType out = aggregated_type(call.arg_type(0), {});
  out.nullable = call.arg_type(0).nullable;
  return out;
}
// A constant text is made bytes beside bytes.
bool becomes_bytes(const Call& call) {
  if (call.context.env.mariadb || !call.args[0]->is_constant() || !call.args[0]->is_leaf() ||
      !is_string(*call.args[1]))
    return false;
  const StaticType a = call.arg_type(0);
  if (!types::is_text(a.type) || a.collation == kBinaryCollation) return false;
  const StaticType both[] = {a, call.arg_type(1)};
  return merged_text(both, call.collation).collation == kBinaryCollation;
}

// A constant beside a column is what the column stores of it.
std::optional<Datum> stored_beside(const Call& call) {
  const Node& constant = *call.args[0];
  if (call.context.env.mariadb || !constant.is_constant() || !is_column(*call.args[1]))
    return std::nullopt;
  const StaticType t = call.arg_type(1);
  const std::optional<Datum> d = constant_value(constant, call.context);
  if (!d || d->is_null() || t.type == Type::kNull) return std::nullopt;
  if (is_dated(t.type) && kind_of(call.arg_type(0).type) == Kind::kString) return std::nullopt;
  std::optional<Datum> out = stored_in(column_before_rows(t), constant, *d, call.context);
  if (out) out->type = t.type;
  return out;
}

StaticType nullif_type(const Call& call) {
  StaticType out = call.arg_type(0);
  if (call.context.env.mariadb) return mariadb_nullif_type(out);
  if (stored_beside(call)) {
    constexpr int kStoredLength = 22;
    out = call.arg_type(1);
    if (out.type != Type::kDate && out.type != Type::kTime) out.size = kStoredLength;
  }
  // A constant text takes the collation in which it is compared.
  const StaticType beside = call.arg_type(1);
  const bool text = types::is_text(beside.type) || beside.type == Type::kJson;
  if (call.args[0]->is_constant() && types::is_text(out.type) && is_string(*call.args[0]) && text &&
      out.collation != kBinaryCollation) {
    const StaticType both[] = {out, beside};
    const uint32_t all = merged_text(both, call.collation).collation;
    if (all != kBinaryCollation) out.collation = all;
  }
  if (becomes_bytes(call)) {
    out.size = field_of(out).column_length;
    out.type = Type::kVarbinary;
    out.collation = kBinaryCollation;
  }
  if (out.type == Type::kEnum || out.type == Type::kSet) out.type = Type::kChar;
  if (out.type == Type::kJson) out.collation = kJsonCollation;
  const bool hex =
      out.type == Type::kHexNum || out.type == Type::kHexVal || out.type == Type::kBitNum;
  out.fixed = hex || (out.fixed && types::is_float(out.type));
  out.nullable = true;
  return out;
}

}  // namespace

Datum converted_wholly(Datum d, const StaticType& type, const Context& context) {
  // Bits are the text of their number.
  if (d.type == Type::kBit && d.form == Form::kBytes && type.type == Type::kBit &&
      !context.env.mariadb) {
    Datum number = to_number(d);
    number.type = Type::kBit;
    return number;
  }
  const bool bytes = d.form == Form::kBytes && d.type != Type::kBit && types::is_text(type.type);
  if (bytes && !context.env.mariadb) (void)text_of_bytes(d, type.collation);
  const bool bits = d.type == Type::kBit;
  Datum out = chosen(std::move(d), type, context);
  if ((out.form == Form::kDecimal && bits) || (out.is_number() && !context.env.mariadb))
    out.bytes.clear();
  if (!context.env.mariadb || !out.is_textual()) out.made_of = nullptr;
  // A member is read as a number by its text.
  if (out.is_member() && !context.env.mariadb)
    out.made_of = std::make_shared<const Datum>(Datum::of_text(out.bytes, out.collation));
  if (out.form == Form::kDecimal) {
    // As many words of nine digits as the whole part leaves.
    constexpr int kWords = 9;
    constexpr int kWordDigits = 9;
    const int left =
        (kWords - (out.decimal.integer_digits() + kWordDigits - 1) / kWordDigits) * kWordDigits;
    out.scale = std::min(std::max(out.scale, type.scale), std::max(out.scale, left));
  }
  return out;
}

namespace {

// A text that was chosen gives numbers in silence.
Datum of_choice(Datum d, const Context& context) {
  if (d.is_textual() && !d.is_hex_or_bit() && !d.is_member() && !context.env.mariadb)
    d.origin = Origin::kChosen;
  return d;
}

// Of a document that COALESCE or IFNULL gives, numbers and dates are read as of a text.
Datum first_known(Datum d, const StaticType& type, const Context& context) {
  Datum out = of_choice(converted_wholly(std::move(d), type, context), context);
  if (out.form != Form::kJson || context.env.mariadb) return out;
  Datum text = Datum::of_text(to_text(out), kJsonCollation);
  text.origin = Origin::kChosen;
  out.made_of = std::make_shared<const Datum>(std::move(text));
  return out;
}

Datum coalesce(const Call& call) {
  for (size_t i = 0; i < call.size(); ++i) {
    Datum d = call.arg(i);
    if (d.is_null()) continue;
    return first_known(std::move(d), type_of_all(call), call.context);
  }
  return {};
}

// A signed integer, or one of the statement for NULL.
Quick quick_coalesce(const Call& call) {
  Quick other;
  if (call.size() != 2 || !is_written_integer(*call.args[1], other, call.context)) return {};
  if (call.context.env.mariadb && types::is_unsigned(call.arg_type(0).type)) return {};
  const Quick q = call.args[0]->quick(call.context);
  if (q.kind == Quick::Kind::kInt) return q;
  const bool whole = q.is_null() && types::is_integral(call.arg_type(0).type);
  return whole ? other : Quick();
}

Quick quick_if(const Call& call) {
  Quick yes;
  Quick no;
  if (!is_written_integer(*call.args[1], yes, call.context) ||
      !is_written_integer(*call.args[2], no, call.context))
    return {};
  const Node::Truth t = call.args[0]->quick_truth(call.context);
  if (t == Node::Truth::kNone) return {};
  return t == Node::Truth::kTrue ? yes : no;
}

Datum if_function(const Call& call) {
  const Datum condition = call.arg(0);
  const bool yes = !condition.is_null() && to_bool(condition, call.context);
  const StaticType type = type_of_values(call);
  Datum out = chosen(call.arg(yes ? 1 : 2), type, call.context);
  if (call.context.env.mariadb && out.form == Form::kDecimal)
    out.scale = std::max(out.scale, type.scale);
  return out;
}

// What is compared, and then the first again.
void warn_of_nullif(const Call& call, bool same) {
  warn_of_comparison(Operator::Comparison::kEqual, *call.args[0], *call.args[1], call.context,
                     call.names);
  if (!same && !call.args[0]->is_leaf()) (void)call.arg(0);
}

Datum nullif(const Call& call) {
  if (call.context.env.warnings && !call.context.env.mariadb) {
    Env quiet_env = call.context.env;
    quiet_env.warnings = nullptr;
    Context quiet{call.context.row, quiet_env};
    Datum out = nullif({call.args, quiet, call.collation, call.name});
    warn_of_nullif(call, out.is_null() && !call.args[0]->evaluate(quiet).is_null());
    return out;
  }
  Datum a = call.arg(0);
  if (a.is_null() && !call.context.env.mariadb) return a;
  const Datum b = call.arg(1);
  const StaticType beside_type = b.is_null() ? call.arg_type(1) : StaticType();
  const bool checked = a.form == Form::kBytes && a.type != Type::kBit && b.is_null() &&
                       types::is_text(beside_type.type) && !call.context.env.mariadb &&
                       static_cast<Coercibility>(beside_type.coercibility) < a.coercibility;
  if (checked) (void)text_of_bytes(a, beside_type.collation);
  if (std::optional<Datum> stored = stored_beside(call)) {
    // The server has nothing of a number that became a datetime, but of the zero one.
    const bool lost =
        a.is_number() && stored->form == Form::kDatetime && stored->temporal != Temporal();
    a = lost ? Datum() : *std::move(stored);
  }
  a.boolean = false;
  if (a.is_null()) return a;
  Datum out = a;
  if (a.is_member() && !call.context.env.mariadb) out.type = Type::kChar;
  // Of ZEROFILL's zeros a text is made, no integer.
  const bool whole = a.form == Form::kInt || a.form == Form::kUint;
  if (whole && !a.bytes.empty() && !call.context.env.mariadb) out.origin = Origin::kChosen;
  if (becomes_bytes(call) && a.form == Form::kText) out = Datum::of_bytes(own_bytes(a));
  Datum beside = b;
  if (call.context.env.mariadb) {
    settle_mariadb_pair(a, beside, call.args, call.context);
    if (a.type == Type::kBit && a.form == Form::kBytes) {
      out = to_number(a);
      out.type = Type::kBit;
    }
  }
  if (b.is_null()) return out;
  if (compare_datums(a, beside, call.context) == 0) return {};
  if (call.context.env.mariadb && !call.args[0]->is_leaf()) (void)call.arg(0);  // for its warnings
  return out;
}

Datum isnull(const Call& call) {
  // What cannot be is not evaluated.
  const bool known =
      !call.context.env.mariadb && !call.args[0]->is_leaf() && !call.arg_type(0).nullable;
  if (!known && !call.context.env.mariadb)
    return Datum::of_bool(call.args[0]->ask_null(call.context));
  if (call.context.env.mariadb && !call.args[0]->is_leaf())
    return Datum::of_bool(call.arg_type(0).nullable && call.args[0]->ask_null(call.context));
  return Datum::of_bool(!known && call.arg(0).is_null());
}

}  // namespace

void check_explicit_collations(const Call& call, const std::vector<Datum>& values) {
  const Datum* first = nullptr;
  bool clash = false;
  std::string all;
  for (const Datum& d : values) {
    if (d.form == Form::kText && d.coercibility == Coercibility::kExplicit) {
      clash = clash || (first && first->collation != d.collation);
      first = &d;
    }
    constexpr std::string_view kNames[] = {"EXPLICIT",  "NONE",    "IMPLICIT", "SYSCONST",
                                           "COERCIBLE", "NUMERIC", "NULL"};
    all += fmt::format("{}({},{})", all.empty() ? "" : ", ",
                       collation_name(d.form == Form::kText ? d.collation : kBinaryCollation),
                       kNames[static_cast<size_t>(d.coercibility)]);
  }
  if (!clash) return;
  if (values.size() == 2) {
    throw SqlError{Error(
        Code::kInvalidArgument, 1267, "HY000",
        fmt::format("Illegal mix of collations ({},EXPLICIT) and ({},EXPLICIT) for operation '{}'",
                    collation_name(values[0].collation), collation_name(values[1].collation),
                    call.name))};
  }
  if (values.size() == 3) {
    throw SqlError{
        Error(Code::kInvalidArgument, 1270, "HY000",
              fmt::format("Illegal mix of collations {} for operation '{}'", all, call.name))};
  }
  throw SqlError{Error(Code::kInvalidArgument, 1271, "HY000",
                       fmt::format("Illegal mix of collations for operation '{}'", call.name))};
}

namespace {

// Beside a date or a time all are that.
StaticType dated_extreme_type(const Call& call) {
  StaticType out;
  bool nullable = false;
  int digits = 0;
  int digits_most = 0;  // of texts whatever they are
  bool other = false;
  bool stamps = true;
  for (size_t i = 0; i < call.size(); ++i) {
    const StaticType t = call.arg_type(i);
    nullable = nullable || t.nullable;
    stamps = stamps && t.type == Type::kTimestamp;
    digits_most = std::max(digits_most, mariadb_seconds_digits(t));
    digits = std::max(digits, time_digits(*call.args[i], call.context, true));
    const bool temporal = t.type == Type::kDate || t.type == Type::kTime ||
                          t.type == Type::kDatetime || t.type == Type::kTimestamp;
    other = other || !temporal;
    if (!temporal) continue;
    const Type type = t.type == Type::kTimestamp ? Type::kDatetime : t.type;
    out.type = out.type == Type::kNull || out.type == type ? type : Type::kDatetime;
  }
  for (size_t i = 0; i < call.size() && out.type == Type::kTime; ++i) {
    digits = std::max(i == 0 ? 0 : digits, time_digits(*call.args[i], call.context));
  }
  out.collation = kBinaryCollation;
  out.scale = out.type == Type::kDate ? 0 : digits;
  constexpr int kTimeLength = 10;
  constexpr int kDatetimeLength = 19;
  if (digits_most > digits && (out.type == Type::kTime || out.type == Type::kDatetime)) {
    out.size = (out.type == Type::kTime ? kTimeLength : kDatetimeLength) + 1 + digits_most;
  }
  out.nullable = nullable || other;
  if (out.type == Type::kDatetime && stamps) out.type = Type::kTimestamp;
  return out;
}

Datum mariadb_extreme(const Call& call, const std::vector<Datum>& values, int wanted) {
  const StaticType type = dated_extreme_type(call);
  std::optional<Temporal> best;
  for (const Datum& d : values) {
    Temporal t;
    if (type.type == Type::kTime) {
      const std::optional<types::ParsedTemporal> time = to_time(d, call.context);
      if (!time) return {};
      t = time->value;
    } else {
      t = mariadb_date_or_zero(d, call.context);
    }
    const int order = !best                      ? wanted
                      : type.type == Type::kTime ? types::compare_times(t, *best)
                                                 : types::compare_datetimes(t, *best);
    if (order * wanted > 0) best = t;
  }
  if (type.type == Type::kTime) return Datum::of_time(*best, type.scale);
  const bool zero = *best == Temporal();
  const bool partly = !zero && (best->month == 0 || best->day == 0);
  if ((zero && has_sql_mode(call.context, "NO_ZERO_DATE")) ||
      (partly && has_sql_mode(call.context, "NO_ZERO_IN_DATE"))) {
    const std::string text = type.type == Type::kDate ? types::date_text(*best)
                                                      : types::datetime_text(*best, type.scale);
    call.context.warn(1292, fmt::format("Incorrect datetime value: '{}'", text));
    return {};
  }
  if (type.type == Type::kDate) return Datum::of_date(*best);
  Datum out = Datum::of_datetime(*best, type.scale);
  out.type = type.type;
  return out;
}

// Of what is no date or time before the first NULL.
void warn_before_null(const std::vector<Datum>& values, Type type, const Context& context) {
  for (const Datum& d : values) {
    if (d.is_null()) return;
    if (d.is_temporal()) continue;
    if (type == Type::kTime)
      (void)to_time(d, context);
    else
      (void)mariadb_date_or_zero(d, context);
  }
}

// As a number the greatest of MariaDB's texts is the one whose number is.
std::shared_ptr<const Datum> extreme_number(const std::vector<Datum>& values, int wanted) {
  const Datum* best = nullptr;
  for (const Datum& d : values) {
    if (!d.is_textual()) return nullptr;
    const int order = best ? compare_datums(to_number(d), to_number(*best)) * wanted : 1;
    if (order > 0) best = &d;
  }
  return std::make_shared<const Datum>(best->is_hex_or_bit() ? to_number(*best) : *best);
}

// Texts and numbers together are texts. Of equal ones GREATEST takes the last, LEAST the first,
// and MariaDB the first.
Datum extreme(const Call& call, int wanted) {
  if (!call.context.env.mariadb) {
    const StaticType type = extreme_type(call);
    const bool texts =
        types::is_text(type.type) || types::is_binary(type.type) || type.type == Type::kJson;
    if (texts) return text_extreme(call, type, wanted);
    // Among decimals the first is read to know whether it is NULL.
    const bool again = type.type == Type::kDecimal && call.context.env.warnings;
    if (again && !call.args[0]->is_leaf() && call.arg(0).is_null()) return {};
  }
  std::vector<Datum> values;
  bool kinds[3] = {};
  const bool mariadb = call.context.env.mariadb;
  const Type dated_type = mariadb ? dated_extreme_type(call).type : Type::kNull;
  for (size_t i = 0; i < call.size(); ++i) {
    values.push_back(mariadb && dated_type != Type::kNull && dated_type != Type::kTime
                         ? call.compared_arg(i)
                         : call.arg(i));
    if (values.back().is_null() && !mariadb) return {};
    if (values.back().is_null() && dated_type == Type::kNull) break;
  }
  check_explicit_collations(call, values);
  for (Datum& d : values) {
    if (mariadb && d.type == Type::kBit && d.form == Form::kBytes) d = to_number(d);
    if (d.is_null()) {
      if (dated_type != Type::kNull) warn_before_null(values, dated_type, call.context);
      if (types::is_float(extreme_type(call).type)) {
        for (const Datum* before = values.data(); before != &d; ++before)
          (void)to_double(*before, call.context);
      }
      return {};
    }
    kinds[d.is_number() ? 0 : d.is_temporal() ? 1 : 2] = true;
  }
  // There numbers and texts together are numbers.
  if (call.context.env.mariadb && kinds[0] && kinds[2] && !kinds[1]) {
    double best = to_double(values[0], call.context);
    for (size_t i = 1; i < values.size(); ++i) {
      const double x = to_double(values[i], call.context);
      if ((x - best) * wanted > 0) best = x;
    }
    return Datum::of_float(best);
  }
  if (mariadb && kinds[1]) return mariadb_extreme(call, values, wanted);
  if (kinds[0] + kinds[1] + kinds[2] > 1) {
    for (Datum& d : values) {
      if (!d.is_textual()) d = Datum::of_text(to_text(d), call.collation, Coercibility::kNumeric);
    }
  }
  Datum best = values[0];
  for (size_t i = 1; i < values.size(); ++i) {
    const int order = compare_datums(values[i], best, call.context) * wanted;
    if (order > 0 || (order == 0 && wanted > 0 && !mariadb)) best = values[i];
  }
  const StaticType type = extreme_type(call);
  Datum out = converted_wholly(std::move(best), type, call.context);
  if (mariadb && type.type == Type::kBit) out.type = Type::kBit;
  if (mariadb && out.is_textual()) out.made_of = extreme_number(values, wanted);
  return out;
}

Datum greatest(const Call& call) { return of_choice(extreme(call, 1), call.context); }
Datum least(const Call& call) { return of_choice(extreme(call, -1), call.context); }

// How many of the sorted numbers are not greater than the first; NULLs count as not greater.
Datum interval(const Call& call) {
  // MariaDB evaluates them all, whatever is found.
  std::vector<Datum> values;
  const bool mariadb = call.context.env.mariadb;
  for (size_t i = 0; i < (mariadb ? call.size() : 1); ++i) values.push_back(call.arg(i));
  if (values[0].is_null()) return Datum::of_int(-1);
  const Datum n = to_number(values[0], call.context);
  int64_t count = 0;
  for (size_t i = 1; i < call.size(); ++i, ++count) {
    const Datum d = mariadb ? values[i] : call.arg(i);
    if (!d.is_null() && compare_datums(to_number(d, call.context), n) > 0) break;
  }
  return Datum::of_int(count);
}

Datum not_asked(const Call& call) {
  const Datum d = call.arg(0);
  return of_choice(d.type == Type::kBit ? converted_wholly(d, call.arg_type(0), call.context) : d,
                   call.context);
}

Datum any_value(const Call& call) {
  return call.context.env.mariadb ? not_asked(call) : coalesce(call);
}

constexpr Function kFunctions[] = {
    {"coalesce", 1, kAnyNumber, coalesce, type_of_first_known, quick_coalesce},
    {"ifnull", 2, 2, coalesce, type_of_first_known, quick_coalesce},
    {"if", 3, 3, if_function, type_of_values, quick_if},
    {"nullif", 2, 2, nullif, nullif_type},
    {"isnull", 1, 1, isnull, int_type},
    {"greatest", 2, kAnyNumber, greatest, extreme_type},
    {"least", 2, kAnyNumber, least, extreme_type},
    {"interval", 2, kAnyNumber, interval, int_type},
    {"any_value", 1, 1, any_value, type_of_first},
};

struct Table {
  std::span<const Function> functions;
  bool json_as_text;
};

std::span<const Table> tables() {
  static const Table all[] = {{control_functions(), false},      {text_functions(), true},
                              {math_functions(), false},         {date_functions(), false},
                              {regexp_functions(), true},        {json_functions(), false},
                              {json_change_functions(), false},  {crypto_functions(), true},
                              {net_functions(), true},           {string_functions(), true},
                              {clock_functions(), false},        {time_functions(), false},
                              {mariadb_functions(), false},      {mariadb_json_functions(), false},
                              {mariadb_date_functions(), false}, {mariadb_regexp_functions(), true},
                              {mariadb_text_functions(), true}};
  return all;
}

class FunctionNode final : public Operation {
 public:
  FunctionNode(const Function& function, bool json_as_text, std::vector<NodePtr> args,
               uint32_t collation, std::string source, std::vector<std::string> names)
      : Operation(std::move(args)),
        function_(function),
        json_as_text_(json_as_text),
        collation_(collation),
        source_(std::move(source)),
        names_(std::move(names)) {}
  Quick quick(Context& context) const override { return function_.quick(call(context)); }
  bool has_quick() const override {
    return function_.quick && std::all_of(args().begin(), args().end(),
                                          [](const NodePtr& a) { return a->has_quick(); });
  }
  void resolve(Context& context) const override {
    Operation::resolve(context);
    if (context.env.mariadb) {
      warn_of_mariadb_counts(function_.name, args(), context);
      return;
    }
    if (function_.name == "interval") ask_columns(args(), context);
    if (function_.name == "nullif" || function_.name == "strcmp")
      warn_before_comparison(*args()[0], *args()[1], context, names_);
    if (function_.name == "greatest" || function_.name == "least") {
      const auto is_json = [&](const NodePtr& arg) {
        return arg->type(context).type == Type::kJson;
      };
      if (std::any_of(args().begin(), args().end(), is_json)) {
        context.warn(1235,
                     "This version of MySQL doesn't yet support 'comparison of JSON in the LEAST "
                     "and GREATEST operators'");
      }
    }
    if (reads_digits(context)) {
      // Digits of constant texts, the second's first.
      for (const size_t i : {1, 0}) {
        const bool looks =
            args()[i]->is_constant() && !args()[i]->is_leaf() && is_string(*args()[i]);
        if (looks) (void)arg(i, context);
      }
    }
    for (const size_t i : counts_before_rows(context)) {
      if (i >= args().size() || !args()[i]->is_constant()) continue;
      const Datum d = arg(i, context);
      if (d.is_null() && function_.name != "sha2") break;
      const bool beyond = d.form == Form::kUint && d.u > INT64_MAX;
      const int64_t count = d.is_null() || beyond ? -1 : to_int(d, context);
      if (function_.name == "sha2" && !is_sha2(count)) warn_of_sha2(context);
    }
  }
  Datum evaluate(Context& context) const override {
    if (context.env.mariadb && is_null_to_mariadb(function_.name, args(), context)) return {};
    Datum out = function_.evaluate(call(context));
    check_size(out);
    // IF gives what it chose.
    if ((out.form == Form::kFloat || out.type == Type::kYear) && function_.name != "if" &&
        function_.name != "nullif" &&
        (function_.name != "any_value" || context.env.mariadb || out.type == Type::kYear))
      out.computed = true;
    if (context.env.mariadb && out.form == Form::kFloat && out.scale <= 0)
      show_decimals(out, type(context));
    if (out.form == Form::kJson) out.source = function_.name;
    return out;
  }
  bool is_choice() const override { return function_.name == "if"; }
  // It is asked for a text.
  bool ask_null(Context& context) const override {
    const Datum d = evaluate(context);
    if (is_choice() && !context.env.mariadb) check_chosen(d);
    return d.is_null();
  }
  // DATE(), TIME() and TIMESTAMP() are MariaDB's casts.
  Datum evaluate_compared(Context& context) const override {
    if (!context.env.mariadb) return evaluate(context);
    const std::string_view name = function_.name;
    if (name == "if" || name == "nullif") return chosen_compared(context);
    const bool cast = args().size() == 1 &&
                      (name == "date" || name == "mariadb time" || name == "mariadb timestamp");
    if (!cast) return evaluate(context);
    const StaticType out = type(context);
    return mariadb_compared(arg(0, context), out.type, out.scale, context);
  }
  StaticType type(Context& context) const override {
    std::vector<StaticType> types;
    for (const NodePtr& arg : args()) types.push_back(arg->type(context));
    Call typed = call(context);
    typed.types = types;
    const bool own = function_.name.starts_with(kMariadbPrefix);
    const std::string_view name =
        own ? function_.name.substr(kMariadbPrefix.size()) : function_.name;
    StaticType out = function_.type(typed);
    // What a function of MariaDB's own says of its length is so.
    if (!own || out.size == 0) out = function_type(name, out, args(), types, context);
    out.searched = 0;
    if (!context.env.mariadb && types::is_integral(out.type)) mark_searched(out, types);
    if (name == "interval") out.signless = true;
    return context.env.mariadb ? mariadb_function_type(name, out, args(), types, context) : out;
  }

 private:
  // Whether constant texts say before there are rows how many digits the result has.
  bool reads_digits(Context& context) const {
    if (function_.name == "timediff") return true;
    if (function_.name == "timestamp") return args().size() == 2;
    if (function_.name != "addtime" && function_.name != "subtime") return false;
    const Type t = args()[0]->type(context).type;
    return is_dated(t) || t == Type::kTime;
  }
  // A search gives its integer the collation of the text that is looked through.
  void mark_searched(StaticType& out, std::span<const StaticType> types) const {
    const std::string_view name = function_.name;
    const bool locates = name == "locate" || name == "position";
    std::span<const StaticType> texts;
    if (locates || name == "instr") {
      texts = types.subspan(locates ? 1 : 0, 1);
    } else if (name == "regexp_like" || name == "regexp_instr") {
      texts = types.first(2);
      if (std::all_of(texts.begin(), texts.end(), is_no_text)) return;
    } else if (name == "field") {
      texts = types.first(1);
      if (std::any_of(types.begin(), types.end(), is_no_text)) return;
    } else {
      return;
    }
    const StaticType merged = merged_text(texts, collation_);
    out.searched = merged.collation;
    out.coercibility = merged.coercibility;
  }
  static bool is_no_text(const StaticType& t) {
    return types::is_number(t.type) || t.type == Type::kDate || t.type == Type::kTime ||
           t.type == Type::kDatetime || t.type == Type::kTimestamp;
  }
  // A function of a function doubles its text each time: the server ends such a statement where
  // its memory does, here it may not take that of others.
  void check_size(const Datum& d) const {
    constexpr size_t kMost = size_t{1} << 26;  // max_allowed_packet's default
    if (d.bytes.size() <= kMost) return;
    throw SqlError{
        Error(Code::kResourceExhausted, 1301, "HY000",
              fmt::format("Result of {}() was larger than {} bytes", function_.name, kMost))};
  }
  // What IF and NULLIF give is a cast to a date, maybe.
  Datum chosen_compared(Context& context) const {
    const StaticType common = type(context);
    if (common.type != Type::kDate && common.type != Type::kDatetime && common.type != Type::kTime)
      return evaluate(context);
    if (function_.name == "if") {
      const Datum condition = arg(0, context);
      const bool yes = !condition.is_null() && to_bool(condition, context);
      return chosen(compared_arg(yes ? 1 : 2, context), common, context);
    }
    Datum a = compared_arg(0, context);
    const Datum b = compared_arg(1, context);
    if (a.is_null() || b.is_null()) return a;
    return compare_datums(a, b, context) == 0 ? Datum() : a;
  }
  // The arguments that say how long a result is: constants among them are read before there are
  // rows as well.
  std::span<const size_t> counts_before_rows(Context& context) const {
    static constexpr size_t kFirst[] = {0};
    static constexpr size_t kSecond[] = {1};
    static constexpr size_t kLast[] = {1, 2};
    const std::string_view name = function_.name;
    if (name == "space") return kFirst;
    if (name == "round" || name == "truncate") {
      const Type t = args()[0]->type(context).type;
      // A double's places are read with its value.
      const bool late = t == Type::kNull || types::is_integral(t) || t == Type::kYear ||
                        t == Type::kBit || types::is_text(t) || types::is_binary(t) ||
                        types::is_float(t);
      return late ? std::span<const size_t>() : kSecond;
    }
    if (name == "substr" || name == "substring" || name == "mid") return kLast;
    constexpr std::string_view kNames[] = {"left", "right", "repeat", "lpad", "rpad", "sha2"};
    const bool among = std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
    return among ? kSecond : std::span<const size_t>();
  }
  Call call(Context& context) const {
    return {args(), context, collation_, function_.name, json_as_text_, source_, {}, names_};
  }

  const Function& function_;
  bool json_as_text_;
  uint32_t collation_;
  std::string source_;
  std::vector<std::string> names_;
};

}  // namespace

std::span<const Function> control_functions() { return kFunctions; }

void check_argument_count(std::string_view name, std::string_view written, size_t count) {
  for (const Table& table : tables()) {
    for (const Function& function : table.functions) {
      if (function.name != name) continue;
      if (count >= function.args_min && count <= function.args_max) return;
      throw SqlError{Error(
          Code::kInvalidArgument, 1582, "42000",
          fmt::format("Incorrect parameter count in the call to native function '{}'", written))};
    }
  }
}

NodePtr make_function(std::string_view name, std::vector<NodePtr> args, uint32_t collation,
                      std::string source, std::vector<std::string> names) {
  for (const Table& table : tables()) {
    for (const Function& function : table.functions) {
      if (function.name != name) continue;
      const bool own = name.starts_with(kMariadbPrefix);
      check_argument_count(name, own ? name.substr(kMariadbPrefix.size()) : name, args.size());
      for (const NodePtr& arg : args) {
        if (arg->width() != 1) {
          throw SqlError{
              Error(Code::kInvalidArgument, 1241, "21000", "Operand should contain 1 column(s)")};
        }
      }
      if (name.starts_with("regexp_")) check_regexp_charsets(name, args, collation);
      if (name.starts_with("mariadb regexp_")) check_mariadb_pattern(args);
      if (name == "regexp_instr") check_regexp_option(args);
      return std::make_unique<FunctionNode>(function, table.json_as_text, std::move(args),
                                            collation, std::move(source), std::move(names));
    }
  }
  return nullptr;
}

}  // namespace vif::eval
