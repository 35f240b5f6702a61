// numeric: the number, big-endian, is the keyspace id.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class Numeric final : public HashingVindex, public Reversible, public Sequential {
 public:
  Numeric(std::string name, const VindexParams& params)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kNone) {}
  int cost() const override { return 0; }
  const Reversible* reversible() const override { return this; }
  const Sequential* sequential() const override { return this; }

  Result<std::string> hash(const types::Value& id) const override {
    return big_endian_bytes(VIF_TRY(value_uint64(id)));
  }

  Result<std::vector<types::Value>> reverse_map(
      std::span<const std::string> keyspace_ids) const override {
    std::vector<types::Value> out;
    for (const std::string& id : keyspace_ids) {
      if (id.size() != 8) {
        return Error(
            Code::kUnknown,
            fmt::format("Numeric.ReverseMap: length of keyspaceId is not 8: {}", id.size()));
      }
      out.push_back(types::Value::uint64(from_big_endian(id)));
    }
    return out;
  }

  Result<std::vector<Destination>> range_map(const types::Value& start,
                                             const types::Value& end) const override {
    return std::vector{Destination::key_range({VIF_TRY(hash(start)), VIF_TRY(hash(end))})};
  }
};

}  // namespace

MadeVindex make_numeric(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new Numeric(std::move(name), params));
}

}  // namespace vif::sharding
