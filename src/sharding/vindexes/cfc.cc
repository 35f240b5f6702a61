#include "sharding/vindexes/cfc.h"

#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/json_map.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

Result<std::vector<bool>> verify_ids(const CfcRule& rule, std::span<const types::Value> ids,
                                     std::span<const std::string> keyspace_ids) {
  std::vector<bool> out;
  for (size_t i = 0; i < ids.size(); ++i) {
    const std::string value = VIF_TRY(value_bytes(ids[i]));
    out.push_back(VIF_TRY(rule.keyspace_id(value, false)) == keyspace_ids[i]);
  }
  return out;
}

// The form of cfc that LIKE uses.
class CfcPrefix final : public Vindex, public SingleColumn {
 public:
  CfcPrefix(CfcRule rule, std::vector<std::string> unknown)
      : Vindex(rule.name, std::move(unknown)), rule_(std::move(rule)) {}
  int cost() const override {
    return rule_.offsets.empty() ? 2 : static_cast<int>(rule_.offsets.size());
  }
  bool is_unique() const override { return false; }
  const SingleColumn* single_column() const override { return this; }

  Result<std::vector<Destination>> map(std::span<const types::Value> ids) const override {
    std::vector<Destination> out;
    for (const types::Value& id : ids) {
      const std::string prefix = like_prefix(VIF_TRY(value_bytes(id)));
      out.push_back(key_range_from_prefix(VIF_TRY(rule_.keyspace_id(prefix, true))));
    }
    return out;
  }
  Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                   std::span<const std::string> keyspace_ids) const override {
    return verify_ids(rule_, ids, keyspace_ids);
  }

 private:
  CfcRule rule_;
};

class Cfc final : public Vindex, public SingleColumn {
 public:
  Cfc(CfcRule rule, const std::vector<std::string>& unknown)
      : Vindex(rule.name, unknown), rule_(rule), prefix_(std::move(rule), unknown) {}
  int cost() const override { return 1; }
  bool is_unique() const override { return true; }
  const SingleColumn* single_column() const override { return this; }
  const Vindex* prefix_vindex() const override { return &prefix_; }
  const CfcRule& rule() const { return rule_; }

  Result<std::vector<Destination>> map(std::span<const types::Value> ids) const override {
    std::vector<Destination> out;
    for (const types::Value& id : ids) {
      const std::string value = VIF_TRY(value_bytes(id));
      out.push_back(Destination::keyspace_id(VIF_TRY(rule_.keyspace_id(value, false))));
    }
    return out;
  }
  Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                   std::span<const std::string> keyspace_ids) const override {
    return verify_ids(rule_, ids, keyspace_ids);
  }

 private:
  CfcRule rule_;
  CfcPrefix prefix_;
};

bool valid_offsets(const std::vector<int>& offsets) {
  int last = 0;
  for (const int offset : offsets) {
    if (offset <= last) return false;
    last = offset;
  }
  return !offsets.empty();
}

// What a backslash and this letter mean in an SQL string, or the letter itself.
char unescaped(char letter) {
  switch (letter) {
    case '0': return '\0';
    case 'b': return '\b';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'Z': return '\x1a';
    default: return letter;
  }
}

}  // namespace

Result<std::string> CfcRule::keyspace_id(std::string_view value, bool prefix) const {
  if (!hash) return std::string(value);
  if (!prefix && value.size() < static_cast<size_t>(offsets.back())) {
    return Error(Code::kInvalidArgument,
                 fmt::format("insufficient size for cfc vindex {}. need {}, got {}", name,
                             offsets.back(), value.size()));
  }
  std::string id;
  size_t from = 0;
  for (const int offset : offsets) {
    const auto to = static_cast<size_t>(offset);
    if (value.size() < to) return id;
    id += hash(value.substr(from, to - from));
    from = to;
  }
  if (from < value.size()) id += hash(value.substr(from));
  return id;
}

const CfcRule* cfc_rule(const Vindex& vindex) {
  const auto* cfc = dynamic_cast<const Cfc*>(&vindex);
  return cfc ? &cfc->rule() : nullptr;
}

std::string cfc_md5(std::string_view piece) { return md5(piece).substr(0, piece.size()); }
std::string cfc_xxhash64(std::string_view piece) { return xxhash64(piece).substr(0, piece.size()); }

std::string like_prefix(std::string_view pattern) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '%' || c == '_') break;
    if (c == '\\' && i + 1 < pattern.size()) {
      out += unescaped(pattern[++i]);
    } else {
      out += c;
    }
  }
  return out;
}

MadeVindex make_cfc(std::string name, const VindexParams& params) {
  const std::vector<std::string> unknown = find_unknown_params(params, {"hash", "offsets"});
  CfcRule rule{name, nullptr, {}};
  const std::string_view hash = param(params, "hash");
  if (hash == "md5") rule.hash = cfc_md5;
  if (hash == "xxhash64") rule.hash = cfc_xxhash64;
  if (!hash.empty()) {
    if (!rule.hash) {
      return Error(Code::kInvalidArgument,
                   fmt::format("invalid hash {} to CFC vindex {}", hash, name));
    }
    const std::string_view offsets = param(params, "offsets");
    if (offsets.empty()) {
      return Error(Code::kInvalidArgument, "CFC vindex requires offsets when hash is defined");
    }
    Result<std::vector<int>> list = parse_int_list(offsets);
    if (!list.ok() || !valid_offsets(*list)) {
      return Error(
          Code::kInvalidArgument,
          fmt::format(
              "invalid offsets {} to CFC vindex {}. expected sorted positive ints in brackets",
              offsets, name));
    }
    rule.offsets = *std::move(list);
  }
  return std::unique_ptr<Vindex>(new Cfc(std::move(rule), unknown));
}

}  // namespace vif::sharding
