#include "eval/mysql_limits.h"

#include <algorithm>
#include <cmath>

#include "eval/constants.h"
#include "eval/static_type.h"
#include "types/collation/collation.h"
#include "types/temporal.h"

namespace vif::eval {
namespace {

enum class Kind : uint8_t {
  kUnknown,  // of a bind variable
  kNull,
  kInteger,
  kYear,
  kDecimal,
  kReal,
  kText,
  kBytes,
  kBit,
  kDate,  // with a time or without
  kTime,
  kJson
};

Kind kind_of(const Node& node) {
  const Env env;
  Context context{{}, env};
  Type t = Type::kNull;
  try {
    t = node.type(context).type;
  } catch (const SqlError&) {
    return Kind::kUnknown;
  }
  switch (t) {
    case Type::kNull: return Kind::kNull;
    case Type::kYear: return Kind::kYear;
    case Type::kDecimal: return Kind::kDecimal;
    case Type::kDate:
    case Type::kDatetime:
    case Type::kTimestamp: return Kind::kDate;
    case Type::kTime: return Kind::kTime;
    case Type::kJson: return Kind::kJson;
    case Type::kBit: return Kind::kBit;
    case Type::kHexNum:
    case Type::kHexVal:
    case Type::kBitNum: return Kind::kBytes;
    default: break;
  }
  if (types::is_integral(t)) return Kind::kInteger;
  if (types::is_float(t)) return Kind::kReal;
  return types::is_binary(t) ? Kind::kBytes : Kind::kText;
}

bool is_numeric(Kind k) {
  return k == Kind::kInteger || k == Kind::kYear || k == Kind::kDecimal || k == Kind::kReal;
}
bool is_temporal(Kind k) { return k == Kind::kDate || k == Kind::kTime; }
bool is_column(const Node& node) { return node.is_leaf() && !node.is_constant(); }
bool is_hex(const Node& node) {
  const Env env;
  Context context{{}, env};
  if (!node.is_leaf() || !node.is_constant()) return false;
  return node.evaluate(context).is_hex_or_bit();
}

bool is_member(const Node& node) {
  const Type t = type_before_rows(node).type;
  return t == Type::kEnum || t == Type::kSet;
}

// A time, or a constant text that is wholly one, with colons.
bool is_time(const Node& node) {
  const Kind k = kind_of(node);
  if (k == Kind::kTime || k == Kind::kNull || k == Kind::kUnknown) return true;
  const std::optional<Datum> d = constant_before_rows(node);
  if (!d || k != Kind::kText || !d->is_textual()) return false;
  const bool dated = d->bytes.find('-', 1) != std::string::npos;
  if (dated || d->bytes.find(':') == std::string::npos) return false;
  const std::optional<types::ParsedTemporal> time = types::parse_time(d->bytes);
  return time && time->complete && !time->deprecated;
}

class Kinds {
 public:
  void add(const Node& node) { counts_[static_cast<size_t>(kind_of(node))] += 1; }
  bool has(Kind k) const { return counts_[static_cast<size_t>(k)] > 0; }
  int count(Kind k) const { return counts_[static_cast<size_t>(k)]; }
  template <typename Test>
  bool any(Test test) const {
    for (size_t i = 0; i < std::size(counts_); ++i) {
      if (counts_[i] > 0 && test(static_cast<Kind>(i))) return true;
    }
    return false;
  }

 private:
  int counts_[static_cast<size_t>(Kind::kJson) + 1] = {};
};

// Such a constant is stored as an integer, or not, by what stands beside it.
void refuse_beyond_integers(const Node& node, bool both_ways = false) {
  constexpr double kMost = 9.2e18;
  const std::optional<Datum> d = constant_before_rows(node);
  if (d && d->form == Form::kFloat && ((both_ways && d->f > kMost) || d->f < -kMost))
    refuse("a list or range of an integer and a double beyond integers in the gate");
}

bool is_faulty_text(const Node& node) {
  const std::optional<Datum> d = constant_before_rows(node);
  if (!d || d->form != Form::kBytes) return false;
  try {
    (void)checked_utf8(d->bytes);
  } catch (const SqlError&) {
    return true;
  }
  return false;
}

uint32_t collation_of(const Node& node) {
  const Env env;
  Context context{{}, env};
  return node.type(context).collation;
}

// Texts of several charsets, or bytes and a text that is not UTF-8: what is converted, and when,
// depends on which are constants.
void refuse_several_charsets(std::string_view name, std::span<const NodePtr> args) {
  constexpr std::string_view kSearching[] = {"locate", "replace", "instr", "position"};
  constexpr std::string_view kJoining[] = {"coalesce", "ifnull", "concat", "concat_ws"};
  const auto among = [&](std::span<const std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!among(kSearching) && !among(kJoining)) return;
  const types::Charset* first = nullptr;
  bool several = false;
  bool foreign = false;
  bool bytes = false;
  for (const NodePtr& arg : args) {
    const Kind k = kind_of(*arg);
    bytes = bytes || k == Kind::kBytes || k == Kind::kBit;
    const types::Collation* c =
        k == Kind::kText ? types::find_collation(collation_of(*arg)) : nullptr;
    if (!c) continue;
    several = several || (first && first != c->charset);
    first = c->charset;
    foreign = foreign || c->charset->name != "utf8mb4";
  }
  if ((several && among(kSearching)) || (foreign && bytes))
    refuse("texts of several character sets in one function in the gate");
}

}  // namespace

void refuse_faulty_pair(const Node& left, const Node& right) {
  const bool one = is_faulty_text(left) && kind_of(right) == Kind::kText && !right.is_constant();
  const bool other = is_faulty_text(right) && kind_of(left) == Kind::kText && !left.is_constant();
  if (one || other) refuse("rows of bytes that are no text beside a text in the gate");
}

void refuse_mixed_in(const Node& value, std::span<const NodePtr> items) {
  if (value.width() != 1 || items.size() < 2) return;
  const Kind left = kind_of(value);
  Kinds listed;
  for (const NodePtr& item : items) listed.add(*item);
  const bool others = listed.any(is_temporal) || listed.has(Kind::kText);
  for (const NodePtr& item : items) {
    if (left == Kind::kInteger && others) refuse_beyond_integers(*item);
  }
  const bool fixed = std::all_of(items.begin(), items.end(),
                                 [](const NodePtr& item) { return item->is_constant(); });
  const bool bytes = left == Kind::kBytes || left == Kind::kBit || listed.has(Kind::kBytes);
  const bool faulty = std::any_of(items.begin(), items.end(),
                                  [](const NodePtr& item) { return is_faulty_text(*item); });
  if (fixed && faulty && (left == Kind::kText || (left == Kind::kBytes && listed.has(Kind::kText))))
    refuse("IN of bytes that are no text in the gate");
  if ((left == Kind::kJson || listed.has(Kind::kJson)) && (!fixed || bytes))
    refuse("IN of JSON among several values in the gate");
  if (left == Kind::kTime && fixed && listed.any(is_numeric) &&
      (listed.has(Kind::kText) || listed.has(Kind::kBytes)))
    refuse("IN of a time, numbers and texts in the gate");
  const bool dates = listed.has(Kind::kDate);
  const bool beside_dates = listed.any(is_numeric) || listed.has(Kind::kTime);
  if ((left == Kind::kTime && dates && beside_dates) ||
      (left == Kind::kDate && listed.has(Kind::kTime)))
    refuse("IN of times and dates in the gate");
  const bool text = left == Kind::kText || left == Kind::kBytes || left == Kind::kBit;
  const bool texts = listed.any([](Kind k) {
    return k == Kind::kText || k == Kind::kBytes || k == Kind::kBit || k == Kind::kDate;
  });
  if (text && listed.has(Kind::kTime) && (texts || listed.count(Kind::kTime) > 1))
    refuse("IN of texts and times in the gate");
  const bool bits = left == Kind::kBit || listed.has(Kind::kBit);
  if (bits && (is_temporal(left) || listed.any(is_temporal)))
    refuse("IN of bits and dates or times in the gate");
  const bool mixed = listed.any([](Kind k) { return k != Kind::kText && k != Kind::kNull; });
  if (is_hex(value) && listed.has(Kind::kText) && mixed)
    refuse("IN of bytes among texts and other values in the gate");
}

namespace {

// The bounds of a column: the server stores constants in it, or compares as what they are, by what
// both of them are. Two that are columns are compared as what they are.
bool are_free(const Node& low, const Node& high) {
  return !low.is_constant() && !high.is_constant();
}
bool alike_beside_year(const Node& low, Kind a, const Node& high, Kind b) {
  if (are_free(low, high)) return true;
  if (is_temporal(a) || is_temporal(b)) return false;
  if (low.is_constant() && high.is_constant()) return true;
  if (low.is_constant()) return a == Kind::kInteger || b != Kind::kYear;
  return b == Kind::kInteger || b == Kind::kNull;
}
bool alike_beside_time(const Node& low, Kind a, const Node& high, Kind b) {
  if (are_free(low, high) || (is_time(low) && is_time(high))) return true;
  const bool numbers = is_numeric(a) && is_numeric(b) && a != Kind::kYear && b != Kind::kYear;
  return numbers && (low.is_constant() || a != Kind::kReal);
}
bool alike_beside_date(const Node& low, Kind a, const Node& high, Kind b) {
  const auto dated = [](Kind k) {
    return is_temporal(k) || k == Kind::kText || k == Kind::kBytes || k == Kind::kNull;
  };
  const auto date = [](const Node& node, Kind k) {
    const std::optional<Datum> d = k == Kind::kInteger ? constant_before_rows(node) : std::nullopt;
    return d && d->is_number() && types::datetime_from_number(to_decimal(*d));
  };
  return are_free(low, high) || (dated(a) && dated(b)) || (date(low, a) && date(high, b));
}

}  // namespace

void refuse_mixed_between(const Node& value, const Node& low, const Node& high) {
  const Kind kind = kind_of(value);
  const Kind a = kind_of(low);
  const Kind b = kind_of(high);
  if (kind == Kind::kUnknown || a == Kind::kUnknown || b == Kind::kUnknown) return;
  if (kind == Kind::kJson || a == Kind::kJson || b == Kind::kJson)
    refuse("BETWEEN of JSON in the gate");
  const bool text = kind == Kind::kText || a == Kind::kText || b == Kind::kText;
  if (text && (is_faulty_text(value) || is_faulty_text(low) || is_faulty_text(high)))
    refuse("BETWEEN of bytes that are no text in the gate");
  if (kind == Kind::kText &&
      ((a == Kind::kTime && b == Kind::kDate) || (a == Kind::kDate && b == Kind::kTime)))
    refuse("BETWEEN of a text, a time and a date in the gate");
  if (kind == Kind::kInteger && is_column(value)) {
    refuse_beyond_integers(low, true);
    refuse_beyond_integers(high, true);
  }
  if (!is_column(value) || (!is_temporal(kind) && kind != Kind::kYear)) return;
  const bool alike = kind == Kind::kYear   ? alike_beside_year(low, a, high, b)
                     : kind == Kind::kTime ? alike_beside_time(low, a, high, b)
                                           : alike_beside_date(low, a, high, b);
  if (!alike) refuse("BETWEEN of a column of dates or times and values of other kinds in the gate");
}

void refuse_mixed_case(const Node* operand, std::span<const CaseBranch> branches,
                       const Node* otherwise) {
  Kinds values;
  for (const CaseBranch& branch : branches) values.add(*branch.value);
  if (otherwise) values.add(*otherwise);
  const bool exact =
      values.has(Kind::kDecimal) || values.has(Kind::kReal) || values.has(Kind::kInteger);
  if (values.has(Kind::kBit) && exact && !values.has(Kind::kText) && !values.has(Kind::kBytes))
    refuse("CASE of bits and numbers in the gate");
  if (!operand) return;
  Kinds compared;
  compared.add(*operand);
  for (const CaseBranch& branch : branches) compared.add(*branch.condition);
  if (compared.has(Kind::kBit) && compared.has(Kind::kTime))
    refuse("CASE comparing bits and times in the gate");
}

void refuse_mixed_comparison(const Node& left, const Node& right) {
  if (left.width() != 1 || right.width() != 1) return;
  const Kind a = kind_of(left);
  const Kind b = kind_of(right);
  if ((a == Kind::kYear && b == Kind::kTime) || (a == Kind::kTime && b == Kind::kYear))
    refuse("comparing a year with a time in the gate");
  const auto is_pair = [&](uint32_t x, uint32_t y) {
    return collation_of(left) == x && collation_of(right) == y;
  };
  constexpr uint32_t kJsonValue = 309;  // utf8mb4_0900_bin
  if (a == Kind::kText && b == Kind::kText &&
      (is_pair(kJsonCollation, kJsonValue) || is_pair(kJsonValue, kJsonCollation)))
    refuse("comparing text of collations utf8mb4_0900_bin and utf8mb4_bin in the gate");
  const auto instant = [](const Node& column, Kind own, const Node& constant, Kind other) {
    if (!is_column(column) || !constant.is_constant()) return false;
    if (own == Kind::kYear) return other == Kind::kDate;
    if (own != Kind::kTime || (other != Kind::kReal && other != Kind::kDecimal)) return false;
    const std::optional<Datum> d = constant_before_rows(constant);
    return d && !d->is_null() && to_double(*d) != 0 && std::fabs(to_double(*d)) < 1;
  };
  if (instant(left, a, right, b) || instant(right, b, left, a))
    refuse(
        "comparing a column of years with a date, or of times with less than a second in the gate");
  const auto document = [](const Node& node, Kind k) {
    if (k != Kind::kJson || !node.is_constant()) return false;
    const std::optional<Datum> d = constant_before_rows(node);
    return d && d->form == Form::kJson && !d->json->is_number();
  };
  if ((a == Kind::kInteger && is_column(left) && document(right, b)) ||
      (b == Kind::kInteger && is_column(right) && document(left, a)))
    refuse("comparing an integer column with a constant JSON that is no number in the gate");
}

void refuse_mixed_function(std::string_view name, std::span<const NodePtr> args, bool nested) {
  Kinds kinds;
  for (const NodePtr& arg : args) kinds.add(*arg);
  refuse_several_charsets(name, args);
  const bool choice = name == "coalesce" || name == "ifnull";
  if (choice && nested && !kinds.any([](Kind k) { return k != Kind::kJson; }))
    refuse("COALESCE of JSON within an expression in the gate");
  if ((name == "greatest" || name == "least") && nested) {
    const bool temporal = kinds.any(is_temporal) || kinds.has(Kind::kYear);
    const bool others = kinds.any([](Kind k) { return !is_temporal(k) && k != Kind::kYear; });
    const bool both = kinds.has(Kind::kTime) && kinds.has(Kind::kDate);
    if (temporal && (others || both))
      refuse(
          "GREATEST or LEAST of dates or times and other values within an expression in the gate");
  }
  const bool extreme = name == "greatest" || name == "least";
  if (extreme && kinds.has(Kind::kBit) && kinds.any([](Kind k) { return k != Kind::kBit; }))
    refuse("GREATEST or LEAST of bits and other values in the gate");
  if (extreme && kinds.has(Kind::kDate) && (kinds.has(Kind::kReal) || kinds.has(Kind::kDecimal)))
    refuse("GREATEST or LEAST of dates and fractions in the gate");
  if (name == "coercibility" && !args.empty() && !args[0]->is_leaf())
    refuse("COERCIBILITY of an expression in the gate");
  const bool bytes = kinds.has(Kind::kBytes) || kinds.has(Kind::kBit);
  if (name == "field" && bytes && kinds.any(is_temporal))
    refuse("FIELD of bytes and dates or times in the gate");
  if (name == "find_in_set" && bytes && kinds.has(Kind::kText))
    refuse("FIND_IN_SET of bytes and a text in the gate");
  if (name.starts_with("regexp_") && kinds.has(Kind::kBit)) refuse("REGEXP on bits in the gate");
  if (name == "nullif" && args.size() == 2) {
    const Kind a = kind_of(*args[0]);
    const Kind b = kind_of(*args[1]);
    if (nested && a == Kind::kJson && b != Kind::kJson && b != Kind::kNull)
      refuse("NULLIF of JSON and another value within an expression in the gate");
    if (nested && is_member(*args[0]))
      refuse("NULLIF of a member within an expression in the gate");
  }
  if (name == "nullif" && args.size() == 2 && args[0]->is_constant() && is_column(*args[1])) {
    const Kind a = kind_of(*args[0]);
    const Kind b = kind_of(*args[1]);
    const bool stored = is_temporal(b) || b == Kind::kYear ||
                        (b == Kind::kInteger && (a != Kind::kInteger || !args[0]->is_leaf())) ||
                        b == Kind::kJson || (a == Kind::kJson && b != Kind::kJson);
    if (stored && a != Kind::kNull && a != Kind::kUnknown &&
        !(a == b && a != Kind::kJson && a != Kind::kInteger))
      refuse("NULLIF of a constant and a column of another type in the gate");
  }
  if (name == "if" && args.size() == 3) {
    Kinds values;
    values.add(*args[1]);
    values.add(*args[2]);
    const bool number = values.any(is_numeric);
    if (values.has(Kind::kBit) && number) refuse("IF of bits and numbers in the gate");
  }
}

void refuse_cast_of_choice(const Node& arg, CastKind kind) {
  if (!arg.is_choice()) return;
  if (kind == CastKind::kYear) refuse("CAST of CASE or IF to YEAR in the gate");
  const bool integer = kind == CastKind::kSigned || kind == CastKind::kUnsigned;
  if (integer && kind_of(arg) == Kind::kDate)
    refuse("CAST of a date that CASE or IF chose to an integer in the gate");
}

bool reads_text(std::string_view name) {
  constexpr std::string_view kReading[] = {"concat", "concat_ws",   "lower",  "upper", "lcase",
                                           "ucase",  "length",      "md5",    "sha1",  "reverse",
                                           "quote",  "char_length", "replace"};
  return std::find(std::begin(kReading), std::end(kReading), name) != std::end(kReading);
}

void check_constant_rows(const Node& row, std::span<const NodePtr> rows) {
  if (rows.size() < 2 || !row.columns()) return;
  for (const NodePtr& other : rows) {
    if (!other->columns() || other->columns()->size() != row.columns()->size()) return;
  }
  for (size_t i = 0; i < row.columns()->size(); ++i) {
    if (kind_of(*(*row.columns())[i]) != Kind::kInteger) continue;
    for (const NodePtr& other : rows) refuse_beyond_integers(*(*other->columns())[i]);
  }
  if (!row.is_constant()) return;
  for (const NodePtr& other : rows) {
    if (!other->is_constant()) return;
  }
  for (size_t i = 0; i < row.columns()->size(); ++i) {
    if (kind_of(*(*row.columns())[i]) != Kind::kText) continue;
    for (const NodePtr& other : rows) {
      const std::optional<Datum> d = constant_before_rows(*(*other->columns())[i]);
      if (!d || d->form != Form::kBytes) continue;
      try {
        (void)checked_utf8(d->bytes);
      } catch (const SqlError&) {
        refuse("IN of constant rows with bytes that are no text in the gate");
      }
    }
  }
}

}  // namespace vif::eval
