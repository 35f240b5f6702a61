// binary_md5: MD5 of the value's bytes.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class BinaryMd5 final : public HashingVindex {
 public:
  BinaryMd5(std::string name, const VindexParams& params)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kFail) {}
  int cost() const override { return 1; }

  Result<std::string> hash(const types::Value& id) const override {
    return md5(VIF_TRY(value_bytes(id)));
  }
};

}  // namespace

MadeVindex make_binary_md5(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new BinaryMd5(std::move(name), params));
}

}  // namespace vif::sharding
