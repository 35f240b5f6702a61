#include "sharding/vindex_requests.h"

#include <cstdlib>
#include <fstream>
#include <optional>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include "sharding/vindex.h"
#include "sharding/vindexes/cfc.h"

namespace vif::sharding {
namespace {

using Json = nlohmann::ordered_json;

Error bad(std::string message) { return Error(Code::kInvalidArgument, std::move(message)); }

// A file that is there while the vindex is made.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    path_ = (std::getenv("TMPDIR") ? std::string(std::getenv("TMPDIR")) : "/tmp") +
            "/vif-vindex-XXXXXX";
    const int fd = mkstemp(path_.data());
    if (fd >= 0) close(fd);
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::string> bytes_of(const Json& json) {
  if (json.is_null()) return std::string();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object() && json.contains("$hex") && json["$hex"].is_string()) {
    return from_hex(json["$hex"].get<std::string>());
  }
  if (json.is_number() || json.is_boolean()) return json.dump();
  return bad("a value must be a string, null or {\"$hex\": \"..\"}, not " + json.dump());
}

Result<types::Value> value_of(const Json& json) {
  if (!json.is_object() || !json.contains("type") || !json["type"].is_string()) {
    return bad("a value must be {\"type\": .., \"value\": ..}, not " + json.dump());
  }
  const auto name = json["type"].get<std::string>();
  const std::optional<types::Type> type = types::type_from_name(name);
  if (!type) return bad("unknown type " + name);
  types::Value value;
  if (*type == types::Type::kNull) return value;
  value.type = *type;
  if (json.contains("value")) value.bytes = VIF_TRY(bytes_of(json["value"]));
  return value;
}

Result<RowValues> row_of(const Json& json) {
  RowValues row;
  if (!json.is_array()) {
    row.push_back(VIF_TRY(value_of(json)));
    return row;
  }
  for (const Json& item : json) row.push_back(VIF_TRY(value_of(item)));
  if (row.empty()) return bad("no value given");
  return row;
}

// No bound is null.
Json key_range_json(const KeyRange& range) {
  const auto bound = [](const std::string& id) { return id.empty() ? Json() : Json(to_hex(id)); };
  return {{"start", bound(range.start)}, {"end", bound(range.end)}};
}

Json destination_json(const Destination& d) {
  using Kind = Destination::Kind;
  switch (d.kind) {
    case Kind::kNone: return {{"none", true}};
    case Kind::kKeyspaceId: return {{"keyspace_id", to_hex(d.ids[0])}};
    case Kind::kAllShards: return {{"all_shards", true}};
    case Kind::kAnyShard: return {{"any_shard", true}};
    case Kind::kKeyRange:
    case Kind::kExactKeyRange: return {{"key_range", key_range_json(d.ranges[0])}};
    case Kind::kKeyRanges:
    case Kind::kExactKeyRanges: {
      Json out = Json::array();
      for (const KeyRange& range : d.ranges) out.push_back(key_range_json(range));
      return {{"key_ranges", out}};
    }
    case Kind::kKeyspaceIds:
    case Kind::kShard:
    case Kind::kShards: {
      Json out = Json::array();
      for (const std::string& id : d.ids)
        out.push_back(d.kind == Kind::kKeyspaceIds ? to_hex(id) : id);
      return {{d.kind == Kind::kKeyspaceIds ? "keyspace_ids" : "shards", out}};
    }
  }
  return nullptr;
}

bool is_utf8(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

Json value_json(const types::Value& value) {
  if (value.is_null()) return {{"type", "NULL"}, {"value", nullptr}};
  Json bytes = is_utf8(value.bytes) ? Json(value.bytes) : Json{{"$hex", to_hex(value.bytes)}};
  return {{"type", types::type_name(value.type)}, {"value", std::move(bytes)}};
}

Result<std::unique_ptr<Vindex>> vindex_of(const Json& request, const std::string& type) {
  VindexParams params;
  std::optional<TemporaryFile> region_map;
  if (request.contains("params") && request["params"].is_object()) {
    for (const auto& [name, value] : request["params"].items()) {
      if (name == "region_map_contents") {
        region_map.emplace(value.is_string() ? value.get<std::string>() : value.dump());
        params["region_map"] = region_map->path();
      } else {
        params[name] = value.is_string() ? value.get<std::string>() : value.dump();
      }
    }
  }
  std::string name = type;
  if (request.contains("name") && request["name"].is_string())
    name = request["name"].get<std::string>();
  return create_vindex(type, name, params);
}

Result<std::vector<std::string>> keyspace_ids_of(const Json& json) {
  std::vector<std::string> ids;
  const Json list = json.is_array() ? json : Json::array({json});
  for (const Json& item : list) {
    if (!item.is_string() && !item.is_null())
      return bad("a keyspace id must be hex, not " + item.dump());
    const std::string hex = item.is_null() ? "" : item.get<std::string>();
    ids.push_back(VIF_TRY(from_hex(hex)));
  }
  return ids;
}

// cfc cuts bytes, not text: U+00EA in a string is the byte ea. Strings with larger characters stay
// as they are.
Json as_bytes(Json in) {
  if (!in.is_object() || !in.contains("value") || !in["value"].is_string()) return in;
  const auto text = in["value"].get<std::string>();
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
    } else if (lead <= 0xc3 && i + 1 < text.size()) {
      bytes += static_cast<char>((lead & 3) << 6 | (text[++i] & 0x3f));
    } else {
      return in;
    }
  }
  in["value"] = {{"$hex", to_hex(bytes)}};
  return in;
}

Result<Json> map_op(const Vindex& vindex, const Json& in) {
  const RowValues row = VIF_TRY(row_of(in));
  const std::vector<Destination> out = VIF_TRY(map_rows(vindex, std::span(&row, 1)));
  return destination_json(out.at(0));
}

Result<Json> verify_op(const Vindex& vindex, const Json& in, const Json& ksid) {
  const RowValues row = VIF_TRY(row_of(in));
  const std::vector<std::string> ids = VIF_TRY(keyspace_ids_of(ksid));
  const std::vector<bool> out = VIF_TRY(verify_rows(vindex, std::span(&row, 1), ids));
  return Json(static_cast<bool>(out.at(0)));
}

Result<Json> reverse_map_op(const Vindex& vindex, const std::string& type, const Json& in) {
  const Reversible* reversible = vindex.reversible();
  if (!reversible) return bad(fmt::format("vindex {} is not reversible", vindex.name()));
  // An absent keyspace id, which only Go can say.
  if (in.is_null() && type == "binary") return bad("Binary.ReverseMap: keyspaceId is nil");
  const std::vector<std::string> ids = VIF_TRY(keyspace_ids_of(in));
  const std::vector<types::Value> out = VIF_TRY(reversible->reverse_map(ids));
  if (!in.is_array()) return value_json(out.at(0));
  Json list = Json::array();
  for (const types::Value& value : out) list.push_back(value_json(value));
  return list;
}

Result<Json> range_map_op(const Vindex& vindex, const Json& in) {
  if (!vindex.sequential()) return bad(fmt::format("vindex {} does not map ranges", vindex.name()));
  const RowValues ends = VIF_TRY(row_of(in));
  if (ends.size() != 2) return bad("range_map takes two values");
  const std::vector<Destination> out = VIF_TRY(vindex.sequential()->range_map(ends[0], ends[1]));
  return destination_json(out.at(0));
}

Result<Json> roundtrip_op(const Vindex& vindex, const Json& in) {
  const RowValues row = VIF_TRY(row_of(in));
  const std::vector<Destination> out = VIF_TRY(map_rows(vindex, std::span(&row, 1)));
  if (out.at(0).kind != Destination::Kind::kKeyspaceId) return Json(false);
  const std::vector<bool> same = VIF_TRY(verify_rows(vindex, std::span(&row, 1), out[0].ids));
  return Json(static_cast<bool>(same.at(0)));
}

// cfc's map from raw bytes: {"id": hex, "prefix": bool}.
Result<Json> compute_ksid_op(const Vindex& vindex, const Json& in) {
  if (!in.is_object() || !in.contains("id"))
    return bad("compute_ksid takes {\"id\": hex, \"prefix\": bool}");
  const std::vector<std::string> id = VIF_TRY(keyspace_ids_of(in["id"]));
  const CfcRule* rule = cfc_rule(vindex);
  if (!rule) return bad("compute_ksid is for cfc");
  const bool prefix = in.contains("prefix") && in["prefix"] == true;
  return Json(to_hex(VIF_TRY(rule->keyspace_id(id.at(0), prefix))));
}

Result<Json> answer(const Json& request) {
  if (!request.is_object() || !request.contains("vindex") || !request["vindex"].is_string()) {
    return bad("no \"vindex\" in the request");
  }
  std::string type = request["vindex"].get<std::string>();
  const bool prefix = type.ends_with(":prefix");
  if (prefix) type.resize(type.size() - 7);
  const std::unique_ptr<Vindex> whole = VIF_TRY(vindex_of(request, type));
  const Vindex* vindex = prefix ? whole->prefix_vindex() : whole.get();
  if (!vindex) return bad(fmt::format("vindex {} has no prefix form", type));

  const std::string op =
      request.contains("op") && request["op"].is_string() ? request["op"].get<std::string>() : "";
  Json in = request.contains("in") ? request["in"] : Json();
  if (type == "cfc") in = as_bytes(in);
  if (op == "map") return map_op(*vindex, in);
  if (op == "verify")
    return verify_op(*vindex, in, request.contains("ksid") ? request["ksid"] : Json());
  if (op == "reverse_map") return reverse_map_op(*vindex, type, in);
  if (op == "range_map") return range_map_op(*vindex, in);
  if (op == "map_verify_roundtrip") return roundtrip_op(*vindex, in);
  if (op == "compute_ksid") return compute_ksid_op(*whole, in);
  if (op == "Cost") return Json(vindex->cost());
  if (op == "IsUnique") return Json(vindex->is_unique());
  if (op == "NeedsVCursor") return Json(vindex->needs_vcursor());
  if (op == "PartialVindex")
    return Json(vindex->multi_column() && vindex->multi_column()->partial_vindex());
  if (op == "String") return Json(vindex->name());
  if (op == "UnknownParams") return Json(vindex->unknown_params());
  return bad(fmt::format("unknown op \"{}\"", op));
}

}  // namespace

std::string answer_vindex_request(std::string_view request) {
  const Json json = Json::parse(request, nullptr, false);
  Json out;
  if (json.is_discarded()) {
    out = {{"ok", false}, {"error", "the request is not valid JSON"}};
  } else if (const Result<Json> result = answer(json); result.ok()) {
    out = {{"ok", true}, {"result", *result}};
  } else {
    out = {{"ok", false}, {"error", result.error().message()}};
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace vif::sharding
