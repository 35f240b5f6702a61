#include "local/cluster_spec.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace vif::local {
namespace {

// Reads a VitessCluster document. Everything it does not use is noted in `ignored_fields`, by its
// path. Throws YAML::Exception and SqlError inside; parse_vitess_cluster is the door.
class Reader {
 public:
  explicit Reader(ClusterSpec& spec) : spec_(spec) {}

  static bool is_of_other_kind(const YAML::Node& document) {
    const std::string kind = text(child(document, "kind"));
    return !kind.empty() && kind != "VitessCluster";
  }

  void read(const YAML::Node& document) {
    if (!document.IsMap()) fail("the document", "must be a mapping");
    const std::string kind = text(child(document, "kind"));
    if (kind != "VitessCluster") fail("kind", fmt::format("must be VitessCluster, not '{}'", kind));
    note_others(document, "", {"apiVersion", "kind", "metadata", "spec"});
    if (const YAML::Node name = child(child(document, "metadata"), "name"); name.IsDefined())
      spec_.name = text(name);
    const YAML::Node body = child(document, "spec");
    if (!body.IsDefined() || !body.IsMap()) fail("spec", "is missing");
    note_others(body, "spec", {"cells", "keyspaces"});
    read_cells(child(body, "cells"));
    read_keyspaces(child(body, "keyspaces"));
  }

 private:
  [[noreturn]] static void fail(const std::string& path, const std::string& what) {
    throw SqlError{Error(Code::kInvalidArgument, path + " " + what)};
  }

  // What `map` has under `key`; an undefined node (false) when it is no map or has no such key,
  // which yaml-cpp's own operator would answer with a node that throws when it is asked further.
  static YAML::Node child(const YAML::Node& map, const char* key) {
    if (map.IsDefined() && map.IsMap()) {
      const YAML::Node found = map[key];
      if (found.IsDefined()) return found;
    }
    return YAML::Node(YAML::NodeType::Undefined);
  }
  static bool is_list(const YAML::Node& node) {
    return node.IsDefined() && node.IsSequence() && node.size() > 0;
  }
  static std::string text(const YAML::Node& node) {
    return node.IsDefined() && node.IsScalar() ? node.Scalar() : "";
  }

  void note_others(const YAML::Node& map, const std::string& path,
                   const std::set<std::string>& known) {
    if (!map.IsDefined() || !map.IsMap()) return;
    for (const auto& entry : map) {
      const std::string name = entry.first.Scalar();
      if (!known.contains(name))
        spec_.ignored_fields.push_back(path.empty() ? name : path + "." + name);
    }
  }

  // Kubernetes writes `extraFlags: {name: value}`.
  static std::vector<std::string> flags(const YAML::Node& map) {
    std::vector<std::string> list;
    if (!map.IsDefined() || !map.IsMap()) return list;
    for (const auto& entry : map)
      list.push_back(fmt::format("--{}={}", entry.first.Scalar(), text(entry.second)));
    return list;
  }

  void read_cells(const YAML::Node& cells) {
    if (!is_list(cells)) fail("spec.cells", "must name at least one cell");
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string path = fmt::format("spec.cells[{}]", i);
      const YAML::Node cell = cells[i];
      const std::string name = text(child(cell, "name"));
      if (name.empty()) fail(path, "has no name");
      spec_.cells.push_back(name);
      note_others(cell, path, {"name", "gateway"});
      const YAML::Node gateway = child(cell, "gateway");
      note_others(gateway, path + ".gateway", {"extraFlags", "replicas"});
      if (i > 0) continue;  // one gate is enough for one machine
      if (gateway.IsDefined()) spec_.gateway.extra_flags = flags(child(gateway, "extraFlags"));
      if (gateway.IsDefined() && child(gateway, "replicas").IsDefined() &&
          text(child(gateway, "replicas")) != "1") {
        spec_.ignored_fields.push_back(path + ".gateway.replicas");
      }
    }
  }

  void read_keyspaces(const YAML::Node& keyspaces) {
    if (!is_list(keyspaces)) {
      fail("spec.keyspaces", "must name at least one keyspace");
    }
    for (size_t i = 0; i < keyspaces.size(); ++i) {
      const std::string path = fmt::format("spec.keyspaces[{}]", i);
      const YAML::Node node = keyspaces[i];
      KeyspaceSpec keyspace;
      keyspace.name = text(child(node, "name"));
      if (keyspace.name.empty()) fail(path, "has no name");
      if (const YAML::Node policy = child(node, "durabilityPolicy"); policy.IsDefined())
        keyspace.durability_policy = text(policy);
      if (const YAML::Node database = child(node, "databaseName"); database.IsDefined())
        keyspace.database = text(database);
      note_others(node, path, {"name", "databaseName", "durabilityPolicy", "partitionings"});
      const YAML::Node partitionings = child(node, "partitionings");
      if (!is_list(partitionings)) {
        fail(path + ".partitionings", "must have one entry");
      }
      if (partitionings.size() > 1)
        fail(path + ".partitionings", "with several entries is not supported");
      read_partitioning(partitionings[0], path + ".partitionings[0]", keyspace);
      spec_.keyspaces.push_back(std::move(keyspace));
    }
  }

  void read_partitioning(const YAML::Node& node, const std::string& path, KeyspaceSpec& keyspace) {
    note_others(node, path, {"equal", "custom"});
    if (const YAML::Node equal = child(node, "equal"); equal.IsDefined()) {
      note_others(equal, path + ".equal", {"parts", "shardTemplate"});
      const int parts = child(equal, "parts").IsDefined() ? child(equal, "parts").as<int>() : 1;
      if (parts < 1 || parts > 256 || (parts & (parts - 1)) != 0) {
        fail(path + ".equal.parts", "must be a power of two from 1 to 256");
      }
      for (const std::string& name : equal_shards(parts)) {
        keyspace.shards.push_back(
            read_shard(name, child(equal, "shardTemplate"), path + ".equal.shardTemplate"));
      }
      return;
    }
    const YAML::Node shards = child(child(node, "custom"), "shards");
    if (!is_list(shards)) fail(path, "needs equal or custom.shards");
    for (size_t i = 0; i < shards.size(); ++i) {
      const YAML::Node range = child(shards[i], "keyRange");
      const std::string name = fmt::format("{}-{}", text(range["start"]), text(range["end"]));
      keyspace.shards.push_back(
          read_shard(name, shards[i], fmt::format("{}.custom.shards[{}]", path, i)));
    }
  }

  ShardSpec read_shard(const std::string& name, const YAML::Node& node, const std::string& path) {
    ShardSpec shard;
    shard.name = name;
    note_others(node, path, {"keyRange", "tabletPools"});
    const YAML::Node pools = child(node, "tabletPools");
    if (!is_list(pools)) fail(path + ".tabletPools", "is missing");
    for (size_t i = 0; i < pools.size(); ++i)
      read_pool(pools[i], fmt::format("{}.tabletPools[{}]", path, i), shard);
    return shard;
  }

  void read_pool(const YAML::Node& pool, const std::string& path, ShardSpec& shard) {
    note_others(pool, path, {"cell", "type", "replicas", "vttablet", "mysqld", "name"});
    note_others(child(pool, "vttablet"), path + ".vttablet", {"extraFlags"});
    note_others(child(pool, "mysqld"), path + ".mysqld", {"configOverrides"});
    const std::string type =
        text(child(pool, "type")).empty() ? "replica" : text(child(pool, "type"));
    if (type != "replica" && type != "rdonly")
      fail(path + ".type", fmt::format("'{}' is not supported", type));
    const int replicas =
        child(pool, "replicas").IsDefined() ? child(pool, "replicas").as<int>() : 1;
    for (int i = 0; i < replicas; ++i) {
      TabletSpec tablet;
      tablet.cell =
          text(child(pool, "cell")).empty() ? spec_.cells.front() : text(child(pool, "cell"));
      tablet.uid = next_uid_++;
      tablet.rdonly = type == "rdonly";
      tablet.extra_flags = flags(child(child(pool, "vttablet"), "extraFlags"));
      tablet.extra_cnf = text(child(child(pool, "mysqld"), "configOverrides"));
      shard.tablets.push_back(std::move(tablet));
    }
  }

  ClusterSpec& spec_;
  uint32_t next_uid_ = 100;
};

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(Code::kNotFound, "cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

std::vector<std::string> equal_shards(int parts) {
  if (parts == 1) return {"-"};
  // Two hex digits reach 256 parts; more parts would need more.
  const auto bound = [&](int i) {
    return i == 0 || i == parts ? std::string() : fmt::format("{:02x}", i * 256 / parts);
  };
  std::vector<std::string> names;
  for (int i = 0; i < parts; ++i) names.push_back(bound(i) + "-" + bound(i + 1));
  return names;
}

Result<ClusterSpec> parse_vitess_cluster(const std::string& yaml) {
  ClusterSpec spec;
  try {
    // The operator's example files carry the secrets they name in further documents.
    for (const YAML::Node& document : YAML::LoadAll(yaml)) {
      if (Reader::is_of_other_kind(document)) continue;
      Reader(spec).read(document);
      return spec;
    }
  } catch (const SqlError& error) {
    return error.error;
  } catch (const YAML::Exception& error) {
    return Error(Code::kInvalidArgument, error.what());
  }
  return Error(Code::kInvalidArgument, "the file holds no VitessCluster document");
}

Status add_schema_dir(const std::string& dir, ClusterSpec& spec) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (KeyspaceSpec& keyspace : spec.keyspaces) {
    const fs::path folder = fs::path(dir) / keyspace.name;
    if (!fs::is_directory(folder, error)) continue;
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, error)) files.insert(entry.path());
    for (const fs::path& file : files) {
      if (file.filename() == "vschema.json") keyspace.vschema_json = VIF_TRY(read_file(file));
      if (file.extension() == ".sql") keyspace.schema_sql += VIF_TRY(read_file(file)) + "\n";
    }
  }
  if (!fs::is_directory(dir, error)) return Error(Code::kNotFound, "no folder " + dir);
  return {};
}

Status assign_ports(ClusterSpec& spec, int shift) {
  Status status;
  const auto shifted = [&](int port) {
    if (port + shift < 1 || port + shift > 65535) {
      status = Error(Code::kInvalidArgument,
                     fmt::format("--port-shift={} makes a port of {}", shift, port + shift));
    }
    return static_cast<uint16_t>(port + shift);
  };
  spec.gateway.web_port = shifted(spec.gateway.web_port);
  spec.gateway.grpc_port = shifted(spec.gateway.grpc_port);
  spec.gateway.mysql_port = shifted(spec.gateway.mysql_port);
  for (KeyspaceSpec& keyspace : spec.keyspaces) {
    for (ShardSpec& shard : keyspace.shards) {
      for (TabletSpec& tablet : shard.tablets) {
        const int uid = static_cast<int>(tablet.uid);
        tablet.web_port = shifted(15000 + uid);
        tablet.grpc_port = shifted(16000 + uid);
        tablet.mysql_port = shifted(17000 + uid);
      }
    }
  }
  return status;
}

}  // namespace vif::local
