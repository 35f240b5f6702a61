// Vindexes for scripts: one JSON request in, one JSON answer out. `vif vindex` is this over its
// standard input.
//
//   {"vindex":"hash","params":null,"op":"map","in":{"type":"INT64","value":"1"}}
//   {"ok":true,"result":{"keyspace_id":"166b40b44aba4bd6"}}
//
// Ops: map, verify (with "ksid"), reverse_map (in: hex), range_map (in: [start, end]),
// map_verify_roundtrip, Cost, IsUnique, NeedsVCursor, PartialVindex, String, UnknownParams,
// compute_ksid (cfc). "in" is a value, or a list of them for a multi-column vindex; a value's bytes
// may be {"$hex": "8a"}. The vindex "cfc:prefix" is the form of cfc that LIKE uses; for cfc a
// string's character is one byte. region_json takes its table in the request, as the parameter
// region_map_contents.
#pragma once

#include <string>
#include <string_view>

namespace vif::sharding {

// The answer's line, without its newline. Errors are answers: {"ok":false,"error":"..."}.
std::string answer_vindex_request(std::string_view request);

}  // namespace vif::sharding
