// region_experimental: one or two bytes of region number, then the hash of the second column.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

class RegionExperimental final : public Vindex, public MultiColumn {
 public:
  RegionExperimental(std::string name, const VindexParams& params, size_t region_bytes)
      : Vindex(std::move(name), find_unknown_params(params, {"region_bytes"})),
        region_bytes_(region_bytes) {}
  int cost() const override { return 1; }
  bool is_unique() const override { return true; }
  bool partial_vindex() const override { return true; }
  const MultiColumn* multi_column() const override { return this; }

  Result<std::vector<Destination>> map(std::span<const RowValues> rows) const override {
    std::vector<Destination> out;
    for (const RowValues& row : rows) out.push_back(map_row(row));
    return out;
  }

  Result<std::vector<bool>> verify(std::span<const RowValues> rows,
                                   std::span<const std::string> keyspace_ids) const override {
    std::vector<bool> out;
    for (size_t i = 0; i < rows.size(); ++i) {
      const Destination d = map_row(rows[i]);
      out.push_back(d.kind == Destination::Kind::kKeyspaceId && d.ids[0] == keyspace_ids[i]);
    }
    return out;
  }

 private:
  Destination map_row(const RowValues& row) const {
    if (row.empty() || row.size() > 2) return Destination::none();
    const Result<uint64_t> region = value_uint64(row[0]);
    if (!region.ok()) return Destination::none();
    std::string id = big_endian_bytes(*region).substr(8 - region_bytes_);
    if (row.size() == 1) return key_range_from_prefix(std::move(id));
    const Result<uint64_t> number = value_uint64(row[1]);
    if (!number.ok()) return Destination::none();
    return Destination::keyspace_id(id + des_hash(*number));
  }

  size_t region_bytes_;
};

}  // namespace

MadeVindex make_region_experimental(std::string name, const VindexParams& params) {
  const auto bytes = params.find("region_bytes");
  if (bytes == params.end()) {
    return Error(Code::kInvalidArgument, "region_experimental missing region_bytes param");
  }
  if (bytes->second != "1" && bytes->second != "2") {
    return Error(Code::kInvalidArgument, "region_bytes must be 1 or 2: " + bytes->second);
  }
  const size_t count = bytes->second == "1" ? 1 : 2;
  return std::unique_ptr<Vindex>(new RegionExperimental(std::move(name), params, count));
}

}  // namespace vif::sharding
