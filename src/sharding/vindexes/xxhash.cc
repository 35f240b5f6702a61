// xxhash: XXH64 of the value's bytes, little-endian.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class XxHash final : public HashingVindex {
 public:
  XxHash(std::string name, const VindexParams& params)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kFail) {}
  int cost() const override { return 1; }

  Result<std::string> hash(const types::Value& id) const override {
    return xxhash64(VIF_TRY(value_bytes(id)));
  }
};

}  // namespace

MadeVindex make_xxhash(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new XxHash(std::move(name), params));
}

}  // namespace vif::sharding
