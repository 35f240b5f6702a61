// Parts of the cfc vindex that are worth a test of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::sharding {

// cfc ("concatenated fixed-width composite"): the value is cut at `offsets` and each piece is
// hashed to at most its own length, so that a prefix of the value is a prefix of the keyspace id.
struct CfcRule {
  std::string name;                                 // the vindex's, for errors
  std::string (*hash)(std::string_view) = nullptr;  // null: the value is the keyspace id
  std::vector<int> offsets;

  // With `prefix`, a short value gives as many whole pieces as it has; else it is an error.
  Result<std::string> keyspace_id(std::string_view value, bool prefix) const;
};

class Vindex;
// A cfc vindex's rule; null for any other vindex.
const CfcRule* cfc_rule(const Vindex& vindex);

// MD5 and xxhash64 cut to the length of what they hash.
std::string cfc_md5(std::string_view piece);
std::string cfc_xxhash64(std::string_view piece);

// What must stand at the start of a string for it to match a LIKE pattern.
std::string like_prefix(std::string_view pattern);

}  // namespace vif::sharding
