// A statement as Vitess's tablets take it: texts of protobuf are UTF-8, and only what reads may be
// streamed.
#pragma once

#include <string>
#include <string_view>

namespace vif::clients {

// `sql` with each string literal whose bytes are not UTF-8 written as a hexadecimal one, behind its
// introducer if it has one. The literals' escapes are those of a server without
// NO_BACKSLASH_ESCAPES. The rest stays as it is.
std::string with_hex_literals(std::string_view sql);

// Whether Vitess's StreamExecute takes a statement of this kind; of the others it says "not allowed
// for streaming". Values of a sequence are read by Execute only: a stream would hand that text to
// the server.
bool may_stream(std::string_view sql);

}  // namespace vif::clients
