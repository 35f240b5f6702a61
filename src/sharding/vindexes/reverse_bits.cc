// reverse_bits: the number's bits in reverse order.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

uint64_t reversed(uint64_t value) {
  uint64_t out = 0;
  for (int i = 0; i < 64; ++i, value >>= 1) out = out << 1 | (value & 1);
  return out;
}

class ReverseBits final : public HashingVindex, public Reversible {
 public:
  ReverseBits(std::string name, const VindexParams& params)
      : HashingVindex(std::move(name), find_unknown_params(params, {}), OnError::kNone) {}
  int cost() const override { return 1; }
  const Reversible* reversible() const override { return this; }

  Result<std::string> hash(const types::Value& id) const override {
    return big_endian_bytes(reversed(VIF_TRY(value_uint64(id))));
  }

  Result<std::vector<types::Value>> reverse_map(
      std::span<const std::string> keyspace_ids) const override {
    std::vector<types::Value> out;
    for (const std::string& id : keyspace_ids) {
      if (id.size() != 8) return Error(Code::kUnknown, "invalid keyspace id: " + to_hex(id));
      out.push_back(types::Value::uint64(reversed(from_big_endian(id))));
    }
    return out;
  }
};

}  // namespace

MadeVindex make_reverse_bits(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new ReverseBits(std::move(name), params));
}

}  // namespace vif::sharding
