// What the compiler asks before it makes nodes for MariaDB: which functions there are, and whether
// constants fit.
#include <algorithm>

#include "eval/function.h"
#include "eval/leaf_nodes.h"
#include "eval/mariadb.h"
#include "sql/ast.h"

namespace vif::eval {
namespace {

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::string_view kRefused[] = {"aes_encrypt", "aes_decrypt", "json_normalize",
                                         "json_equals"};
// All their arguments are text together.
constexpr std::string_view kMerging[] = {
    "coalesce",    "concat",        "concat_ws",   "elt",    "field",
    "find_in_set", "greatest",      "if",          "ifnull", "instr",
    "json_array",  "json_object",   "least",       "locate", "make_set",
    "nullif",      "position",      "replace",     "strcmp", "regexp_replace",
    "regexp_like", "regexp_substr", "regexp_instr"};

// date'2024-00-00'
class ZeroDateNode final : public Node {
 public:
  ZeroDateNode(Datum date, std::string text) : date_(std::move(date)), text_(std::move(text)) {
    date_.origin = Origin::kLiteral;
  }
  Datum evaluate(Context& context) const override {
    const Temporal& t = date_.temporal;
    const bool zero = t.year == 0 && t.month == 0 && t.day == 0;
    if (!has_sql_mode(context, zero ? "NO_ZERO_DATE" : "NO_ZERO_IN_DATE")) return date_;
    constexpr int kWrongValue = 1525;
    const std::string_view kind = date_.form == Form::kDate ? "DATE" : "DATETIME";
    throw SqlError{Error(Code::kInvalidArgument, kWrongValue, "HY000",
                         fmt::format("Incorrect {} value: '{}'", kind, text_))};
  }
  bool is_leaf() const override { return true; }
  StaticType type(Context&) const override {
    StaticType out = literal_type(date_);
    out.nullable = true;
    return out;
  }
  bool is_constant() const override { return true; }

 private:
  Datum date_;
  std::string text_;
};

}  // namespace

NodePtr mariadb_zero_date(const Datum& date, const std::string& text) {
  const bool zeros = date.temporal.month == 0 || date.temporal.day == 0;
  if (date.form == Form::kTime || !zeros) return nullptr;
  return std::make_unique<ZeroDateNode>(date, text);
}

NodePtr mariadb_hexadecimal(const std::string& text) {
  Datum bytes = Datum::of_bytes(
      datum_from({Type::kHexVal, "x'" + text + "'"}, 0, Coercibility::kCoercible).bytes);
  StaticType type = literal_type(bytes);
  type.type = Type::kHexVal;
  type.fixed = true;
  return std::make_unique<ConstantNode>(std::move(bytes), type);
}

std::optional<bool> mariadb_literal_truth(const sql::Expr& e) {
  if (const auto* b = sql::as<sql::BoolVal>(&e)) return b->value;
  const auto* u = sql::as<sql::UnaryExpr>(&e);
  const auto* n = sql::as<sql::NotExpr>(&e);
  const sql::Expr* of = n ? n->expr : u && u->op == sql::UnaryOp::kBang ? u->expr : nullptr;
  const std::optional<bool> inner = of ? mariadb_literal_truth(*of) : std::nullopt;
  return inner ? std::optional<bool>(!*inner) : std::nullopt;
}

namespace {

// What minuses stand before; `negative`: whether they are of an odd number with the one before.
const sql::Expr& after_minuses(const sql::Expr& e, bool& negative) {
  negative = true;
  const sql::Expr* number = &e;
  for (;; negative = !negative) {
    const auto* u = sql::as<sql::UnaryExpr>(number);
    if (!u || u->op != sql::UnaryOp::kMinus) return *number;
    number = u->expr;
  }
}

}  // namespace

std::optional<bool> mariadb_twice_negated_truth(const sql::Expr& e) {
  bool negative = false;
  const auto* truth = sql::as<sql::BoolVal>(&after_minuses(e, negative));
  return truth && !negative ? std::optional<bool>(truth->value) : std::nullopt;
}

bool mariadb_negated_literal(const sql::Expr& e, sql::Literal& out, std::string& text) {
  bool negative = false;
  const auto* l = sql::as<sql::Literal>(&after_minuses(e, negative));
  if (!l || (l->type != sql::LiteralType::kIntVal && l->type != sql::LiteralType::kDecimalVal &&
             l->type != sql::LiteralType::kFloatVal))
    return false;
  out = *l;
  if (!negative) return true;
  const bool positive = !l->text.starts_with('-');
  text = positive ? "-" + std::string(l->text) : std::string(l->text.substr(1));
  out.text = text;
  if (positive) return true;
  // Beyond the integers it is a decimal.
  constexpr std::string_view kMost = "9223372036854775807";
  const bool within = text.size() < kMost.size() || (text.size() == kMost.size() && text <= kMost);
  if (l->type == sql::LiteralType::kIntVal && !within) out.type = sql::LiteralType::kDecimalVal;
  return true;
}

namespace {

// Which arguments of a function are counts or places, from `first` to before `end`.
struct Counts {
  std::string_view name;
  size_t first;
  size_t end;
  bool before_rows;  // of constants
};
constexpr Counts kCounts[] = {
    {"conv", 1, 3, false},     {"export_set", 0, 1, false}, {"format", 1, 2, true},
    {"insert", 1, 3, false},   {"left", 1, 2, true},        {"lpad", 1, 2, true},
    {"makedate", 0, 2, false}, {"mid", 1, 3, true},         {"repeat", 1, 2, true},
    {"right", 1, 2, true},     {"round", 1, 2, true},       {"rpad", 1, 2, true},
    {"space", 0, 1, true},     {"substr", 1, 3, true},      {"substring", 1, 3, true},
    {"truncate", 1, 2, true},
};
const Counts* counts_of(std::string_view name) {
  if (name.starts_with(kMariadbPrefix)) name.remove_prefix(kMariadbPrefix.size());
  const auto* found = std::find_if(std::begin(kCounts), std::end(kCounts),
                                   [&](const Counts& c) { return c.name == name; });
  return found == std::end(kCounts) ? nullptr : found;
}
void warn_of_count(const Datum& d, const Context& context) {
  const bool beyond = d.form == Form::kUint && d.u > INT64_MAX;
  if (!d.is_null() && !beyond) (void)to_int(d, context);
}

}  // namespace

void warn_of_mariadb_counts(std::string_view name, const std::vector<NodePtr>& args,
                            Context& context) {
  if (name == "mariadb sha2" && args[1]->is_constant()) {
    const Datum bits = args[1]->evaluate(context);
    const int64_t n = bits.is_null() ? 0 : to_int(bits, context);
    if (n != 0 && n != 224 && n != 256 && n != 384 && n != 512)
      context.warn(1583, "Incorrect parameters in the call to native function 'sha2'");
  }
  const Counts* counts = counts_of(name);
  if (!counts || !counts->before_rows) return;
  // TRUNCATE of an integer needs none.
  const Type rounded = args[0]->type(context).type;
  if (counts->name == "truncate" &&
      (types::is_integral(rounded) || rounded == Type::kNull || rounded == Type::kDate))
    return;
  for (size_t i = counts->first; i < std::min(args.size(), counts->end); ++i) {
    if (args[i]->is_constant()) warn_of_count(args[i]->evaluate(context), context);
  }
}

bool is_null_to_mariadb(std::string_view name, const std::vector<NodePtr>& args, Context& context) {
  const Counts* counts = context.env.warnings ? counts_of(name) : nullptr;
  if (!counts || name == "round" || name == "mariadb round") return false;
  Env silent = context.env;
  silent.warnings = nullptr;
  Context quiet{context.row, silent};
  const bool null = std::any_of(args.begin(), args.end(),
                                [&](const NodePtr& arg) { return arg->evaluate(quiet).is_null(); });
  for (size_t i = 0; null && i < args.size(); ++i) {
    const Datum d = args[i]->evaluate(context);
    if (i >= counts->first && i < counts->end) warn_of_count(d, context);
  }
  return null;
}

std::string cut_mariadb_value(std::string shown) {
  constexpr size_t kMost = 128;
  constexpr std::string_view kDots = "...";
  if (shown.size() <= kMost) return shown;
  size_t end = kMost - kDots.size();
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xc0) == 0x80) --end;
  return shown.substr(0, end).append(kDots);
}

std::string mariadb_bytes_shown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02X}", byte);
  }
  return cut_mariadb_value(std::move(out));
}

std::string mariadb_text_shown(const Datum& d) {
  if (d.form == Form::kBytes) return mariadb_bytes_shown(d.bytes);
  std::string out;
  for (const char c : to_text(d)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool in_long = !out.empty() && out.back() == '?' && (byte & 0xc0) == 0x80;
    if (byte >= 0xf0)
      out += '?';
    else if (!in_long)
      out += c;
  }
  return cut_mariadb_value(std::move(out));
}

std::string mariadb_argument_shown(const Datum& d) {
  std::string text = to_text(d);
  text.resize(std::min(text.find('\0'), text.size()));
  if (d.form == Form::kBytes) {
    std::string out;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\{:04X}", byte);
    }
    return out;
  }
  // A character of four bytes ends it.
  size_t end = 0;
  while (end < text.size() && text[end] != '\0' && static_cast<unsigned char>(text[end]) < 0xf0)
    ++end;
  return text.substr(0, end);
}

void syntax_of_mysql(std::string_view what) {
  constexpr int kParseError = 1064;
  throw SqlError{
      Error(Code::kInvalidArgument, kParseError, "42000",
            fmt::format("You have an error in your SQL syntax: MariaDB has no {}", what))};
}

void syntax_of_mariadb(std::string_view type) {
  constexpr int kParseError = 1064;
  throw SqlError{
      Error(Code::kInvalidArgument, kParseError, "42000",
            fmt::format("You have an error in your SQL syntax: MySQL has no CAST AS {}", type))};
}

void check_mariadb_pair(const Node& left, const Node& right, uint32_t connection) {
  if (left.columns() && right.columns()) {
    for (size_t i = 0; i < left.width(); ++i)
      check_mariadb_pair(*(*left.columns())[i], *(*right.columns())[i], connection);
    return;
  }
  const Node* both[] = {&left, &right};
  if (left.width() == 1 && right.width() == 1) check_mariadb_bytes(both, connection);
}

void check_mariadb_between(const Node& value, const Node& low, const Node& high,
                           uint32_t connection) {
  const Node* const all[] = {&value, &low, &high};
  check_mariadb_collations(all, "between");
  check_mariadb_bytes(all, connection, true);
}

void check_mariadb_list(const std::vector<const Node*>& nodes, uint32_t connection) {
  std::vector<const Node*> strings;
  if (!is_string(*nodes.front())) return;
  for (const Node* node : nodes) {
    if (node->width() == 1 && is_string(*node)) strings.push_back(node);
  }
  if (strings.size() > 2) {
    check_mariadb_collations(nodes, "in");
    check_mariadb_bytes(strings, connection);
  }
}

void check_mariadb_case(const Node* operand, const std::vector<CaseBranch>& branches,
                        const Node* otherwise, uint32_t connection) {
  std::vector<const Node*> values;
  std::vector<const Node*> compared;
  if (operand && is_string(*operand)) compared.push_back(operand);
  for (const CaseBranch& branch : branches) {
    values.push_back(branch.value.get());
    if (!operand) continue;
    check_mariadb_pair(*operand, *branch.condition, connection);
    if (is_string(*operand) && is_string(*branch.condition))
      compared.push_back(branch.condition.get());
  }
  if (compared.size() > 2) {
    check_mariadb_collations(compared, "case");
    check_mariadb_bytes(compared, connection);
  }
  if (otherwise) values.push_back(otherwise);
  check_mariadb_collations(values, "case");
  check_mariadb_bytes(values, connection, false, "case");
}

NodePtr make_mariadb_function(std::string_view name, std::vector<NodePtr>& args,
                              uint32_t collation) {
  if (is_missing_in_mariadb(name)) {
    throw SqlError{Error(Code::kInvalidArgument, 1305, "42000",
                         fmt::format("FUNCTION {} does not exist", name))};
  }
  if (is_among(name, kRefused)) refuse(fmt::format("the function {} of MariaDB in the gate", name));
  if (name == "regexp_replace" && args.size() != 3) {
    throw SqlError{
        Error(Code::kInvalidArgument, 1582, "42000",
              fmt::format("Incorrect parameter count in the call to native function '{}'", name))};
  }
  if ((name == "lpad" || name == "rpad") && args.size() == 2) {
    Env env;
    env.mariadb = true;
    Context context{{}, env};
    const StaticType t = args[0]->type(context);
    const bool text = types::is_text(t.type) && t.collation != 0;
    const Datum blank =
        Datum::of_text(" ", text ? t.collation : collation, Coercibility::kIgnorable);
    args.push_back(std::make_unique<ConstantNode>(blank));
  }
  if (is_among(name, kMerging)) {
    std::vector<const Node*> nodes;
    const bool skips = name == "if" || name == "elt" || name == "make_set";
    for (size_t i = skips ? 1 : 0; i < args.size(); ++i) nodes.push_back(args[i].get());
    const std::string_view operation = name == "instr" || name == "position" ? "locate" : name;
    check_mariadb_collations(nodes, operation);
    check_mariadb_bytes(nodes, collation, name == "field", operation);
  }
  // Only some of their arguments are text.
  struct Pair {
    std::string_view name;
    size_t first;
    size_t second;
  };
  constexpr Pair kPairs[] = {{"export_set", 1, 2}, {"insert", 0, 3}, {"lpad", 0, 2},
                             {"rpad", 0, 2},       {"trim", 0, 1},   {"substring_index", 0, 1}};
  for (const Pair& pair : kPairs) {
    if (pair.name != name || args.size() <= pair.second) continue;
    std::vector<const Node*> nodes = {args[pair.first].get(), args[pair.second].get()};
    if (name == "export_set" && args.size() > 3) nodes.push_back(args[3].get());
    check_mariadb_bytes(nodes, collation);
  }
  for (const std::span<const Function> functions :
       {mariadb_functions(), mariadb_json_functions(), mariadb_date_functions(),
        mariadb_regexp_functions(), mariadb_text_functions()}) {
    for (const Function& own : functions) {
      if (own.name.substr(kMariadbPrefix.size()) == name)
        return make_function(own.name, std::move(args), collation);
    }
  }
  return nullptr;
}

}  // namespace vif::eval
