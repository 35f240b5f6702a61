#include "discovery/tablet.h"

namespace vif::discovery {

std::string tablet_type_upper(clients::TabletType type) {
  std::string name(clients::tablet_type_name(type));
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

std::string target_proto_text(const clients::Target& target) {
  std::string text;
  if (!target.keyspace.empty()) text += fmt::format("keyspace:\"{}\" ", target.keyspace);
  if (!target.shard.empty()) text += fmt::format("shard:\"{}\" ", target.shard);
  return text + "tablet_type:" + tablet_type_upper(target.tablet_type);
}

std::string target_dotted(const clients::Target& target) {
  return fmt::format("{}.{}.{}", target.keyspace, target.shard,
                     clients::tablet_type_name(target.tablet_type));
}

}  // namespace vif::discovery
