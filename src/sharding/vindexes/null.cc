// null: every value is in the one keyspace id 00.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class Null final : public Vindex, public SingleColumn {
 public:
  Null(std::string name, const VindexParams& params)
      : Vindex(std::move(name), find_unknown_params(params, {})) {}
  int cost() const override { return 100; }
  bool is_unique() const override { return true; }
  const SingleColumn* single_column() const override { return this; }

  Result<std::vector<Destination>> map(std::span<const types::Value> ids) const override {
    return std::vector<Destination>(ids.size(), Destination::keyspace_id(std::string(1, '\0')));
  }
  Result<std::vector<bool>> verify(std::span<const types::Value>,
                                   std::span<const std::string> keyspace_ids) const override {
    std::vector<bool> out;
    for (const std::string& id : keyspace_ids) out.push_back(id == std::string_view("\0", 1));
    return out;
  }
};

}  // namespace

MadeVindex make_null(std::string name, const VindexParams& params) {
  return std::unique_ptr<Vindex>(new Null(std::move(name), params));
}

}  // namespace vif::sharding
