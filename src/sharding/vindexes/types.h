// The makers of all vindexes; vindex_types() in types.cc is the table of them.
#pragma once

#include "sharding/vindex.h"

namespace vif::sharding {

using MadeVindex = Result<std::unique_ptr<Vindex>>;

MadeVindex make_binary(std::string name, const VindexParams& params);
MadeVindex make_binary_md5(std::string name, const VindexParams& params);
MadeVindex make_cfc(std::string name, const VindexParams& params);
MadeVindex make_hash(std::string name, const VindexParams& params);
MadeVindex make_multicol(std::string name, const VindexParams& params);
MadeVindex make_null(std::string name, const VindexParams& params);
MadeVindex make_numeric(std::string name, const VindexParams& params);
MadeVindex make_numeric_static_map(std::string name, const VindexParams& params);
MadeVindex make_region_experimental(std::string name, const VindexParams& params);
MadeVindex make_region_json(std::string name, const VindexParams& params);
MadeVindex make_reverse_bits(std::string name, const VindexParams& params);
MadeVindex make_unicode_loose_md5(std::string name, const VindexParams& params);
MadeVindex make_unicode_loose_xxhash(std::string name, const VindexParams& params);
MadeVindex make_xxhash(std::string name, const VindexParams& params);

MadeVindex make_lookup(std::string name, const VindexParams& params);
MadeVindex make_lookup_unique(std::string name, const VindexParams& params);
MadeVindex make_lookup_cost(std::string name, const VindexParams& params);
MadeVindex make_lookup_hash(std::string name, const VindexParams& params);
MadeVindex make_lookup_hash_unique(std::string name, const VindexParams& params);
MadeVindex make_lookup_unicodeloosemd5_hash(std::string name, const VindexParams& params);
MadeVindex make_lookup_unicodeloosemd5_hash_unique(std::string name, const VindexParams& params);
MadeVindex make_consistent_lookup(std::string name, const VindexParams& params);
MadeVindex make_consistent_lookup_unique(std::string name, const VindexParams& params);

}  // namespace vif::sharding
