// SHA-1 and SHA-256 of short strings, raw bytes.
#pragma once

#include <string>
#include <string_view>

namespace vif::mysql {

std::string sha1(std::string_view text);
std::string sha256(std::string_view text);

}  // namespace vif::mysql
