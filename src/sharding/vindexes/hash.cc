// hash: DES of the number under the null key. The default for integer keys, and reversible.
#include <charconv>

#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class Hash final : public HashingVindex, public Reversible {
 public:
  Hash(std::string name, const VindexParams& params)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kNone) {}
  int cost() const override { return 1; }
  const Reversible* reversible() const override { return this; }

  Result<std::string> hash(const types::Value& id) const override {
    if (!types::is_signed(id.type)) return des_hash(VIF_TRY(value_uint64(id)));
    // A negative number is its two's complement.
    return des_hash(static_cast<uint64_t>(VIF_TRY(id.to_int64())));
  }

  // Unlike map(), takes no negative numbers: Vitess's does not.
  Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                   std::span<const std::string> keyspace_ids) const override {
    std::vector<bool> out;
    for (size_t i = 0; i < ids.size(); ++i)
      out.push_back(des_hash(VIF_TRY(value_uint64(ids[i]))) == keyspace_ids[i]);
    return out;
  }

  Result<std::vector<types::Value>> reverse_map(
      std::span<const std::string> keyspace_ids) const override {
    std::vector<types::Value> out;
    for (const std::string& id : keyspace_ids)
      out.push_back(types::Value::uint64(VIF_TRY(des_unhash(id))));
    return out;
  }
};

}  // namespace

MadeVindex make_hash(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new Hash(std::move(name), params));
}

}  // namespace vif::sharding
