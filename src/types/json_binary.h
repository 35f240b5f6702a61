// MySQL's binary JSON, as columns store it and row events carry it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "types/json.h"

namespace vif::types {

// nullopt for bytes that are no whole document, and for one deeper than Json::kDepthMax. No bytes
// are null, as the server reads them. Time and memory are linear in the bytes, whatever their
// offsets say.
std::optional<Json> json_from_binary(std::string_view bytes);

// The bytes that the server would store. nullopt when they would be more than 4 GiB or a key longer
// than 65,535 bytes.
std::optional<std::string> json_to_binary(const Json& json);

}  // namespace vif::types
