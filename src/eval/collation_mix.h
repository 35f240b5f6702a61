// MySQL's "Illegal mix of collations": texts of which none can be made the other, known before
// there are rows.
#pragma once

#include <span>
#include <string_view>

#include "eval/node.h"

namespace vif::eval {

// Of what `operation` compares, or joins: two collations of one charset are good for that. Nothing
// is said where something among it is no text, nor where it is not known whether a text is ASCII.
// Throws SqlError errno 1267, 1270 or 1271.
void check_collation_mix(std::string_view operation, std::span<const Node* const> nodes,
                         uint32_t connection_collation, bool compares = true);
// As that, of those arguments that the function joins.
void check_function_mix(std::string_view name, std::span<const NodePtr> args,
                        uint32_t connection_collation);

struct MixedText {
  std::string_view collation;
  Coercibility coercibility;
};
// Throws it: up to three texts are named.
[[noreturn]] void illegal_mix(std::string_view operation, std::span<const MixedText> texts);

}  // namespace vif::eval
