#include "eval/before_rows.h"

#include <algorithm>

#include "eval/charsets.h"
#include "eval/collation_mix.h"
#include "eval/column_store.h"
#include "eval/compared_side.h"
#include "eval/constants.h"
#include "eval/equality.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

const types::Charset& utf8mb4() { return *types::find_charset("utf8mb4"); }

// `look` at a constant, with its errors but for what the gate refuses.
template <typename Look>
void look_at(std::string_view sql_mode, Look look) {
  Env env;
  env.sql_mode = sql_mode;
  Context context{{}, env};
  try {
    look(context);
  } catch (const SqlError& e) {
    if (e.error.code() != Code::kUnimplemented) throw;
  }
}

bool is_bytes(const StaticType& t) {
  return types::is_binary(t.type) || t.type == Type::kHexNum || t.type == Type::kHexVal ||
         t.type == Type::kBitNum;
}

const types::Charset* charset_of(const StaticType& t) {
  if (t.type == Type::kJson) return &utf8mb4();
  const types::Collation* own = types::find_collation(t.collation);
  return own ? own->charset : nullptr;
}

void check_fits(std::string_view text, const types::Charset& own, const types::Charset& charset) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    if (charset.append(utf8mb4().next_code_point(rest), out)) continue;
    cannot_convert(own.encoding == types::Encoding::kUtf8 ? std::string(text)
                                                          : types::convert(text, utf8mb4(), own),
                   own.name, charset.name);
  }
}

// A constant of that type becomes a text of that collation.
// `numbers`: they are converted too.
void convert_constant(const Node& node, const StaticType& t, const types::Collation& to,
                      std::string_view sql_mode, bool numbers = false) {
  if (!node.is_constant() || t.type == Type::kNull) return;
  const bool bytes = is_bytes(t);
  const bool numeric = types::is_number(t.type) || kind_of(t.type) != Kind::kString ||
                       is_dated(t.type) || t.type == Type::kTime;
  // Digits, and bytes, are what they are in all charsets but those of wide characters.
  if ((bytes || (numeric && !numbers)) && to.charset->holds_ascii()) return;
  const types::Charset* own = charset_of(t);
  if (!bytes && !numeric && (!own || own == to.charset)) return;
  const std::optional<Datum> d = evaluated_constant(node, sql_mode);
  if (!d || d->is_null() || numeric) return;
  if (own && !bytes && d->form != Form::kBytes) check_fits(to_text(*d), *own, *to.charset);
}

// As messages show it, the client's charset being UTF-8: to the first NUL.
std::string shown_to_client(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\0'));
  std::string out;
  for (size_t bad = 0; !is_utf8mb4(bytes, bad);) {
    out += bytes.substr(0, bad);
    bytes.remove_prefix(bad);
    const auto lead = static_cast<unsigned char>(bytes[0]);
    const size_t wanted = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    const bool cut = bytes.size() < wanted &&
                     std::all_of(bytes.begin() + 1, bytes.end(),
                                 [](char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; });
    if (cut) return out;
    out += '?';
    bytes.remove_prefix(1);
  }
  return out + std::string(bytes);
}

void check_date_constant(const Node& text, const StaticType& t, Type type,
                         std::string_view sql_mode) {
  if (!text.is_constant() || kind_of(t.type) != Kind::kString) return;
  const std::optional<Datum> d = evaluated_constant(text, sql_mode);
  if (!d || !d->is_textual() || d->is_member()) return;
  const auto parsed = date_in_mode(d->bytes, sql_mode);
  const bool zero =
      parsed && parsed->value.year == 0 && parsed->value.month == 0 && parsed->value.day == 0;
  if (parsed && (!zero || allows_zero_dates(sql_mode))) return;
  const std::string_view name = type == Type::kDate       ? "DATE"
                                : type == Type::kDatetime ? "DATETIME"
                                                          : "TIMESTAMP";
  throw SqlError{
      Error(Code::kInvalidArgument, 1525, "HY000",
            fmt::format("Incorrect {} value: '{}'", name, shown_to_client(own_bytes(*d))))};
}

// In the column of that type, what beside it is a constant of the other.
void store_constant(const Node& column, const StaticType& t, const Node& constant,
                    std::string_view sql_mode, bool bounds = false) {
  if (!is_column(column) || !constant.is_constant() || constant.width() != 1) return;
  const bool stores = is_dated(t.type) || t.type == Type::kTime || t.type == Type::kYear ||
                      t.type == Type::kInt64 || t.type == Type::kUint64;
  if (!stores) return;
  const StaticType own = type_before_rows(constant);
  if (is_dated(t.type) && kind_of(own.type) == Kind::kString && !bounds) return;
  (void)evaluated_constant(constant, sql_mode);
}

}  // namespace

std::optional<Datum> evaluated_constant(const Node& node, std::string_view sql_mode) {
  std::optional<Datum> out;
  if (!node.is_constant()) return out;
  look_at(sql_mode, [&](Context& context) { out = node.evaluate(context); });
  return out;
}

void ask_constants(std::span<const NodePtr> columns, std::string_view sql_mode) {
  look_at(sql_mode, [&](Context& context) { ask_columns(columns, context); });
}

void convert_constants(std::span<const Node* const> nodes, std::string_view sql_mode) {
  std::vector<StaticType> types;
  for (const Node* node : nodes) {
    if (!node || node->width() != 1) return;
    types.push_back(type_before_rows(*node));
  }
  const types::Collation* to =
      types::find_collation(merged_text(types, kUtf8mb4Collation).collation);
  if (!to || to->id == kBinaryCollation) return;
  for (size_t i = 0; i < nodes.size(); ++i) convert_constant(*nodes[i], types[i], *to, sql_mode);
}

void convert_to_charset_of(const Node& text, std::span<const Node* const> others,
                           std::string_view sql_mode) {
  const StaticType t = type_before_rows(text);
  const bool number = types::is_number(t.type) || is_dated(t.type) || t.type == Type::kTime;
  const types::Collation* to = number ? types::find_collation(kUtf8mb4Collation)
                               : types::is_text(t.type) && !is_bytes(t)
                                   ? types::find_collation(t.collation)
                                   : nullptr;
  if (!to || to->id == kBinaryCollation) return;
  for (const Node* node : others)
    convert_constant(*node, type_before_rows(*node), *to, sql_mode, to->charset->name != "latin1");
}

void store_constants(const Node& left, const Node& right, std::string_view sql_mode) {
  store_constant(left, type_before_rows(left), right, sql_mode);
  store_constant(right, type_before_rows(right), left, sql_mode);
}

void write_out_date(const Node& text, NodePtr& date) {
  if (!date->is_constant() || date->width() != 1 || text.width() != 1) return;
  const Type type = type_before_rows(*date).type;
  if (!is_dated(type) && type != Type::kTime) return;
  const StaticType t = type_before_rows(text);
  const types::Charset* own = charset_of(t);
  if (!types::is_text(t.type) || is_bytes(t) || !own || own->holds_ascii()) return;
  date = make_conversion(std::move(date), *own, std::nullopt);
}

void check_date_constants(const Node& left, const Node& right, std::string_view sql_mode) {
  const StaticType a = type_before_rows(left);
  const StaticType b = type_before_rows(right);
  if (a.type == Type::kJson || b.type == Type::kJson) return;
  if (is_dated(a.type) && !is_dated(b.type))
    check_date_constant(right, b, a.type, sql_mode);
  else if (is_dated(b.type) && !is_dated(a.type))
    check_date_constant(left, a, b.type, sql_mode);
}

void resolve_comparison(const Node& left, const Node& right, std::string_view sql_mode) {
  if (left.width() != right.width()) return;
  if (left.columns() || right.columns()) {
    for (size_t i = 0; left.columns() && right.columns() && i < left.width(); ++i) {
      const Node& a = *(*left.columns())[i];
      const Node& b = *(*right.columns())[i];
      if (a.columns() || b.columns()) {
        resolve_comparison(a, b, sql_mode);
        continue;
      }
      check_date_constants(a, b, sql_mode);
      const Node* const both[] = {&a, &b};
      if (is_string(a) && is_string(b)) convert_constants(both, sql_mode);
    }
    return;
  }
  const Node* const both[] = {&left, &right};
  const bool strings = kind_of(type_before_rows(left).type) == Kind::kString &&
                       kind_of(type_before_rows(right).type) == Kind::kString;
  if (strings) convert_constants(both, sql_mode);
  store_constants(left, right, sql_mode);
  check_date_constants(left, right, sql_mode);
}

namespace {

Kind kind_before_rows(const Node& node) { return kind_of(type_before_rows(node).type); }

// What a column stores of the constant is no text any more.
bool is_stored(const Node& column, const StaticType& t, const Node& constant,
               std::string_view sql_mode) {
  const bool stores = is_dated(t.type) || t.type == Type::kTime || t.type == Type::kYear ||
                      t.type == Type::kInt64 || t.type == Type::kUint64;
  if (!stores || !is_column(column) || !constant.is_constant()) return false;
  const std::optional<Datum> d = evaluated_constant(constant, sql_mode);
  if (!d || d->is_null()) return false;
  Env env;
  env.sql_mode = sql_mode;
  return stored_in(column_before_rows(t), constant, *d, Context{{}, env}).has_value();
}

// Both bounds are compared under the collation of the value, to know whether they are the same.
void compare_bounds(const StaticType& value, std::span<const Node* const> bounds,
                    std::string_view sql_mode) {
  if (is_bytes(value) || value.type == Type::kBit || value.type == Type::kNull) return;
  const bool number = types::is_number(value.type);
  const bool numeric = number || is_dated(value.type) || value.type == Type::kTime;
  // All that are no numbers are bytes beside bytes.
  for (const Node* bound : bounds) {
    if (!number && is_bytes(type_before_rows(*bound))) return;
  }
  const types::Charset* to = numeric ? types::find_charset("latin1") : charset_of(value);
  for (const Node* bound : bounds) {
    const StaticType t = type_before_rows(*bound);
    const types::Charset* own = charset_of(t);
    const std::optional<Datum> d = evaluated_constant(*bound, sql_mode);
    const bool text = d && (d->form == Form::kText || d->form == Form::kJson) && own != to;
    if (text && to && own) check_fits(to_text(*d), *own, *to);
  }
}

}  // namespace

void resolve_between(const Node& value, const Node& low, const Node& high, bool negated,
                     std::string_view sql_mode) {
  const Node* const all[] = {&value, &low, &high};
  bool strings = true;
  bool dated = false;
  for (const Node* node : all) {
    const Type t = type_before_rows(*node).type;
    strings = strings && kind_of(t) == Kind::kString;
    dated = dated || is_dated(t);
  }
  if (strings) convert_constants(all, sql_mode);
  const StaticType t = type_before_rows(value);
  // What a column of dates or times stores is one of them; of integers, an integer.
  const bool temporal = is_dated(t.type) || t.type == Type::kTime;
  bool texts = !negated;
  for (const Node* bound : {&low, &high}) {
    bool text = kind_before_rows(*bound) == Kind::kString;
    if (!strings || !dated) {
      store_constant(value, t, *bound, sql_mode, true);
      if (is_stored(value, t, *bound, sql_mode)) text = temporal;
    }
    texts = texts && text && bound->is_constant();
  }
  const Node* const bounds[] = {&low, &high};
  if (texts) compare_bounds(t, bounds, sql_mode);
}

void resolve_in(std::span<const Node* const> all, std::string_view sql_mode) {
  const StaticType left = type_before_rows(*all[0]);
  bool json = left.type == Type::kJson;
  bool constant = true;
  bool text = false;
  std::optional<Kind> one;
  bool several = false;
  for (const Node* item : all.subspan(1)) {
    const StaticType t = type_before_rows(*item);
    json = json || (constant && t.type == Type::kJson);
    constant = constant && item->is_constant();
    if (t.type == Type::kNull && item->is_leaf()) continue;
    const Kind kind = common_kind(kind_of(left.type), kind_of(t.type));
    several = several || (one && *one != kind);
    one = kind;
    text = text || kind == Kind::kString;
  }
  if (text && !json) convert_constants(all, sql_mode);
  // They are sorted.
  if (several || json || !constant || left.type == Type::kTuple) return;
  std::vector<StaticType> types;
  bool temporal = false;
  for (const Node* node : all) {
    types.push_back(type_before_rows(*node));
    temporal = temporal || is_dated(types.back().type) || types.back().type == Type::kTime;
  }
  const types::Collation* all_text =
      one == Kind::kString && !temporal
          ? types::find_collation(merged_text(types, kUtf8mb4Collation).collation)
          : nullptr;
  if (all_text && all_text->id == kBinaryCollation) all_text = nullptr;
  const bool whole = one == Kind::kReal && !is_column(*all[0]) &&
                     (left.type == Type::kInt64 || left.type == Type::kUint64);
  for (const Node* item : all.subspan(1)) {
    const std::optional<Datum> d = evaluated_constant(*item, sql_mode);
    const bool bytes = all_text && d && d->form == Form::kBytes && d->type != Type::kBit;
    if (bytes) (void)text_of_bytes(*d, all_text->id);
    // Beside a long integer all are integers.
    if (whole && d && !d->is_null())
      look_at(sql_mode, [&](Context& context) { (void)whole_of(*d, context); });
  }
}

void resolve_case(std::span<const Node* const> compared, std::span<const Node* const> values,
                  std::string_view sql_mode) {
  std::vector<StaticType> types;
  for (const Node* node : values) types.push_back(type_before_rows(*node));
  const Type t = common_type(types).type;
  if (types::is_text(t) || types::is_binary(t)) convert_constants(values, sql_mode);
  if (compared.empty() || !compared[0] || kind_before_rows(*compared[0]) != Kind::kString) return;
  for (const Node* node : compared.subspan(1)) {
    if (kind_before_rows(*node) != Kind::kString) continue;
    convert_constants(compared, sql_mode);
    return;
  }
}

void resolve_arguments(std::string_view name, std::span<const NodePtr> args,
                       std::string_view sql_mode) {
  struct Converting {
    std::string_view name;
    size_t first;
    size_t last;
    size_t to = SIZE_MAX;  // the others become texts of this argument's charset
  };
  constexpr size_t kAll = SIZE_MAX;
  constexpr Converting kConverting[] = {
      {"concat", 0, kAll},   {"concat_ws", 0, kAll}, {"elt", 1, kAll},      {"make_set", 1, kAll},
      {"export_set", 1, 3},  {"coalesce", 0, kAll},  {"ifnull", 0, kAll},   {"if", 1, 2},
      {"nullif", 0, kAll},   {"greatest", 0, kAll},  {"least", 0, kAll},    {"strcmp", 0, kAll},
      {"find_in_set", 0, 1}, {"locate", 0, 0, 1},    {"position", 0, 0, 1}, {"instr", 1, 1, 0},
      {"replace", 1, 2, 0},  {"insert", 3, 3, 0},    {"lpad", 2, 2, 0},     {"rpad", 2, 2, 0}};
  // Counts, which say how long a result is.
  constexpr std::string_view kCounting[] = {"left", "right", "repeat", "lpad",      "rpad",
                                            "sha2", "space", "substr", "substring", "mid"};
  if (std::find(std::begin(kCounting), std::end(kCounting), name) != std::end(kCounting)) {
    const size_t end = name.starts_with("sub") || name == "mid" ? 3 : 2;
    for (size_t i = name == "space" ? 0 : 1; i < std::min(args.size(), end); ++i) {
      const std::optional<Datum> d = evaluated_constant(*args[i], sql_mode);
      if (d && d->is_null()) break;
    }
  }
  const bool adds = name == "addtime" || name == "subtime";
  const Type base = adds ? type_before_rows(*args[0]).type : Type::kNull;
  const bool timestamps = name == "timestamp" && args.size() == 2;
  if (name == "timediff" || timestamps || is_dated(base) || base == Type::kTime) {
    // Digits of constant texts, the second's first.
    for (const size_t i : {1, 0}) {
      const Type t = type_before_rows(*args[i]).type;
      const bool text = kind_of(t) == Kind::kString && !is_dated(t) && t != Type::kTime;
      if (text) (void)evaluated_constant(*args[i], sql_mode);
    }
  }
  if (name == "json_search" && args.size() > 2) {
    const StaticType t = type_before_rows(*args[2]);
    const bool weak = t.coercibility == static_cast<uint8_t>(Coercibility::kCoercible);
    if (types::is_text(t.type) && weak && collation_name(t.collation) == "utf8mb4_0900_bin") {
      const MixedText both[] = {{"utf8mb4_bin", Coercibility::kCoercible},
                                {"utf8mb4_0900_bin", Coercibility::kCoercible}};
      illegal_mix("like", both);
    }
  }
  if (name == "interval") ask_constants(args, sql_mode);
  if (name == "isnull" && type_before_rows(*args[0]).nullable) ask_constants(args, sql_mode);
  const auto* found = std::find_if(std::begin(kConverting), std::end(kConverting),
                                   [&](const Converting& c) { return c.name == name; });
  if (found == std::end(kConverting)) return;
  std::vector<const Node*> nodes;
  bool text = false;
  for (size_t i = found->first; i < args.size() && i <= found->last; ++i) {
    nodes.push_back(args[i].get());
    text = text || is_string(*args[i]);
  }
  const bool pads = name == "lpad" || name == "rpad";
  if (!text && found->to == SIZE_MAX && name != "strcmp") return;
  if (pads && !is_string(*args[0])) return;
  if (found->to != SIZE_MAX)
    convert_to_charset_of(*args[found->to], nodes, sql_mode);
  else
    convert_constants(nodes, sql_mode);
  const bool compares = (name == "nullif" || name == "strcmp") && args.size() == 2;
  if (name == "strcmp" && compares) store_constants(*args[0], *args[1], sql_mode);
  if (compares) check_date_constants(*args[0], *args[1], sql_mode);
}

}  // namespace vif::eval
