#include "eval/collation_mix.h"

#include <algorithm>

#include "eval/charsets.h"
#include "eval/compared_side.h"
#include "eval/constants.h"
#include "types/collation/charset.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

struct Text {
  const types::Collation* collation = nullptr;
  Coercibility coercibility = Coercibility::kIgnorable;
  bool may_be_ascii = false;  // and so of any charset
};

constexpr std::string_view kOfNumbers = "latin1_swedish_ci";

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

std::optional<Text> text_of(const Node& node, uint32_t connection_collation) {
  const StaticType t = type_before_rows(node);
  const bool member = t.type == Type::kEnum || t.type == Type::kSet;
  const bool hex = t.type == Type::kHexNum || t.type == Type::kHexVal || t.type == Type::kBitNum;
  Text out;
  if (t.type == Type::kJson) {
    out.collation = types::find_collation(kJsonCollation);
    out.coercibility = Coercibility::kImplicit;
    return out;
  }
  if ((!types::is_text(t.type) && !member) || hex || t.collation == kBinaryCollation) {
    const bool number = !hex && !types::is_text(t.type) && !types::is_binary(t.type) &&
                        t.type != Type::kNull && t.type != Type::kBit;
    out.collation = types::find_collation(number ? kOfNumbers : "binary");
    out.coercibility = number                  ? Coercibility::kNumeric
                       : t.type == Type::kNull ? Coercibility::kIgnorable
                       : t.type == Type::kBit  ? Coercibility::kImplicit
                                               : static_cast<Coercibility>(t.coercibility);
    out.may_be_ascii = number;
    return out.collation ? std::optional(out) : std::nullopt;
  }
  out.collation = types::find_collation(t.collation);
  out.coercibility = static_cast<Coercibility>(t.coercibility);
  if (!out.collation) return std::nullopt;
  // An introducer says that it is not; what a function makes of it is not known here.
  const bool explicitly = out.coercibility == Coercibility::kExplicit;
  // What was converted, and what comes from a column, may be anything.
  const bool implicit = out.coercibility == Coercibility::kImplicit;
  const bool introduced =
      node.is_leaf() && node.is_constant() && t.collation != connection_collation;
  const std::optional<Datum> value = constant_before_rows(node);
  const bool other = value && value->form == Form::kText && !is_ascii(value->bytes);
  const bool column = node.is_leaf() && !node.is_constant() && !node.is_bind_variable();
  out.may_be_ascii = !explicitly && !implicit && !introduced && !other && !column;
  if (out.collation->charset->name == "ascii") out.may_be_ascii = true;
  return out;
}

bool holds(const Text& wide, const Text& narrow, bool as_ascii) {
  if (wide.coercibility > narrow.coercibility) return false;
  if (as_ascii) return narrow.may_be_ascii;
  const bool unicode = wide.collation->charset->is_unicode();
  if (wide.coercibility < narrow.coercibility) return unicode;
  return unicode && holds_charset(*wide.collation, *narrow.collation);
}

// False when they cannot meet; else the one that both become.
bool merge(Text& all, const Text& next) {
  if (all.collation == next.collation) {
    all.coercibility = std::min(all.coercibility, next.coercibility);
    all.may_be_ascii = all.may_be_ascii && next.may_be_ascii;
    return true;
  }
  // Bytes meet everything; they win over what is not firmer.
  if (all.collation->id == kBinaryCollation || next.collation->id == kBinaryCollation) {
    const bool bytes = all.collation->id == kBinaryCollation;
    const bool takes =
        bytes ? all.coercibility > next.coercibility : next.coercibility <= all.coercibility;
    if (takes) all = next;
    return true;
  }
  const bool same_charset = all.collation->charset == next.collation->charset;
  if (same_charset && all.coercibility == next.coercibility) {
    if (all.coercibility == Coercibility::kExplicit) return false;
    const bool both = all.collation->is_binary() && next.collation->is_binary();
    if (both) return false;
    const bool binary = (all.collation->is_binary() || next.collation->is_binary());
    if (next.collation->is_binary()) all = next;
    // What can be joined, but not compared.
    if (!binary) all.coercibility = Coercibility::kNoCollation;
    return true;
  }
  if (!same_charset) {
    const bool firmer =
        all.coercibility < next.coercibility && next.coercibility >= Coercibility::kSystem;
    const bool weaker =
        next.coercibility < all.coercibility && all.coercibility >= Coercibility::kSystem;
    for (const bool as_ascii : {false, true}) {
      if (holds(all, next, as_ascii)) return true;
      if (!holds(next, all, as_ascii)) continue;
      all = next;
      return true;
    }
    if (weaker) all = next;
    return firmer || weaker;
  }
  if (next.coercibility < all.coercibility) all = next;
  return true;
}

[[noreturn]] void illegal_mix_of(std::string_view operation, std::span<const Text> texts) {
  std::vector<MixedText> mixed;
  for (const Text& t : texts) mixed.push_back({t.collation->name, t.coercibility});
  illegal_mix(operation, mixed);
}

}  // namespace

void illegal_mix(std::string_view operation, std::span<const MixedText> texts) {
  constexpr std::string_view kNames[] = {"EXPLICIT",  "NONE",    "IMPLICIT", "SYSCONST",
                                         "COERCIBLE", "NUMERIC", "NULL"};
  constexpr int kOfTwo = 1267;
  constexpr int kOfThree = 1270;
  constexpr int kOfMore = 1271;
  std::string all;
  for (size_t i = 0; i < texts.size() && texts.size() <= 3; ++i) {
    const std::string_view between = i == 0 ? " " : texts.size() == 2 ? " and " : ", ";
    all += fmt::format("{}({},{})", between, texts[i].collation,
                       kNames[static_cast<size_t>(texts[i].coercibility)]);
  }
  const int number = texts.size() == 2 ? kOfTwo : texts.size() == 3 ? kOfThree : kOfMore;
  throw SqlError{
      Error(Code::kInvalidArgument, number, "HY000",
            fmt::format("Illegal mix of collations{} for operation '{}'", all, operation))};
}

void check_collation_mix(std::string_view operation, std::span<const Node* const> nodes,
                         uint32_t connection_collation, bool compares) {
  // Numbers are compared as such, but in lists with texts that are.
  const bool lists = operation == " IN " || operation == "case";
  for (const Node* node : nodes) {
    if (!node || !compares || node->width() != 1) continue;
    const bool number = kind_of(type_before_rows(*node).type) != Kind::kString;
    if (number && (!lists || node == nodes[0])) return;
  }
  std::vector<Text> texts;
  for (const Node* node : nodes) {
    if (!node) continue;
    const std::optional<Text> text =
        node->width() == 1 ? text_of(*node, connection_collation) : std::nullopt;
    if (!text) return;
    texts.push_back(*text);
  }
  if (texts.empty()) return;
  // An explicit collation beside a number decides.
  const auto has = [&](Coercibility c) {
    return std::any_of(texts.begin(), texts.end(),
                       [c](const Text& t) { return t.coercibility == c; });
  };
  if (has(Coercibility::kNumeric) && has(Coercibility::kExplicit)) return;
  // What cannot meet is nothing that a COLLATE after it could not decide.
  Text all = texts[0];
  bool unknown = false;
  for (const Text& next : texts) {
    const bool decides = next.coercibility == Coercibility::kExplicit;
    if (unknown && decides) {
      all = next;
      unknown = false;
    } else if (!unknown && !merge(all, next)) {
      unknown = true;
      if (decides && all.coercibility == Coercibility::kExplicit) break;
    }
  }
  const bool none = all.coercibility == Coercibility::kNoCollation;
  if (unknown || (none && compares)) illegal_mix_of(operation, texts);
}

void check_function_mix(std::string_view name, std::span<const NodePtr> args,
                        uint32_t connection_collation) {
  struct Joining {
    std::string_view name;
    size_t first;
    size_t last;
  };
  constexpr size_t kAll = SIZE_MAX;
  constexpr Joining kJoining[] = {
      {"concat", 0, kAll},   {"concat_ws", 0, kAll}, {"elt", 1, kAll},      {"make_set", 1, kAll},
      {"export_set", 1, 3},  {"coalesce", 0, kAll},  {"ifnull", 0, kAll},   {"if", 1, 2},
      {"nullif", 0, kAll},   {"greatest", 0, kAll},  {"least", 0, kAll},    {"strcmp", 0, kAll},
      {"find_in_set", 0, 1}, {"regexp_like", 0, 1},  {"regexp_instr", 0, 1}};
  const auto* found = std::find_if(std::begin(kJoining), std::end(kJoining),
                                   [&](const Joining& j) { return j.name == name; });
  if (found == std::end(kJoining)) return;
  std::vector<const Node*> nodes;
  for (size_t i = found->first; i < args.size() && i <= found->last; ++i)
    nodes.push_back(args[i].get());
  constexpr std::string_view kComparing[] = {"nullif",      "greatest",    "least",       "strcmp",
                                             "find_in_set", "regexp_like", "regexp_instr"};
  const bool compares =
      std::find(std::begin(kComparing), std::end(kComparing), name) != std::end(kComparing);
  check_collation_mix(name, nodes, connection_collation, compares);
}

}  // namespace vif::eval
