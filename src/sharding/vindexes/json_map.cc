#include "sharding/vindexes/json_map.h"

#include <nlohmann/json.hpp>

namespace vif::sharding {
namespace {

Error bad(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

nlohmann::json parsed(std::string_view json) { return nlohmann::json::parse(json, nullptr, false); }

}  // namespace

Result<std::map<std::string, uint64_t, std::less<>>> parse_number_map(std::string_view json) {
  const nlohmann::json object = parsed(json);
  std::map<std::string, uint64_t, std::less<>> out;
  if (object.is_null()) return out;
  if (object.is_discarded()) return bad("unexpected end of JSON input");
  if (!object.is_object()) {
    return bad(fmt::format("json: cannot unmarshal {} into Go value of type map[string]uint64",
                           object.type_name()));
  }
  for (const auto& [key, value] : object.items()) {
    if (!value.is_number_unsigned()) {
      const std::string what =
          value.is_number() ? "number " + value.dump() : std::string(value.type_name());
      return bad(fmt::format("json: cannot unmarshal {} into Go value of type uint64", what));
    }
    out[key] = value.get<uint64_t>();
  }
  return out;
}

Result<std::vector<int>> parse_int_list(std::string_view json) {
  const nlohmann::json list = parsed(json);
  if (!list.is_array()) return bad("not a list");
  std::vector<int> out;
  for (const nlohmann::json& item : list) {
    if (!item.is_number_integer()) return bad("not a whole number");
    const auto number = item.get<int64_t>();
    if (number > INT32_MAX || number < INT32_MIN) return bad("out of range");
    out.push_back(static_cast<int>(number));
  }
  return out;
}

}  // namespace vif::sharding
