#include "eval/shared_collation.h"

#include <algorithm>

#include "eval/charsets.h"
#include "eval/compare.h"
#include "eval/static_type.h"
#include "types/collation/collation.h"

namespace vif::eval {
namespace {

bool is_bytes(Type t) {
  return types::is_binary(t) || t == Type::kBit || t == Type::kHexNum || t == Type::kHexVal ||
         t == Type::kBitNum;
}

// JSON is its text here.
Datum as_text(const Datum& d) {
  return d.form == Form::kJson ? Datum::of_text(to_text(d), kJsonCollation) : d;
}

}  // namespace

SharedCollation::SharedCollation(std::span<const Node* const> compared, bool dates_decide) {
  const Env env;
  Context context{{}, env};
  std::vector<StaticType> strings;
  bool bytes = false;
  bool texts = false;
  bool json = false;
  for (const Node* node : compared) {
    if (node->width() != 1) return;
    StaticType t;
    try {
      t = node->type(context);
    } catch (const SqlError&) {
      return;  // a bind variable
    }
    const bool dated = t.type == Type::kDate || t.type == Type::kDatetime ||
                       t.type == Type::kTimestamp || t.type == Type::kTime;
    if (dated && dates_decide) return;
    json = json || t.type == Type::kJson;
    if (is_bytes(t.type)) {
      bytes = true;
    } else if (types::is_text(t.type) || t.type == Type::kEnum || t.type == Type::kSet) {
      texts = true;
    } else if (t.type != Type::kJson) {
      continue;
    }
    strings.push_back(t);
  }
  const bool several = std::any_of(strings.begin(), strings.end(), [&](const StaticType& t) {
    return t.collation != strings.front().collation;
  });
  if (!json && !(bytes && texts) && !several) return;
  shared_ = true;
  collation_ = merged_text(strings, kUtf8mb4Collation).collation;
  const auto charset = [](uint32_t id) {
    const types::Collation* c = types::find_collation(id);
    return c ? c->charset : nullptr;
  };
  one_charset_ = std::all_of(strings.begin(), strings.end(), [&](const StaticType& t) {
    return charset(t.collation) == charset(collation_);
  });
}

void SharedCollation::check(const Datum& d) const {
  const bool text = shared_ && collation_ != kBinaryCollation;
  if (text && d.form == Form::kBytes && d.type != Type::kBit) (void)text_of_bytes(d, collation_);
}

void SharedCollation::settle(Datum& d) const {
  if (!shared_ || !one_charset_ || d.form != Form::kText) return;
  d.collation = collation_;
  d.coercibility = Coercibility::kExplicit;
}

std::optional<bool> SharedCollation::equal(const Datum& a, const Datum& b,
                                           const Context& context) const {
  if (!shared_) return std::nullopt;
  // Bits are a number beside texts and JSON.
  const bool bits = a.type == Type::kBit || b.type == Type::kBit;
  const bool json = a.form == Form::kJson || b.form == Form::kJson;
  if (json && (bits || a.is_number() || b.is_number()))
    return to_double(a, context) == to_double(b, context);
  if (bits) return std::nullopt;
  const Datum x = as_text(a);
  const Datum y = as_text(b);
  if (!x.is_textual() || !y.is_textual()) return std::nullopt;
  if (collation_ == kBinaryCollation)
    return (x.form == Form::kText ? own_bytes(x) : x.bytes) ==
           (y.form == Form::kText ? own_bytes(y) : y.bytes);
  const auto text = [&](const Datum& d) {
    return d.form == Form::kBytes ? text_of_bytes(d, collation_).bytes : d.bytes;
  };
  const Result<bool> same = same_text(text(x), text(y), collation_);
  if (!same.ok()) throw SqlError{same.error()};
  return *same;
}

}  // namespace vif::eval
