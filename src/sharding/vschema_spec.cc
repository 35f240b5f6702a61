#include "sharding/vschema_spec.h"

#include <charconv>
#include <functional>

#include <nlohmann/json.hpp>

namespace vif::sharding {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail(std::string_view place, std::string_view what) {
  throw SqlError{Error(Code::kInvalidArgument,
                       place.empty() ? std::string(what) : fmt::format("{}: {}", place, what))};
}

std::string below(std::string_view place, std::string_view name) {
  return place.empty() ? std::string(name) : fmt::format("{}.{}", place, name);
}

// protojson takes a field by its own name and by its lowerCamel form.
std::string lower_camel(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' && i + 1 < name.size()) {
      out += static_cast<char>(std::toupper(static_cast<unsigned char>(name[++i])));
    } else {
      out += name[i];
    }
  }
  return out;
}

struct FieldReader {
  std::string_view name;
  std::function<void(const Json&, std::string_view place)> read;
};

void read_message(const Json& json, std::string_view place,
                  std::initializer_list<FieldReader> fields) {
  if (!json.is_object()) fail(place, fmt::format("unexpected token {}", json.dump()));
  for (const auto& [key, value] : json.items()) {
    const FieldReader* found = nullptr;
    for (const FieldReader& field : fields) {
      if (field.name == key || lower_camel(field.name) == key) found = &field;
    }
    if (!found) fail(place, fmt::format("unknown field \"{}\"", key));
    if (!value.is_null()) found->read(value, below(place, key));
  }
}

FieldReader text(std::string_view name, std::string& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            if (!json.is_string())
              fail(place, fmt::format("invalid value for string field: {}", json.dump()));
            out = json.get<std::string>();
          }};
}

bool read_bool(const Json& json, std::string_view place) {
  if (!json.is_boolean()) fail(place, fmt::format("invalid value for bool field: {}", json.dump()));
  return json.get<bool>();
}

FieldReader boolean(std::string_view name, bool& out) {
  return {name, [&out](const Json& json, std::string_view place) { out = read_bool(json, place); }};
}

int32_t read_int(const Json& json, std::string_view place) {
  int64_t number = 0;
  bool ok = json.is_number_integer();
  if (ok) number = json.get<int64_t>();
  if (json.is_string()) {
    const auto digits = json.get<std::string>();
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    ok = code == std::errc() && end == digits.data() + digits.size();
  }
  if (!ok || number < INT32_MIN || number > INT32_MAX) {
    fail(place, fmt::format("invalid value for int32 field: {}", json.dump()));
  }
  return static_cast<int32_t>(number);
}

FieldReader integer(std::string_view name, int32_t& out) {
  return {name, [&out](const Json& json, std::string_view place) { out = read_int(json, place); }};
}

FieldReader number(std::string_view name, float& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            if (!json.is_number())
              fail(place, fmt::format("invalid value for float field: {}", json.dump()));
            out = json.get<float>();
          }};
}

FieldReader type_field(std::string_view name, types::Type& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            if (json.is_string()) {
              const std::optional<types::Type> type =
                  types::type_from_name(json.get<std::string>());
              if (!type) fail(place, fmt::format("invalid value for enum field: {}", json.dump()));
              out = *type;
            } else {
              out = static_cast<types::Type>(read_int(json, place));
            }
          }};
}

constexpr std::string_view kForeignKeyModes[] = {"unspecified", "disallow", "unmanaged", "managed"};

FieldReader foreign_key_mode(std::string_view name, ForeignKeyMode& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            for (size_t i = 0; i < std::size(kForeignKeyModes); ++i) {
              const bool same = json.is_string() ? json.get<std::string>() == kForeignKeyModes[i]
                                                 : json == static_cast<int>(i);
              if (same) {
                out = static_cast<ForeignKeyMode>(i);
                return;
              }
            }
            fail(place, fmt::format("invalid value for enum field: {}", json.dump()));
          }};
}

FieldReader text_list(std::string_view name, std::vector<std::string>& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            if (!json.is_array()) fail(place, fmt::format("unexpected token {}", json.dump()));
            for (const Json& item : json) {
              if (!item.is_string())
                fail(place, fmt::format("invalid value for string field: {}", item.dump()));
              out.push_back(item.get<std::string>());
            }
          }};
}

template <typename Message>
void read(const Json& json, std::string_view place, Message& out);

template <typename Message>
FieldReader list(std::string_view name, std::vector<Message>& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            if (!json.is_array()) fail(place, fmt::format("unexpected token {}", json.dump()));
            for (size_t i = 0; i < json.size(); ++i)
              read(json[i], fmt::format("{}[{}]", place, i), out.emplace_back());
          }};
}

template <typename Map>
FieldReader map(std::string_view name, Map& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            if (!json.is_object()) fail(place, fmt::format("unexpected token {}", json.dump()));
            for (const auto& [key, value] : json.items()) read(value, below(place, key), out[key]);
          }};
}

template <typename Message>
FieldReader message(std::string_view name, std::optional<Message>& out) {
  return {name,
          [&out](const Json& json, std::string_view place) { read(json, place, out.emplace()); }};
}

// {"rules": [...]}
template <typename Message>
FieldReader rules(std::string_view name, std::vector<Message>& out) {
  return {name, [&out](const Json& json, std::string_view place) {
            read_message(json, place, {list("rules", out)});
          }};
}

template <>
void read(const Json& json, std::string_view place, std::string& out) {
  if (!json.is_string())
    fail(place, fmt::format("invalid value for string field: {}", json.dump()));
  out = json.get<std::string>();
}
template <>
void read(const Json& json, std::string_view place, VindexSpec& out) {
  read_message(json, place,
               {text("type", out.type), map("params", out.params), text("owner", out.owner)});
}
template <>
void read(const Json& json, std::string_view place, ColumnVindexSpec& out) {
  read_message(
      json, place,
      {text("column", out.column), text("name", out.name), text_list("columns", out.columns)});
}
template <>
void read(const Json& json, std::string_view place, AutoIncrementSpec& out) {
  read_message(json, place, {text("column", out.column), text("sequence", out.sequence)});
}
template <>
void read(const Json& json, std::string_view place, ColumnSpec& out) {
  read_message(json, place,
               {text("name", out.name),
                type_field("type", out.type),
                boolean("invisible", out.invisible),
                text("default", out.default_expr),
                text("collation_name", out.collation_name),
                integer("size", out.size),
                integer("scale", out.scale),
                {"nullable", [&](const Json& value,
                                 std::string_view at) { out.nullable = read_bool(value, at); }},
                text_list("values", out.values)});
}
template <>
void read(const Json& json, std::string_view place, TableSpec& out) {
  read_message(json, place,
               {text("type", out.type), list("column_vindexes", out.column_vindexes),
                message("auto_increment", out.auto_increment), list("columns", out.columns),
                text("pinned", out.pinned),
                boolean("column_list_authoritative", out.column_list_authoritative),
                text("source", out.source)});
}
template <>
void read(const Json& json, std::string_view place, MultiTenantSpec& out) {
  read_message(json, place,
               {text("tenant_id_column_name", out.tenant_id_column_name),
                type_field("tenant_id_column_type", out.tenant_id_column_type)});
}
template <>
void read(const Json& json, std::string_view place, KeyspaceSpec& out) {
  read_message(
      json, place,
      {boolean("sharded", out.sharded), map("vindexes", out.vindexes), map("tables", out.tables),
       boolean("require_explicit_routing", out.require_explicit_routing),
       foreign_key_mode("foreign_key_mode", out.foreign_key_mode),
       message("multi_tenant_spec", out.multi_tenant_spec)});
}
template <>
void read(const Json& json, std::string_view place, RoutingRuleSpec& out) {
  read_message(json, place,
               {text("from_table", out.from_table), text_list("to_tables", out.to_tables)});
}
template <>
void read(const Json& json, std::string_view place, ShardRoutingRuleSpec& out) {
  read_message(json, place,
               {text("from_keyspace", out.from_keyspace), text("to_keyspace", out.to_keyspace),
                text("shard", out.shard)});
}
template <>
void read(const Json& json, std::string_view place, KeyspaceRoutingRuleSpec& out) {
  read_message(json, place,
               {text("from_keyspace", out.from_keyspace), text("to_keyspace", out.to_keyspace)});
}
template <>
void read(const Json& json, std::string_view place, MirrorRuleSpec& out) {
  read_message(json, place,
               {text("from_table", out.from_table), text("to_table", out.to_table),
                number("percent", out.percent)});
}
template <>
void read(const Json& json, std::string_view place, SrvVSchemaSpec& out) {
  read_message(json, place,
               {map("keyspaces", out.keyspaces), rules("routing_rules", out.routing_rules),
                rules("shard_routing_rules", out.shard_routing_rules),
                rules("keyspace_routing_rules", out.keyspace_routing_rules),
                rules("mirror_rules", out.mirror_rules)});
}

constexpr int kDepthMax = 32;

Json parse_text(std::string_view json) {
  int depth = 0;
  const Json::parser_callback_t bound = [&](int at, Json::parse_event_t, Json&) {
    depth = std::max(depth, at);
    if (depth > kDepthMax) fail("", "too deeply nested");
    return true;
  };
  try {
    return Json::parse(json, bound);
  } catch (const Json::parse_error& e) {
    const std::string_view before =
        json.substr(0, std::min<size_t>(e.byte == 0 ? 0 : e.byte - 1, json.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t column =
        before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1);
    fail("", fmt::format("syntax error (line {}:{}): not valid JSON", line, column + 1));
  }
}

template <typename Message>
Result<Message> parse_json(std::string_view json) {
  try {
    Message out;
    read(parse_text(json), "", out);
    return out;
  } catch (const SqlError& e) {
    return e.error;
  } catch (const nlohmann::json::exception& e) {  // text that is no UTF-8, in a message
    return Error(Code::kInvalidArgument, e.what());
  }
}

template <typename Message>
Result<std::vector<Message>> parse_rules_json(std::string_view json) {
  try {
    std::vector<Message> out;
    read_message(parse_text(json), "", {list("rules", out)});
    return out;
  } catch (const SqlError& e) {
    return e.error;
  } catch (const nlohmann::json::exception& e) {
    return Error(Code::kInvalidArgument, e.what());
  }
}

void put(Json& out, const char* name, const std::string& value) {
  if (!value.empty()) out[name] = value;
}
void put(Json& out, const char* name, bool value) {
  if (value) out[name] = value;
}
void put(Json& out, const char* name, int32_t value) {
  if (value != 0) out[name] = value;
}
void put(Json& out, const char* name, const std::vector<std::string>& value) {
  if (!value.empty()) out[name] = value;
}
void put(Json& out, const char* name, types::Type type) {
  if (type != types::Type::kNull) out[name] = types::type_name(type);
}

Json to_json(const VindexSpec& spec) {
  Json out = Json::object();
  put(out, "type", spec.type);
  for (const auto& [name, value] : spec.params) out["params"][name] = value;
  put(out, "owner", spec.owner);
  return out;
}

Json to_json(const ColumnSpec& spec) {
  Json out = Json::object();
  put(out, "name", spec.name);
  put(out, "type", spec.type);
  put(out, "invisible", spec.invisible);
  put(out, "default", spec.default_expr);
  put(out, "collation_name", spec.collation_name);
  put(out, "size", spec.size);
  put(out, "scale", spec.scale);
  if (spec.nullable) out["nullable"] = *spec.nullable;
  put(out, "values", spec.values);
  return out;
}

Json to_json(const TableSpec& spec) {
  Json out = Json::object();
  put(out, "type", spec.type);
  for (const ColumnVindexSpec& vindex : spec.column_vindexes) {
    Json item = Json::object();
    put(item, "column", vindex.column);
    put(item, "name", vindex.name);
    put(item, "columns", vindex.columns);
    out["column_vindexes"].push_back(std::move(item));
  }
  if (spec.auto_increment) {
    Json item = Json::object();
    put(item, "column", spec.auto_increment->column);
    put(item, "sequence", spec.auto_increment->sequence);
    out["auto_increment"] = std::move(item);
  }
  for (const ColumnSpec& column : spec.columns) out["columns"].push_back(to_json(column));
  put(out, "pinned", spec.pinned);
  put(out, "column_list_authoritative", spec.column_list_authoritative);
  put(out, "source", spec.source);
  return out;
}

Json to_json(const KeyspaceSpec& spec) {
  Json out = Json::object();
  put(out, "sharded", spec.sharded);
  for (const auto& [name, vindex] : spec.vindexes) out["vindexes"][name] = to_json(vindex);
  for (const auto& [name, table] : spec.tables) out["tables"][name] = to_json(table);
  put(out, "require_explicit_routing", spec.require_explicit_routing);
  if (spec.foreign_key_mode != ForeignKeyMode::kUnspecified) {
    out["foreign_key_mode"] = kForeignKeyModes[static_cast<size_t>(spec.foreign_key_mode)];
  }
  if (spec.multi_tenant_spec) {
    Json item = Json::object();
    put(item, "tenant_id_column_name", spec.multi_tenant_spec->tenant_id_column_name);
    put(item, "tenant_id_column_type", spec.multi_tenant_spec->tenant_id_column_type);
    out["multi_tenant_spec"] = std::move(item);
  }
  return out;
}

// Names may hold any bytes; what is no UTF-8 is shown as U+FFFD.
std::string printed(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<KeyspaceSpec> parse_keyspace_json(std::string_view json) {
  return parse_json<KeyspaceSpec>(json);
}
Result<SrvVSchemaSpec> parse_srv_vschema_json(std::string_view json) {
  return parse_json<SrvVSchemaSpec>(json);
}
Result<std::vector<RoutingRuleSpec>> parse_routing_rules_json(std::string_view json) {
  return parse_rules_json<RoutingRuleSpec>(json);
}
Result<std::vector<ShardRoutingRuleSpec>> parse_shard_routing_rules_json(std::string_view json) {
  return parse_rules_json<ShardRoutingRuleSpec>(json);
}
Result<std::vector<KeyspaceRoutingRuleSpec>> parse_keyspace_routing_rules_json(
    std::string_view json) {
  return parse_rules_json<KeyspaceRoutingRuleSpec>(json);
}
Result<std::vector<MirrorRuleSpec>> parse_mirror_rules_json(std::string_view json) {
  return parse_rules_json<MirrorRuleSpec>(json);
}

std::string keyspace_json(const KeyspaceSpec& spec, int indent) {
  return printed(to_json(spec), indent);
}

std::string srv_vschema_json(const SrvVSchemaSpec& spec, int indent) {
  Json out = Json::object();
  for (const auto& [name, keyspace] : spec.keyspaces) out["keyspaces"][name] = to_json(keyspace);
  for (const RoutingRuleSpec& rule : spec.routing_rules) {
    Json item = Json::object();
    put(item, "from_table", rule.from_table);
    put(item, "to_tables", rule.to_tables);
    out["routing_rules"]["rules"].push_back(std::move(item));
  }
  for (const ShardRoutingRuleSpec& rule : spec.shard_routing_rules) {
    Json item = Json::object();
    put(item, "from_keyspace", rule.from_keyspace);
    put(item, "to_keyspace", rule.to_keyspace);
    put(item, "shard", rule.shard);
    out["shard_routing_rules"]["rules"].push_back(std::move(item));
  }
  for (const KeyspaceRoutingRuleSpec& rule : spec.keyspace_routing_rules) {
    Json item = Json::object();
    put(item, "from_keyspace", rule.from_keyspace);
    put(item, "to_keyspace", rule.to_keyspace);
    out["keyspace_routing_rules"]["rules"].push_back(std::move(item));
  }
  for (const MirrorRuleSpec& rule : spec.mirror_rules) {
    Json item = Json::object();
    put(item, "from_table", rule.from_table);
    put(item, "to_table", rule.to_table);
    if (rule.percent != 0) item["percent"] = rule.percent;
    out["mirror_rules"]["rules"].push_back(std::move(item));
  }
  return printed(out, indent);
}

}  // namespace vif::sharding
