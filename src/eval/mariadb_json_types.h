// What MariaDB's metadata says of its functions of JSON.
#pragma once

#include "eval/function.h"

namespace vif::eval {

// The text that these arguments make together.
StaticType json_text_type(const Call& call, size_t from, size_t until);
// JSON_ARRAY, JSON_OBJECT and the merging functions.
StaticType json_built_type(const Call& call);
StaticType json_extract_type(const Call& call);
StaticType json_change_type(const Call& call);
StaticType json_append_type(const Call& call);
StaticType json_search_type(const Call& call);
// A part of the document, as JSON and as a plain value.
StaticType json_part_type(const Call& call);
StaticType json_scalar_type(const Call& call);
StaticType json_compact_type(const Call& call);
StaticType json_loose_type(const Call& call);
StaticType json_detailed_type(const Call& call);
StaticType json_quote_type(const Call& call);
StaticType json_unquote_type(const Call& call);
// JSON_TYPE.
StaticType json_kind_type(const Call& call);
StaticType json_truth_type(const Call& call);
StaticType json_count_type(const Call& call);

}  // namespace vif::eval
