// unicode_loose_md5 and unicode_loose_xxhash: text without case and accents.
#include "sharding/vindexes/unicode_loose.h"

#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class UnicodeLoose final : public HashingVindex {
 public:
  using HashFunction = std::string (*)(std::string_view);
  UnicodeLoose(std::string name, const VindexParams& params, std::string_view type,
               HashFunction function)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kFail),
        type_(type),
        function_(function) {}
  int cost() const override { return 1; }

  Result<std::string> hash(const types::Value& id) const override {
    const std::string text = VIF_TRY(value_bytes(id));
    return function_(VIF_TRY(unicode_weights(text)));
  }

  Result<std::vector<Destination>> map(std::span<const types::Value> ids) const override {
    Result<std::vector<Destination>> out = HashingVindex::map(ids);
    if (!out.ok()) return out.error().with_prefix(fmt::format("{}.Map", type_));
    return out;
  }
  Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                   std::span<const std::string> keyspace_ids) const override {
    Result<std::vector<bool>> out = HashingVindex::verify(ids, keyspace_ids);
    if (!out.ok()) return out.error().with_prefix(fmt::format("{}.Verify", type_));
    return out;
  }

 private:
  std::string_view type_;
  HashFunction function_;
};

}  // namespace

MadeVindex make_unicode_loose_md5(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new UnicodeLoose(std::move(name), params, "UnicodeLooseMD5", md5));
}

MadeVindex make_unicode_loose_xxhash(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(
      new UnicodeLoose(std::move(name), params, "UnicodeLooseXXHash", xxhash64));
}

}  // namespace vif::sharding
