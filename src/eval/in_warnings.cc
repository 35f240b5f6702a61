// What the server warns of while it looks for a value in a list.
#include <cmath>

#include "eval/charsets.h"
#include "eval/compared_side.h"
#include "eval/comparison_warnings.h"
#include "eval/static_type.h"

namespace vif::eval {
namespace {

// As what the values of a list are read.
enum class Reading : uint8_t { kKind, kDate, kDatetime, kTime, kAsTheyAre };

struct List {
  Side left;
  std::vector<Side> items;
  bool sorted = false;  // constants of one kind are converted and sorted before there are rows
  Reading reading = Reading::kKind;
  Kind kind = Kind::kString;
  Side named;  // what messages say that dates are beside
};

bool is_null_literal(const Side& side) {
  return side.type == Type::kNull && is_written(*side.node);
}

struct Temporals {
  bool dates = false;
  bool datetimes = false;
  bool times = false;
  explicit Temporals(const List& list) {
    add(list.left.type);
    for (const Side& item : list.items) add(item.type);
  }
  bool any() const { return dates || datetimes || times; }

 private:
  void add(Type t) {
    dates = dates || t == Type::kDate;
    datetimes = datetimes || t == Type::kDatetime || t == Type::kTimestamp;
    times = times || t == Type::kTime;
  }
};

Reading reading_of(Type t) {
  if (t == Type::kDate) return Reading::kDate;
  if (t == Type::kDatetime || t == Type::kTimestamp) return Reading::kDatetime;
  return t == Type::kTime ? Reading::kTime : Reading::kKind;
}

void choose_sorted(List& list) {
  list.sorted = true;
  list.named = list.left;
  const Temporals temporals(list);
  if (list.kind == Kind::kString && temporals.any()) {
    const bool one = temporals.dates + temporals.datetimes + temporals.times == 1;
    list.reading = !one || temporals.datetimes ? Reading::kDatetime
                   : temporals.dates           ? Reading::kDate
                                               : Reading::kTime;
  } else if (list.kind == Kind::kReal) {
    list.reading = reading_of(list.left.type);
    // Beside an integer that is no column all are integers.
    if (list.left.kind() == Kind::kInt && !is_column(*list.left.node)) list.kind = Kind::kInt;
    if (list.left.type == Type::kYear) list.reading = Reading::kAsTheyAre;
  }
}

// Of one kind, but not all constants: the first datetime says what dates are, or the last date or
// time of another kind than those before.
void choose_beside_dates(List& list) {
  const auto look = [&](const Side& side) {
    if (reading_of(side.type) == Reading::kKind || list.reading == Reading::kDatetime) return;
    if (reading_of(side.type) == list.reading) return;
    list.reading = reading_of(side.type);
    list.named = side;
  };
  look(list.left);
  for (const Side& item : list.items) look(item);
}

List list_of(std::span<const NodePtr> args, Context& context) {
  List list;
  list.left = side_of(*args[0], context);
  bool constant = true;
  bool json = list.left.type == Type::kJson;
  std::optional<Kind> kind;
  bool several = false;
  bool texts = false;
  for (size_t i = 1; i < args.size(); ++i) {
    const Side& item = list.items.emplace_back(side_of(*args[i], context));
    constant = constant && is_fixed(*item.node);
    json = json || item.type == Type::kJson;
    if (is_null_literal(item)) continue;
    const Kind own = common_kind(list.left.kind(), item.kind());
    several = several || (kind && *kind != own);
    kind = own;
    texts = texts || own == Kind::kString;
  }
  list.kind = kind.value_or(list.left.kind());
  if (texts) {
    std::vector<Side*> sides = {&list.left};
    for (Side& item : list.items) sides.push_back(&item);
    make_bytes(sides, true, context);
  }
  if (json) {
    list.reading = Reading::kAsTheyAre;
  } else if (!several && constant) {
    choose_sorted(list);
  } else if (!several && list.kind == Kind::kString) {
    choose_beside_dates(list);
  } else {
    list.named = list.left;
  }
  return list;
}

void read_number_as_date(const Datum& d, bool date_only, Context& context) {
  constexpr double kFirstDate = 101;  // lower numbers are none
  const bool dated = date_only || to_double(d) >= kFirstDate;
  (void)to_datetime(d, context, {dated, date_only, dated});
}

// Into a list of dates: a time of a day is lost, which an item says.
bool read_day(const Side& side, bool item, Context& context) {
  const Datum d = value_of(side, context);
  if (d.is_null()) return false;
  if (d.is_temporal()) return true;
  if (!d.is_textual()) {
    read_number_as_date(d, true, context);
    return true;
  }
  (void)to_datetime(d, context, {true, true});
  const std::optional<types::ParsedTemporal> parsed = types::parse_datetime(d.bytes, true);
  if (!parsed || !parsed->complete || !item) return true;
  const Temporal& t = parsed->value;
  if (t.hour != 0 || t.minute != 0 || t.second != 0 || t.microsecond != 0) {
    context.warn(1292, fmt::format("Truncated incorrect date value: '{}'", shown_in_message(d)));
  }
  return true;
}

bool read_moment(const Side& side, const Side& named, Context& context) {
  if (kind_of(side.type) == Kind::kString) return read_date(side, named, context);
  const Datum d = value_of(side, context);
  if (d.is_null()) return false;
  if (d.type == Type::kBit) {
    warn_unless_date(Datum::of_bytes(d.bytes), named.type == Type::kDate, name_of(named, context),
                     context);
    return true;
  }
  const double number = to_double(d);
  constexpr double kHalf = 0.5;  // nothing, when rounded
  if (d.form == Form::kDecimal ? number >= 1 || number < 0 : number > kHalf || number < 0)
    read_number_as_date(d, false, context);
  return true;
}

bool look(const List& list, const Side& side, Context& context) {
  switch (list.reading) {
    case Reading::kDate:
      return list.sorted ? read_day(side, &side != &list.left, context)
                         : read_date(side, list.named, context);
    case Reading::kDatetime: return read_moment(side, list.named, context);
    case Reading::kTime: return read_time(side, context);
    case Reading::kAsTheyAre: return read_as(side, Kind::kString, context);
    case Reading::kKind: return read_as(side, list.kind, context);
  }
  return false;
}

// Beside a list of several kinds: as what the two are compared.
bool look_beside(const List& list, const Side& side, Kind kind, Context& context) {
  if (list.reading != Reading::kKind) return look(list, side, context);
  if (kind != Kind::kString) return read_as(side, kind, context);
  if (is_dated(list.left.type)) return read_date(side, list.left, context);
  return list.left.type == Type::kTime ? read_time(side, context) : read_as(side, kind, context);
}

// A column of a row, as the left row's column is.
bool look_in_row(const Side& left, const Side& side, Context& context) {
  if (is_dated(left.type) && side.type == Type::kBit) {
    const Datum bits = value_of(side, context);
    if (!bits.is_null() && !types::parse_datetime(bits.bytes))
      context.warn(1292, fmt::format("Incorrect datetime value: '{}'", shown_in_message(bits)));
    return !bits.is_null();
  }
  if (left.kind() == Kind::kString && is_dated(left.type)) return read_moment(side, left, context);
  if (left.type == Type::kTime) return read_time(side, context);
  return read_as(side, left.kind(), context);
}

struct Rows {
  std::vector<Side> left;
  std::vector<std::vector<Side>> items;
  bool flat = true;    // no rows in rows
  bool sorted = true;  // all is constant, and nothing NULL
  bool json = false;
};

Rows rows_of(std::span<const NodePtr> args, Context& context) {
  Rows out;
  for (size_t row = 0; row < args.size(); ++row) {
    std::vector<Side> sides;
    if (!args[row]->columns()) {
      out.flat = false;
      return out;
    }
    for (const NodePtr& column : *args[row]->columns()) {
      out.flat = out.flat && !column->columns();
      const Side& side = sides.emplace_back(side_of(*column, context));
      out.json = out.json || side.type == Type::kJson;
      const bool null = row == 0 ? side.nullable : is_null_literal(side);
      out.sorted = out.sorted && !null && (row == 0 || is_fixed(*side.node));
    }
    if (row == 0)
      out.left = std::move(sides);
    else
      out.items.push_back(std::move(sides));
  }
  return out;
}

void warn_of_rows(const Rows& rows, size_t matched,
                  const std::function<bool(size_t, const Datum&, const Datum&)>& same_column,
                  Context& context) {
  Quiet quiet(context);
  for (const Side& column : rows.left) (void)look_in_row(column, column, context);
  if (rows.sorted) return;
  for (size_t row = 0; row < rows.items.size() && row < matched; ++row) {
    for (size_t i = 0; i < rows.left.size(); ++i) {
      const bool read = look_in_row(rows.left[i], rows.items[row][i], context);
      const Datum a = value_of(rows.left[i], quiet.context());
      const Datum b = value_of(rows.items[row][i], quiet.context());
      // What is no time is another one.
      if (!read && rows.left[i].type == Type::kTime && !a.is_null() && !b.is_null()) break;
      if (!read) continue;
      if (!a.is_null() && !b.is_null() && !same_column(i, a, b)) break;
    }
  }
}

}  // namespace

void warn_before_in(std::span<const NodePtr> args, Context& context) {
  take([&] {
    if (args[0]->columns()) {
      const Rows rows = rows_of(args, context);
      if (!rows.flat) return;
      if (rows.json) {
        context.warn(1235,
                     "This version of MySQL doesn't yet support 'comparison of JSON within a ROW "
                     "in the IN operator'");
      }
      if (!rows.sorted) return;
      for (const std::vector<Side>& row : rows.items) {
        for (size_t i = 0; i < row.size(); ++i) (void)look_in_row(rows.left[i], row[i], context);
      }
      return;
    }
    const List list = list_of(args, context);
    if (!list.sorted) return;
    for (const Side& item : list.items) (void)look(list, item, context);
  });
}

void warn_of_in(std::span<const NodePtr> args, size_t matched,
                const std::function<bool(size_t, const Datum&, const Datum&)>& same_column,
                Context& context) {
  take([&] {
    if (args[0]->columns()) {
      const Rows rows = rows_of(args, context);
      if (rows.flat) warn_of_rows(rows, matched, same_column, context);
      return;
    }
    const List list = list_of(args, context);
    if (list.sorted) {
      Quiet quiet(context);
      for (const Side& item : list.items) {
        if (value_of(item, quiet.context()).is_null()) continue;
        (void)look(list, list.left, context);
        return;
      }
      return;
    }
    if (is_null_literal(list.left)) return;
    unsigned seen = 0;
    for (size_t i = 0; i < list.items.size() && i < matched; ++i) {
      const Side& item = list.items[i];
      if (is_null_literal(item)) continue;
      const Kind kind = common_kind(list.left.kind(), item.kind());
      const unsigned bit = 1u << static_cast<unsigned>(kind);
      if ((seen & bit) == 0) (void)look_beside(list, list.left, kind, context);
      seen |= bit;
      (void)look_beside(list, item, kind, context);
    }
  });
}

}  // namespace vif::eval
