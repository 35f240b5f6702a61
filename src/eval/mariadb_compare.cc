// Which kind of values MariaDB compares: one for all of BETWEEN, and one for each column of IN's
// rows.
#include <algorithm>
#include <cmath>

#include "eval/charsets.h"
#include "eval/collation_mix.h"
#include "eval/compared_side.h"
#include "eval/mariadb.h"
#include "eval/static_type.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

bool is_time(Type t) { return t == Type::kTime; }
bool is_hex(Type t) { return t == Type::kHexNum || t == Type::kHexVal || t == Type::kBitNum; }

}  // namespace

// They are put together one by one: a text and an integer are decimals, which beside another text
// are doubles.
MariadbKind mariadb_kind(std::span<const StaticType> types) {
  enum class So : uint8_t { kNothing, kIntegers, kDecimals, kDoubles, kTexts };
  bool times = false;
  bool dates = false;
  bool numbers = false;
  bool texts = false;
  So so = So::kNothing;
  for (const StaticType& t : types) {
    times = times || is_time(t.type);
    dates = dates || is_dated(t.type);
    const bool number = types::is_number(t.type) || t.type == Type::kBit;
    // A number beside numbers, a text beside texts.
    if (t.type == Type::kHexNum || t.type == Type::kBitNum) continue;
    const bool text = types::is_text(t.type) || types::is_binary(t.type) || is_hex(t.type);
    numbers = numbers || number;
    texts = texts || text;
    if (!number && !text && t.type != Type::kNull) continue;
    const So next = !number                    ? So::kTexts
                    : types::is_float(t.type)  ? So::kDoubles
                    : t.type == Type::kDecimal ? So::kDecimals
                                               : So::kIntegers;
    const auto both = [&](So a, So b) { return (so == a && next == b) || (so == b && next == a); };
    if (so == So::kNothing || so == next)
      so = next;
    else if (so == So::kDoubles || next == So::kDoubles || both(So::kTexts, So::kDecimals))
      so = So::kDoubles;
    else
      so = So::kDecimals;
  }
  if (dates) return MariadbKind::kDates;
  if (times) return MariadbKind::kTimes;
  if (!numbers || !texts) return MariadbKind::kOther;
  return so == So::kDecimals ? MariadbKind::kDecimals : MariadbKind::kDoubles;
}

Datum mariadb_as(MariadbKind kind, const Datum& d, const Context& context) {
  if (d.is_null()) return d;
  constexpr int kFractionDigits = 6;
  switch (kind) {
    case MariadbKind::kDates:
      return Datum::of_datetime(mariadb_date_or_zero(d, context), kFractionDigits);
    case MariadbKind::kTimes:
      return Datum::of_time(mariadb_time_or_zero(d, context), kFractionDigits);
    case MariadbKind::kDoubles: return Datum::of_float(to_double(d, context));
    case MariadbKind::kDecimals: {
      const Decimal value = to_decimal(d, context);
      return Datum::of_decimal(value, value.scale());
    }
    case MariadbKind::kOther: break;
  }
  return d;
}

int compare_mariadb(const Datum& a, const Datum& b, MariadbKind kind, const Context& context) {
  if (kind != MariadbKind::kOther)
    return compare_datums(mariadb_as(kind, a, context), mariadb_as(kind, b, context), context);
  // In rows bytes that are no text are equal to none.
  const bool mixed = a.is_textual() && b.is_textual() && a.form != b.form;
  size_t bad = 0;
  if (mixed && !is_utf8mb4((a.form == Form::kBytes ? a : b).bytes, bad)) return 1;
  return compare_datums(a, b, context);
}

// A string that JSON_EXTRACT found is its characters beside a text.
static void unquote_mariadb_pair(Datum& left, Datum& right) {
  const auto found = [](const Datum& d) { return d.source == kJsonExtract && d.is_textual(); };
  Datum& d = found(left) ? left : right;
  const Datum& other = &d == &left ? right : left;
  if (!found(d) || !other.is_textual() || !d.made_of || !d.made_of->is_textual()) return;
  d.bytes = d.made_of->bytes;
  d.made_of = nullptr;
}

void round_mariadb_pair(Datum& a, Datum& b) {
  unquote_mariadb_pair(a, b);
  if (a.form == Form::kTuple && b.form == Form::kTuple && a.tuple.size() == b.tuple.size()) {
    for (size_t i = 0; i < a.tuple.size(); ++i) round_mariadb_pair(a.tuple[i], b.tuple[i]);
    return;
  }
  const auto exact = [](const Datum& d) {
    return d.form == Form::kInt || d.form == Form::kUint || d.form == Form::kDecimal;
  };
  if (!exact(a) || !exact(b)) return;
  for (Datum* d : {&a, &b}) {
    if (d->form == Form::kDecimal && d->decimal.scale() > d->scale)
      d->decimal = d->decimal.rounded(d->scale);
  }
}

bool mariadb_compares_bytes(const std::vector<NodePtr>& nodes, Context& context) {
  std::vector<StaticType> strings;
  bool bytes = false;
  bool texts = false;
  for (const NodePtr& node : nodes) {
    if (node->width() != 1 || !is_string(*node)) continue;
    const StaticType t = node->type(context);
    const bool binary =
        types::is_binary(t.type) || is_hex(t.type) || t.collation == kBinaryCollation;
    bytes = bytes || binary;
    texts = texts || !binary;
    strings.push_back(t);
  }
  if (!bytes || !texts) return false;
  return merged_text(strings, kUtf8mb4Collation).collation == kBinaryCollation;
}

void as_mariadb_bytes(Datum& d) {
  if (d.form == Form::kText && !d.is_member()) d = Datum::of_bytes(own_bytes(d));
}

void as_mariadb_decimal(Datum& constant, const Datum& other, const Context& context) {
  const bool text = constant.is_textual() && !constant.is_hex_or_bit() && !constant.is_member();
  if (!text || other.form != Form::kDecimal) return;
  const Decimal value = to_decimal(constant, context);
  constant = Datum::of_decimal(value, value.scale());
}

void warn_beside_mariadb_null(const Datum& d, const StaticType& other, const Context& context) {
  if (d.is_null() || d.form == Form::kTuple) return;
  const bool text = d.is_textual() && !d.is_hex_or_bit() && !d.is_member();
  if (is_dated(other.type)) {
    if (!d.is_temporal()) (void)mariadb_date_or_zero(d, context);
  } else if (is_time(other.type)) {
    if (!d.is_temporal()) (void)mariadb_time_or_zero(d, context);
  } else if (text && types::is_float(other.type)) {
    (void)to_double(d, context);
  } else if (text && (types::is_number(other.type) || other.type == Type::kBit)) {
    (void)to_decimal(d, context);
  }
}

Datum mariadb_number_beside(const Datum& text, const Node& number, const Context& context) {
  Context quiet{context.row, context.env};
  const StaticType t = number.type(quiet);
  const bool exact = types::is_integral(t.type) || t.type == Type::kBit ||
                     (t.type == Type::kDecimal && !number.is_constant());
  if (!exact) return to_number(text, context);
  const Decimal value = to_decimal(text, context);
  return Datum::of_decimal(value, value.scale());
}

// What a YEAR column is compared with for that constant; nullopt where it stays what it is.
static std::optional<Datum> mariadb_year_of(const Datum& d) {
  const auto year = [](int64_t value) {
    Datum out = Datum::of_int(value);
    out.type = Type::kYear;
    return out;
  };
  constexpr int64_t kFirst = 1901;
  constexpr int64_t kLast = 2155;
  constexpr int64_t kTwoDigits = 100;
  if (d.form == Form::kTime) return year(0);
  if (d.is_temporal()) {
    const int64_t value = d.temporal.year;
    return value >= kFirst && value <= kLast ? std::optional(year(value)) : std::nullopt;
  }
  const bool text = d.is_textual() && !d.is_hex_or_bit();
  if (d.is_null() || d.is_member() || (text && (d.bytes.empty() || d.bytes == "0000")))
    return std::nullopt;
  Datum number = to_number(d);
  if (text && number.f == 0 && d.bytes.find_first_of("0123456789") == std::string::npos)
    return std::nullopt;
  if (number.form == Form::kFloat)
    number = text ? Datum::of_decimal(Decimal::parse_prefix(d.bytes), 0)
                  : Datum::of_decimal(Decimal::from_double(std::trunc(number.f)), 0);
  const Decimal exact = to_decimal(number);
  const std::optional<int64_t> whole = exact.rounded(0).to_int64();
  if (!whole || exact.is_negative() || *whole > kLast) return std::nullopt;
  int64_t value = *whole;
  if (value < kTwoDigits && (value > 0 || text)) value += value < 70 ? 2000 : 1900;
  return value == 0 || value >= kFirst ? std::optional(year(value)) : std::nullopt;
}

void date_mariadb_left(Datum& left, const std::vector<NodePtr>& nodes, Context& context) {
  const bool column = nodes[0]->is_leaf() && !nodes[0]->is_constant();
  if (left.is_null() || left.is_temporal() || left.form == Form::kTuple || nodes[1]->is_leaf() ||
      (column && nodes[1]->is_constant()))
    return;
  const StaticType both[] = {nodes[0]->type(context), nodes[1]->type(context)};
  const MariadbKind kind = mariadb_kind(both);
  if (kind == MariadbKind::kDates || kind == MariadbKind::kTimes)
    left = mariadb_as(kind, left, context);
}

void settle_mariadb_pair(Datum& left, Datum& right, const std::vector<NodePtr>& nodes,
                         Context& context) {
  if (left.is_null() != right.is_null() && nodes[0]->width() == 1)
    warn_beside_mariadb_null(left.is_null() ? right : left,
                             nodes[left.is_null() ? 0 : 1]->type(context), context);
  const auto fixed = [&](size_t i) {
    return nodes[i]->is_constant() || nodes[i]->is_bind_variable();
  };
  if (fixed(0) != fixed(1))
    as_mariadb_decimal(fixed(0) ? left : right, fixed(0) ? right : left, context);
  round_mariadb_pair(left, right);
  const size_t column = fixed(0) ? 1 : 0;
  if (fixed(0) == fixed(1) || !nodes[column]->is_leaf()) return;
  const Datum& value = column == 0 ? left : right;
  Datum& constant = column == 0 ? right : left;
  const bool wide = value.type == Type::kInt64 || value.type == Type::kUint64;
  const bool dated = constant.form == Form::kDatetime || constant.form == Form::kDate;
  if (value.type == Type::kYear)
    constant = mariadb_year_of(constant).value_or(constant);
  else if (wide && dated && constant.temporal.microsecond == 0)
    constant = to_number(constant);
}

bool stores_mariadb_years(const std::vector<NodePtr>& nodes, Context& context) {
  if (!is_column(*nodes[0]) || nodes[0]->type(context).type != Type::kYear) return false;
  return std::none_of(nodes.begin(), nodes.end(), [&](const NodePtr& node) {
    const Type t = node->type(context).type;
    return is_dated(t) || t == Type::kTime;
  });
}

bool store_mariadb_year(const Node& constant, Datum& stored) {
  if (!is_fixed(constant)) return false;
  std::optional<Datum> year = mariadb_year_of(stored);
  if (year) stored = *std::move(year);
  return year.has_value();
}

Datum between_mariadb(std::span<const Datum> values, std::span<const StaticType> types,
                      const Context& context) {
  const MariadbKind kind = mariadb_kind(types);
  const bool low = !values[1].is_null();
  const bool high = !values[2].is_null();
  // Each is converted once, whatever the others are.
  std::vector<Datum> converted;
  for (const Datum& d : values) converted.push_back(mariadb_as(kind, d, context));
  const auto order = [&](size_t i) {
    return compare_mariadb(converted[0], converted[i], MariadbKind::kOther, context);
  };
  if ((low && order(1) < 0) || (high && order(2) > 0)) return Datum::of_bool(false);
  return low && high ? Datum::of_bool(true) : Datum();
}

std::optional<bool> MariadbOperand::equals(const Datum& item, const StaticType& type,
                                           Context& context) {
  const StaticType both[] = {type_, type};
  const MariadbKind kind = mariadb_kind(both);
  // As a day and as an instant it is looked at apart.
  const auto instant = [](Type t) { return is_dated(t) && t != Type::kDate; };
  const bool day = kind == MariadbKind::kDates && !instant(type_.type) && !instant(type.type);
  const size_t slot = day ? std::size(as_) - 1 : static_cast<size_t>(kind);
  const unsigned bit = 1u << slot;
  // For its warnings; a condition's constants are converted once.
  const bool truth = types::is_integral(type_.type) && type_.json;
  if (seen_ != 0 && (seen_ & bit) == 0 && !node_.is_leaf() && !truth)
    (void)node_.evaluate_compared(context);
  seen_ |= bit;
  if (kind == MariadbKind::kOther) return std::nullopt;
  std::optional<Datum>& own = as_[slot];
  if (!own) own = mariadb_as(kind, value_, context);
  if (item.is_null()) return false;
  return compare_datums(*own, mariadb_as(kind, item, context), context) == 0;
}

std::optional<bool> mariadb_row_is(std::span<const Datum> left, const Datum& row,
                                   std::span<const MariadbKind> kinds, const Context& context) {
  std::optional<bool> all = true;
  for (size_t i = 0; i < kinds.size(); ++i) {
    const Datum right = mariadb_as(kinds[i], row.tuple[i], context);
    if (left[i].is_null() || right.is_null())
      all = std::nullopt;
    else if (compare_mariadb(left[i], right, MariadbKind::kOther, context) != 0)
      return false;
  }
  return all;
}

namespace {

[[noreturn]] void illegal_mix_of(std::span<const StaticType> types, std::string_view operation) {
  std::vector<MixedText> mixed;
  for (const StaticType& t : types) {
    const bool number = types::is_number(t.type) || is_time(t.type) || is_dated(t.type);
    mixed.push_back({number ? "latin1_swedish_ci" : collation_name(t.collation),
                     number ? Coercibility::kNumeric : static_cast<Coercibility>(t.coercibility)});
  }
  illegal_mix(operation, mixed);
}

// Of a charset that is not Unicode's: constants must be texts of it, and bytes are what they are
// there.
void check_narrow(std::span<const Node* const> nodes, std::span<const StaticType> types,
                  const types::Charset& charset, std::string_view operation, Context& context) {
  std::vector<StaticType> known;
  for (const StaticType& t : types) {
    if (t.type != Type::kNull) known.push_back(t);
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    const StaticType& t = types[i];
    if (types::is_binary(t.type) || is_hex(t.type))
      refuse(fmt::format("bytes beside a text of {} of MariaDB in the gate", charset.name));
    if (!types::is_text(t.type) || charset.is_unicode()) continue;
    const types::Collation* own = types::find_collation(t.collation);
    const std::optional<Datum> value = constant_value(*nodes[i], context);
    if (!value || value->form != Form::kText || !own || own->charset == &charset) continue;
    std::string out;
    for (std::string_view rest = value->bytes; !rest.empty();) {
      if (!charset.append(charset_named("utf8mb4").next_code_point(rest), out))
        illegal_mix_of(known, operation);
    }
  }
}

}  // namespace

void check_mariadb_collations(std::span<const Node* const> nodes, std::string_view operation) {
  Env env;
  env.mariadb = true;
  Context context{{}, env};
  std::vector<StaticType> types;
  bool differ = false;
  uint32_t named = 0;
  try {
    for (const Node* node : nodes) {
      if (node->width() != 1) return;
      types.push_back(node->type(context));
      const StaticType& t = types.back();
      if (!types::is_text(t.type) ||
          static_cast<Coercibility>(t.coercibility) != Coercibility::kExplicit)
        continue;
      differ = differ || (named != 0 && t.collation != named);
      named = t.collation;
    }
  } catch (const SqlError&) {
    return;  // of a bind variable nothing is known yet
  }
  if (differ) illegal_mix_of(types, operation);
}

void check_mariadb_bytes(std::span<const Node* const> nodes, uint32_t connection, bool compares,
                         std::string_view operation) {
  Env env;
  env.mariadb = true;
  Context context{{}, env};
  std::vector<StaticType> types;
  try {
    for (const Node* node : nodes) types.push_back(node->type(context));
    const StaticType merged = merged_text(types, connection);
    if (types::is_binary(merged.type)) return;
    const bool utf8 = collation_name(merged.collation).starts_with("utf8");
    const types::Collation* narrow = types::find_collation(merged.collation);
    if (!utf8 && narrow && !operation.empty())
      check_narrow(nodes, types, *narrow->charset, operation, context);
    const bool texts = std::any_of(types.begin(), types.end(), [](const StaticType& t) {
      return types::is_text(t.type) || t.type == Type::kEnum || t.type == Type::kSet;
    });
    const bool others = std::any_of(types.begin(), types.end(), [](const StaticType& t) {
      return types::is_number(t.type) || is_time(t.type) || is_dated(t.type);
    });
    if (!utf8 || !texts || (others && compares)) return;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const bool bytes = types::is_binary(types[i].type) || is_hex(types[i].type);
      if (!bytes || !nodes[i]->is_constant() || !nodes[i]->is_leaf()) continue;
      const std::optional<Datum> value = constant_value(*nodes[i], context);
      size_t bad = 0;
      if (!value || value->form != Form::kBytes || is_utf8mb4(value->bytes, bad)) continue;
      constexpr int kInvalidString = 1300;
      throw SqlError{Error(Code::kInvalidArgument, kInvalidString, "HY000",
                           fmt::format("Invalid utf8mb4 character string: '{}'",
                                       invalid_bytes(value->bytes, charset_named("utf8mb4"))))};
    }
  } catch (const SqlError& e) {
    const int number = e.error.mysql_errno();
    const bool mix = number == 1267 || number == 1270 || number == 1271;
    if (number == 1300 || (mix && !operation.empty()) ||
        e.error.message().find("bytes beside a text of") != std::string::npos)
      throw;
    // What cannot be known yet, or is an error of its own, comes when it is evaluated.
  }
}

}  // namespace vif::eval
