#include "sharding/vindexes/types.h"

namespace vif::sharding {

const VindexTypes& vindex_types() {
  static const VindexTypes types = {
      {"binary", make_binary},
      {"binary_md5", make_binary_md5},
      {"cfc", make_cfc},
      {"consistent_lookup", make_consistent_lookup},
      {"consistent_lookup_unique", make_consistent_lookup_unique},
      {"hash", make_hash},
      {"lookup", make_lookup},
      {"lookup_cost", make_lookup_cost},
      {"lookup_hash", make_lookup_hash},
      {"lookup_hash_unique", make_lookup_hash_unique},
      {"lookup_unicodeloosemd5_hash", make_lookup_unicodeloosemd5_hash},
      {"lookup_unicodeloosemd5_hash_unique", make_lookup_unicodeloosemd5_hash_unique},
      {"lookup_unique", make_lookup_unique},
      {"multicol", make_multicol},
      {"null", make_null},
      {"numeric", make_numeric},
      {"numeric_static_map", make_numeric_static_map},
      {"region_experimental", make_region_experimental},
      {"region_json", make_region_json},
      {"reverse_bits", make_reverse_bits},
      {"unicode_loose_md5", make_unicode_loose_md5},
      {"unicode_loose_xxhash", make_unicode_loose_xxhash},
      {"xxhash", make_xxhash},
  };
  return types;
}

Result<std::unique_ptr<Vindex>> create_vindex(std::string_view type, std::string name,
                                              const VindexParams& params,
                                              const VindexTypes& types) {
  const auto found = types.find(type);
  if (found == types.end()) {
    return Error(Code::kUnknown, fmt::format("vindexType \"{}\" not found", type));
  }
  return found->second(std::move(name), params);
}

Result<std::vector<Destination>> map_rows(const Vindex& vindex, std::span<const RowValues> rows) {
  if (const MultiColumn* multi = vindex.multi_column()) return multi->map(rows);
  std::vector<types::Value> ids;
  for (const RowValues& row : rows) ids.push_back(row.at(0));
  return vindex.single_column()->map(ids);
}

Result<std::vector<bool>> verify_rows(const Vindex& vindex, std::span<const RowValues> rows,
                                      std::span<const std::string> keyspace_ids) {
  if (const MultiColumn* multi = vindex.multi_column()) return multi->verify(rows, keyspace_ids);
  std::vector<types::Value> ids;
  for (const RowValues& row : rows) ids.push_back(row.at(0));
  return vindex.single_column()->verify(ids, keyspace_ids);
}

}  // namespace vif::sharding
