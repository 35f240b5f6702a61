// VSchema JSON from anywhere: parsing, building and printing never crash, and what is printed reads
// back the same.
#include "base/assert.h"
#include "sharding/vschema.h"

namespace sharding = vif::sharding;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto keyspace = sharding::parse_keyspace_json(text); keyspace.ok()) {
    (void)sharding::build_keyspace_schema(*keyspace, "ks");
    const auto again = sharding::parse_keyspace_json(sharding::keyspace_json(*keyspace));
    VIF_ASSERT(again.ok());
    VIF_ASSERT(*again == *keyspace);
  }
  if (const auto whole = sharding::parse_srv_vschema_json(text); whole.ok()) {
    const auto vschema = sharding::build_vschema(*whole);
    for (const auto& [name, keyspace] : vschema->keyspaces()) {
      for (const auto& [table, found] : keyspace.tables)
        (void)vschema->find_table_or_vindex("", table, "replica");
    }
    VIF_ASSERT(sharding::parse_srv_vschema_json(sharding::srv_vschema_json(*whole)).ok());
  }
  return 0;
}
