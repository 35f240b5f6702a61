#include "eval/functions_extreme.h"

#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/equality.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

// A value as a date among others, which GREATEST or LEAST compares.
std::optional<types::ParsedTemporal> extreme_part(const Datum& d, bool timed,
                                                  const Context& context) {
  if (timed && d.is_number() && !to_bool(d)) return std::nullopt;
  const bool huge = !timed && d.form == Form::kDecimal && !d.decimal.truncated(0).to_int64();
  if (huge) {
    context.warn(1292, fmt::format("Truncated incorrect DECIMAL value: '{}'",
                                   d.decimal.truncated(0).to_string()));
  }
  std::optional<types::ParsedTemporal> parsed =
      to_datetime(d, context, {!timed || d.is_temporal(), !timed, true});
  if (huge) return types::ParsedTemporal{};
  // The number 0 is a day of a year of two digits.
  if (parsed && d.is_number() && !timed && parsed->value.year == 0) parsed->value.year = 2000;
  return parsed;
}

bool is_moment(Type t) { return t == Type::kDatetime || t == Type::kTimestamp; }

// As what all are compared: the argument that says most of an instant.
Type temporal_of(const Call& call) {
  const auto rank = [](Type t) {
    constexpr Type kRanks[] = {Type::kYear, Type::kTime, Type::kDate, Type::kTimestamp,
                               Type::kDatetime};
    return std::find(std::begin(kRanks), std::end(kRanks), t) - std::begin(kRanks) + 1;
  };
  constexpr int kNone = 6;
  Type out = Type::kNull;
  for (size_t i = 0; i < call.size(); ++i) {
    const Type t = call.arg_type(i).type;
    if (rank(t) != kNone && (out == Type::kNull || rank(t) > rank(out))) out = t;
  }
  return out;
}

// The decimals of a second that the text shows.
int fraction_of(const Call& call, Type temporal) {
  if (!is_moment(temporal) && temporal != Type::kTime) return 0;
  int digits = 0;
  for (size_t i = 0; i < call.size(); ++i)
    digits = std::max(digits, time_digits(*call.args[i], call.context, is_moment(temporal)));
  return digits;
}

// What CASE could not make a date of is NULL where it may be NULL.
bool is_lost(const Call& call, size_t i) {
  return call.args[i]->is_choice() && call.arg_type(i).nullable;
}

Datum typed_text(std::string text, const StaticType& type) {
  const bool bytes = type.collation == kBinaryCollation || types::is_binary(type.type);
  Datum out =
      bytes ? Datum::of_bytes(std::move(text)) : Datum::of_text(std::move(text), type.collation);
  out.type = type.type;
  if (!bytes) out.coercibility = static_cast<Coercibility>(type.coercibility);
  return out;
}

// The texts compare in the collation of them all. Of equal ones GREATEST takes the last, LEAST the
// first.
Datum extreme_of_texts(const Call& call, const std::vector<Datum>& values, const StaticType& type,
                       int wanted) {
  const uint32_t collation = types::is_binary(type.type) ? kBinaryCollation : type.collation;
  const Datum* best = nullptr;
  for (const Datum& d : values) {
    if (d.form == Form::kBytes && d.type != Type::kBit && collation != kBinaryCollation)
      (void)text_of_bytes(d, collation);
    const int order = best ? order_as_texts(d, *best, collation) * wanted : 1;
    if (order > 0 || (order == 0 && wanted > 0)) best = &d;
  }
  if (!best->is_textual() || best->type == Type::kBit)
    return typed_text(best->is_textual() ? best->bytes : to_text(*best), type);
  Datum out = converted_wholly(*best, type, call.context);
  if (out.is_textual()) out.type = type.type;
  return out;
}

// As a number it is the greatest or least of their numbers.
Datum number_of(const std::vector<Datum>& values, int wanted) {
  const Datum* best = nullptr;
  for (const Datum& d : values) {
    if (!best || (to_double(d) - to_double(*best)) * wanted > 0) best = &d;
  }
  return *best;
}

struct Extreme {
  std::string text;
  Datum number;
};

// All as instants; nothing when the best is the zero date, which leaves it to the texts.
std::optional<Extreme> extreme_moment(const Call& call, const std::vector<Datum>& values,
                                      int wanted, bool& null) {
  std::optional<Temporal> best;
  for (size_t i = 0; i < values.size(); ++i) {
    const Datum& d = values[i];
    const bool number = kind_of(call.arg_type(i).type) != Kind::kString;
    // Half a second of no day.
    std::optional<types::ParsedTemporal> parsed;
    if (number && std::fabs(to_double(d)) < 1 && d.type != Type::kBit) {
      parsed.emplace();
      parsed->value.microsecond = static_cast<int>(std::lround(to_double(d) * 1e6));
      if (to_double(d) < 0) parsed.reset();
    } else {
      parsed =
          extreme_part(d.type == Type::kBit ? Datum::of_bytes(d.bytes) : d, true, call.context);
    }
    null = null || (!parsed && number && is_lost(call, i));
    const Temporal t = parsed ? parsed->value : Temporal();
    if (!best || types::compare_datetimes(t, *best) * wanted > 0) best = t;
  }
  if (null || *best == Temporal()) return std::nullopt;
  const int digits = fraction_of(call, Type::kDatetime);
  constexpr int kMicroseconds = 6;
  return Extreme{types::datetime_text(*best, digits), Datum::of_datetime(*best, kMicroseconds)};
}

// Among instants a document is its text.
Datum text_of_document(const Datum& json) {
  return Datum::of_text(to_text(json), kJsonCollation, Coercibility::kImplicit);
}

// All as dates: what is none is beyond all of them, but a column's document is the zero date.
std::optional<Extreme> extreme_day(const Call& call, const std::vector<Datum>& values, int wanted) {
  constexpr std::string_view kNone = "16383-15-31";
  std::optional<Temporal> best;
  bool none = false;
  for (size_t i = 0; i < values.size(); ++i) {
    std::optional<types::ParsedTemporal> parsed = extreme_part(values[i], false, call.context);
    if (!parsed && values[i].form == Form::kJson && is_column(*call.args[i])) parsed.emplace();
    if (!parsed && is_lost(call, i)) return std::nullopt;
    none = none || !parsed;
    if (!parsed) continue;
    Temporal t = parsed->value;
    t.hour = t.minute = t.second = t.microsecond = 0;
    if (!best || types::compare_datetimes(t, *best) * wanted > 0) best = t;
  }
  if ((none && wanted > 0) || !best)
    return Extreme{std::string(kNone), Datum::of_int(kNoDateNumber)};
  return Extreme{types::date_text(*best), Datum::of_date(*best)};
}

// What is known of them whatever their values are.
std::vector<Datum> typed_arguments(const Call& call) {
  std::vector<Datum> out;
  for (size_t i = 0; i < call.size(); ++i) {
    const StaticType t = call.arg_type(i);
    Datum d = is_string(*call.args[i]) ? Datum::of_text("", t.collation) : Datum();
    d.coercibility = static_cast<Coercibility>(t.coercibility);
    out.push_back(std::move(d));
  }
  return out;
}

Datum silent_extreme(const Call& call, const StaticType& type, int wanted,
                     bool* as_texts = nullptr) {
  std::vector<Datum> values;
  const uint32_t collation = types::is_binary(type.type) ? kBinaryCollation : type.collation;
  const Type temporal = temporal_of(call);
  check_explicit_collations(call, typed_arguments(call));
  for (size_t i = 0; i < call.size(); ++i) {
    Datum d = call.arg(i);
    if (d.is_null()) return {};
    if (d.form == Form::kJson && is_moment(temporal)) d = text_of_document(d);
    // Bytes are made the text's before a NULL is seen.
    if (!is_dated(temporal) && d.form == Form::kBytes && d.type != Type::kBit &&
        collation != kBinaryCollation)
      (void)text_of_bytes(d, collation);
    values.push_back(std::move(d));
  }
  Datum out;
  Datum number;
  bool null = false;
  if (is_moment(temporal)) {
    std::optional<Extreme> found = extreme_moment(call, values, wanted, null);
    if (null) return {};
    if (as_texts) *as_texts = !found;
    out = found ? typed_text(std::move(found->text), type)
                : extreme_of_texts(call, values, type, wanted);
    number = found ? std::move(found->number) : Datum::of_int(0);
  } else if (temporal == Type::kDate) {
    std::optional<Extreme> found = extreme_day(call, values, wanted);
    if (!found) return {};
    out = typed_text(std::move(found->text), type);
    number = std::move(found->number);
  } else {
    out = extreme_of_texts(call, values, type, wanted);
    if (temporal != Type::kNull) number = number_of(values, wanted);
  }
  const bool variable = type.type == Type::kVarchar || type.type == Type::kVarbinary;
  if (temporal != Type::kNull && variable) {
    out.made_of = std::make_shared<const Datum>(std::move(number));
    out.numbers_only = true;
  }
  return out;
}

// Whether there are dates among them, and something that is read as one.
bool names_dates(const Call& call) {
  bool dates = false;
  bool others = false;
  for (size_t i = 0; i < call.size(); ++i) {
    const Type t = call.arg_type(i).type;
    dates = dates || is_dated(t);
    others = others || (!is_dated(t) && t != Type::kTime);
  }
  return dates && others;
}

// Each in its place, until one is NULL: what is beside a datetime is called by its name.
void warn_of_extreme(const Call& call) {
  std::optional<Side> timed;
  std::vector<Side> sides;
  for (size_t i = 0; i < call.size(); ++i) {
    Side side = side_of(*call.args[i], call.context);
    if (i < call.names.size()) side.name = call.names[i];
    sides.push_back(side);
    if (!timed && is_dated(side.type) && side.type != Type::kDate) timed = side;
  }
  std::vector<Side*> all;
  for (Side& side : sides) all.push_back(&side);
  make_bytes(all, true, call.context);
  std::optional<std::string> name = timed ? name_of(*timed, call.context) : std::nullopt;
  if (timed && !name && is_written(*timed->node))
    name = fmt::format("timestamp'{}'", to_text(quietly(*timed->node, call.context)));
  take([&] {
    for (size_t i = 0; i < call.size(); ++i) {
      Datum d = sides[i].text ? *sides[i].text : call.arg(i);
      if (d.is_null()) return;
      if (d.is_temporal()) continue;
      if (d.form == Form::kJson && timed) d = text_of_document(d);
      constexpr double kHalf = 0.5;  // nothing, when rounded
      const bool bits = timed && d.type == Type::kBit;
      if (bits && !types::parse_datetime(d.bytes))
        call.context.warn(1292, fmt::format("Incorrect datetime value: '{}'", shown_in_message(d)));
      if (bits) continue;
      // A text is asked whether it is one, first.
      if (timed && d.is_textual() && !call.args[i]->is_leaf()) (void)call.arg(i);
      if (timed && d.is_textual())
        warn_unless_date(d, false, name, call.context);
      else if (!timed || to_double(d) < 0 || to_double(d) >= (d.form == Form::kDecimal ? 1 : kHalf))
        (void)extreme_part(d, timed.has_value(), call.context);
    }
  });
}

}  // namespace

StaticType text_extreme_type(const Call& call, StaticType all) {
  if (all.type == Type::kJson) {
    all.type = Type::kVarchar;
    all.json = true;
    if (all.size == 0) all.size = text_size(static_type(Type::kJson));
    return all;
  }
  if (!types::is_text(all.type) && !types::is_binary(all.type)) return all;
  const Type temporal = temporal_of(call);
  const int digits = fraction_of(call, temporal);
  if (digits == 0) return all;
  constexpr int kMomentLength = 19;
  constexpr int kTimeLength = 10;
  const int64_t size = (is_moment(temporal) ? kMomentLength : kTimeLength) + 1 + digits;
  if (size <= text_size(all)) return all;
  // The text is made of what they are compared as.
  all.size = size;
  if (all.type == Type::kChar) all.type = Type::kVarchar;
  if (all.type == Type::kBinary) all.type = Type::kVarbinary;
  return all;
}

Datum text_extreme(const Call& call, const StaticType& type, int wanted) {
  if (!call.context.env.warnings) return silent_extreme(call, type, wanted);
  if (!names_dates(call)) {
    // Beside times texts are read twice.
    const bool times = temporal_of(call) == Type::kTime;
    for (size_t i = 0; times && i < call.size(); ++i) {
      if (is_string(*call.args[i]) && !call.args[i]->is_leaf()) (void)call.arg(i);
    }
    return silent_extreme(call, type, wanted);
  }
  Quiet quiet(call.context);
  bool as_texts = false;
  Datum out = silent_extreme({call.args, quiet.context(), call.collation, call.name}, type, wanted,
                             &as_texts);
  warn_of_extreme(call);
  for (size_t i = 0; as_texts && i < call.size(); ++i) {
    if (!call.args[i]->is_leaf()) (void)call.arg(i);
  }
  return out;
}

}  // namespace vif::eval
