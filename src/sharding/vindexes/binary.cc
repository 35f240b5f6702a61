// binary: the value's bytes are the keyspace id.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class Binary final : public HashingVindex, public Reversible, public Sequential {
 public:
  Binary(std::string name, const VindexParams& params)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kFail) {}
  int cost() const override { return 0; }
  const Reversible* reversible() const override { return this; }
  const Sequential* sequential() const override { return this; }

  Result<std::string> hash(const types::Value& id) const override { return value_bytes(id); }

  Result<std::vector<types::Value>> reverse_map(
      std::span<const std::string> keyspace_ids) const override {
    std::vector<types::Value> out;
    for (const std::string& id : keyspace_ids) out.push_back(types::Value::varbinary(id));
    return out;
  }

  Result<std::vector<Destination>> range_map(const types::Value& start,
                                             const types::Value& end) const override {
    return std::vector{Destination::key_range({VIF_TRY(hash(start)), VIF_TRY(hash(end))})};
  }
};

}  // namespace

MadeVindex make_binary(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new Binary(std::move(name), params));
}

}  // namespace vif::sharding
