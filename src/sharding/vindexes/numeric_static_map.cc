// numeric_static_map: numbers through a given table to numbers; others as they are, or hashed by
// fallback_type.
#include <charconv>

#include "sharding/vindexes/functions.h"
#include "sharding/vindexes/json_map.h"
#include "sharding/vindexes/types.h"

namespace vif::sharding {
namespace {

using NumberTable = std::map<uint64_t, uint64_t>;

class NumericStaticMap final : public HashingVindex {
 public:
  NumericStaticMap(std::string name, const VindexParams& params, NumberTable table,
                   std::unique_ptr<Vindex> fallback)
      : HashingVindex(std::move(name),
                      find_unknown_params(params, {"json", "json_path", "fallback_type"}),
                      OnError::kNone),
        table_(std::move(table)),
        fallback_(std::move(fallback)) {}
  int cost() const override { return 1; }

  Result<std::string> hash(const types::Value& id) const override {
    const uint64_t number = VIF_TRY(value_uint64(id));
    if (const auto found = table_.find(number); found != table_.end())
      return big_endian_bytes(found->second);
    if (fallback_) return fallback_->hashing()->hash(id);
    return big_endian_bytes(number);
  }

 private:
  NumberTable table_;
  std::unique_ptr<Vindex> fallback_;
};

Result<NumberTable> parse_table(std::string_view json) {
  NumberTable table;
  for (const auto& [key, value] : VIF_TRY(parse_number_map(json))) {
    uint64_t number = 0;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (code != std::errc() || end != key.data() + key.size()) {
      const char* what =
          code == std::errc::result_out_of_range ? "value out of range" : "invalid syntax";
      return Error(Code::kInvalidArgument,
                   fmt::format("strconv.ParseUint: parsing \"{}\": {}", key, what));
    }
    table[number] = value;
  }
  return table;
}

}  // namespace

MadeVindex make_numeric_static_map(std::string name, const VindexParams& params) {
  const auto json = params.find("json");
  const auto path = params.find("json_path");
  if (json == params.end() && path == params.end()) {
    return Error(Code::kInvalidArgument,
                 "NumericStaticMap: Could not find either `json_path` or `json` params in vschema");
  }
  if (json != params.end() && path != params.end()) {
    return Error(Code::kInvalidArgument,
                 "NumericStaticMap: Found both `json` and `json_path` params in vschema");
  }
  const std::string text = json != params.end() ? json->second : VIF_TRY(read_file(path->second));
  NumberTable table = VIF_TRY(parse_table(text));
  std::unique_ptr<Vindex> fallback;
  if (const auto type = params.find("fallback_type"); type != params.end()) {
    fallback = VIF_TRY(create_vindex(type->second, name + "_hash", {}));
    if (!fallback->hashing()) {
      return Error(
          Code::kInvalidArgument,
          fmt::format("NumericStaticMap: fallback_type '{}' cannot hash one value", type->second));
    }
  }
  return std::unique_ptr<Vindex>(
      new NumericStaticMap(std::move(name), params, std::move(table), std::move(fallback)));
}

}  // namespace vif::sharding
