// Process log in glog's line form: "I1121 23:37:46.123456   12345 file.cc:10] text".
//
//   VIF_LOG(kInfo, "tablet {} is {}", alias, state);
//
// Safe from any thread and fiber; writes to standard error, and to `<dir>/<binary>.<LEVEL>` files
// once open_log_files() was called (from cmd/ only).
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/result.h"

namespace vif {

enum class LogLevel : uint8_t { kInfo, kWarning, kError };

// Appends one finished line. `file` is a path; only its last part is shown.
void log_line(LogLevel level, std::string_view file, int line, std::string_view text);

// Least level that is written to standard error (files get all). Default kInfo.
void set_stderr_threshold(LogLevel level);

// Starts `<dir>/<binary>.<host>.<user>.log.<LEVEL>.<date>.<pid>` with `<binary>.<LEVEL>` links, as
// glog does. Errors: what opening the files said.
Status open_log_files(const std::string& dir, const std::string& binary);

}  // namespace vif

#define VIF_LOG(level, ...) \
  ::vif::log_line(::vif::LogLevel::level, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__))
