// Constant texts among others that are compared or become one: the server converts them to the
// charset of the firmest before there are rows, and fails there.
#include <algorithm>

#include "eval/before_rows.h"
#include "eval/charsets.h"
#include "eval/column_store.h"
#include "eval/constants.h"
#include "eval/function.h"
#include "eval/node.h"
#include "eval/static_type.h"
#include "eval/strictness.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

bool is_string(const StaticType& t) {
  return types::is_text(t.type) || types::is_binary(t.type) || t.type == Type::kEnum ||
         t.type == Type::kSet || t.type == Type::kHexNum || t.type == Type::kHexVal ||
         t.type == Type::kBitNum;
}

void check_fits(const Datum& d, const types::Charset& charset) {
  if (d.form != Form::kText) return;
  const types::Charset& utf8mb4 = charset_named("utf8mb4");
  const types::Collation* own = types::find_collation(d.collation);
  if (!own || own->charset == &charset) return;
  std::string out;
  for (std::string_view rest = d.bytes; !rest.empty();) {
    if (!charset.append(utf8mb4.next_code_point(rest), out))
      cannot_convert(d.bytes, own->charset->name, charset.name);
  }
}

}  // namespace

void check_constant_texts(std::span<const Node* const> nodes) {
  const Env env;
  Context context{{}, env};
  std::vector<StaticType> types;
  std::vector<StaticType> strings;
  try {
    for (const Node* node : nodes) {
      if (!node || node->width() != 1) return;
      types.push_back(node->type(context));
      if (is_string(types.back())) strings.push_back(types.back());
    }
  } catch (const SqlError&) {
    return;  // a bind variable
  }
  const StaticType all = merged_text(strings, kUtf8mb4Collation);
  const types::Collation* collation = types::find_collation(all.collation);
  if (all.collation == kBinaryCollation || !collation || collation->charset->name == "utf8mb4")
    return;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!is_string(types[i]) || !nodes[i]->is_constant()) continue;
    Datum d;
    try {
      d = nodes[i]->evaluate(context);
    } catch (const SqlError&) {
      continue;  // its own error comes when it is evaluated
    }
    if (static_cast<uint8_t>(d.coercibility) > all.coercibility) check_fits(d, *collation->charset);
  }
}

bool is_string(const Node& node) { return is_string(type_before_rows(node)); }

void check_constant_arguments(std::string_view name, const std::vector<NodePtr>& args) {
  std::vector<const Node*> all;
  for (const NodePtr& arg : args) all.push_back(arg.get());
  const bool compares = (name == "nullif" || name == "strcmp") && args.size() == 2;
  if (compares) check_date_constants(*args[0], *args[1], "");
  if (compares) check_constant_texts(all);
  constexpr std::string_view kJoining[] = {"coalesce", "ifnull", "concat", "concat_ws"};
  if (std::find(std::begin(kJoining), std::end(kJoining), name) != std::end(kJoining))
    check_constant_texts(all);
  const bool chooses = name == "if" || name == "elt" || name == "make_set";
  if (chooses && args.size() > 1) check_constant_texts(std::span(all).subspan(1));
}

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

namespace {

bool becomes_temporal(const Node& value, Type type, const Node& bound) {
  const std::optional<Datum> d = constant_before_rows(bound);
  if (!d || d->is_null() || !value.is_leaf() || value.is_constant()) return false;
  Datum column;
  column.type = type;
  column.form = type == Type::kTime   ? Form::kTime
                : type == Type::kDate ? Form::kDate
                                      : Form::kDatetime;
  const bool temporal = type == Type::kTime || type == Type::kDate || type == Type::kDatetime ||
                        type == Type::kTimestamp;
  const Env env;
  return temporal && stored_in(column, bound, *d, Context{{}, env}).has_value();
}

}  // namespace

void check_between_texts(const Node& value, const Node& low, const Node& high) {
  // Between two that are the same is equal to one.
  const std::optional<Datum> first = constant_before_rows(low);
  const std::optional<Datum> last = constant_before_rows(high);
  const bool texts = first && last && first->is_textual() && last->is_textual();
  try {
    if (texts && compare_datums(*first, *last) == 0) check_date_constants(value, low, "");
  } catch (const SqlError& e) {
    constexpr int kIncorrect = 1525;
    if (e.error.mysql_errno() == kIncorrect) throw;
  }
  const StaticType t = type_before_rows(value);
  // A number beside a column of dates or times is one, once it is stored there.
  const auto is_number = [&](const Node& node) {
    return types::is_number(type_before_rows(node).type) && !becomes_temporal(value, t.type, node);
  };
  const auto is_bytes = [](const std::optional<Datum>& d) { return d && d->form == Form::kBytes; };
  // All are bytes beside bytes.
  if (!types::is_number(t.type) && (is_bytes(first) || is_bytes(last))) return;
  const bool bare = types::is_number(t.type) || t.type == Type::kDate ||
                    t.type == Type::kDatetime || t.type == Type::kTimestamp ||
                    t.type == Type::kTime;
  if (!bare || is_number(low) || is_number(high)) return;
  if (!low.is_constant() || !high.is_constant()) return;
  const types::Charset& latin1 = *types::find_charset("latin1");
  for (const Node* node : {&low, &high}) {
    const std::optional<Datum> d = constant_before_rows(*node);
    if (!d || d->form != Form::kText) continue;
    std::string own;
    std::string_view rest = d->bytes;
    while (!rest.empty()) {
      if (!latin1.append(types::find_charset("utf8mb4")->next_code_point(rest), own))
        cannot_convert(d->bytes, "utf8mb4", "latin1");
    }
  }
}

void check_collation_fits(const Node& text, uint32_t collation) {
  const StaticType type = type_before_rows(text);
  const bool bytes = types::is_binary(type.type) || type.type == Type::kBit;
  const bool member = type.type == Type::kEnum || type.type == Type::kSet;
  if (!bytes && ((!types::is_text(type.type) && !member) || type.collation == 0)) return;
  check_collation(bytes ? Datum::of_bytes("") : Datum::of_text("", type.collation), collation, 0);
}

}  // namespace vif::eval
