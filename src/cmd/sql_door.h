// `vif sql`: the SQL front end for scripts, editors and linters.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

namespace vif::cmd {

// Reads one JSON object a line and answers one a line, in order; ops are parse, normalize, split,
// redact and fingerprint. With --format: reads SQL (of the files named, or of standard input) and
// writes it in canonical form, a statement a line. Returns the process's exit status: 0, or with
// --format 1 when a statement does not parse.
int sql_main(std::span<const std::string_view> args);

// The same on given streams.
int sql_door(std::istream& in, std::ostream& out);
int sql_format(std::istream& in, std::ostream& out, std::ostream& errors);

}  // namespace vif::cmd
