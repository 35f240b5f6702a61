// region_json: a region's name, by a table in a file, to one or two bytes; then the hash of the
// first column.
#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/json_map.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

using RegionTable = std::map<std::string, uint64_t, std::less<>>;

class RegionJson final : public Vindex, public MultiColumn {
 public:
  RegionJson(std::string name, const VindexParams& params, RegionTable regions, size_t region_bytes)
      : Vindex(std::move(name), find_unknown_params(params, {"region_bytes", "region_map"})),
        regions_(std::move(regions)),
        region_bytes_(region_bytes) {}
  int cost() const override { return 1; }
  bool is_unique() const override { return true; }
  bool partial_vindex() const override { return false; }
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
    if (row.size() != 2) return Destination::none();
    const Result<uint64_t> number = value_uint64(row[0]);
    const auto region = regions_.find(row[1].bytes);
    if (!number.ok() || region == regions_.end()) return Destination::none();
    return Destination::keyspace_id(big_endian_bytes(region->second).substr(8 - region_bytes_) +
                                    des_hash(*number));
  }

  RegionTable regions_;
  size_t region_bytes_;
};

}  // namespace

MadeVindex make_region_json(std::string name, const VindexParams& params) {
  const std::string text = VIF_TRY(read_file(std::string(param(params, "region_map"))));
  RegionTable regions = VIF_TRY(parse_number_map(text));
  const int bytes = VIF_TRY(parse_int(param(params, "region_bytes")));
  if (bytes != 1 && bytes != 2) {
    return Error(Code::kInvalidArgument, fmt::format("region_bytes must be 1 or 2: {}", bytes));
  }
  return std::unique_ptr<Vindex>(
      new RegionJson(std::move(name), params, std::move(regions), static_cast<size_t>(bytes)));
}

}  // namespace vif::sharding
