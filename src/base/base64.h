// Base64 (RFC 4648), padded, without line breaks.
#pragma once

#include <string>
#include <string_view>

namespace vif {

std::string base64_encode(std::string_view bytes);

}  // namespace vif
