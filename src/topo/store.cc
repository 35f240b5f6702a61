#include "topo/store.h"

namespace vif::topo {

Error no_node(std::string_view path) {
  return Error(Code::kNotFound, fmt::format("node doesn't exist: {}", path));
}
Error node_exists(std::string_view path) {
  return Error(Code::kAlreadyExists, fmt::format("node already exists: {}", path));
}
Error node_not_empty(std::string_view path) {
  return Error(Code::kFailedPrecondition, fmt::format("node not empty: {}", path));
}
Error bad_version(std::string_view path) {
  return Error(Code::kAborted, fmt::format("bad node version: {}", path));
}

Error interrupted(const Error& error, std::string_view path) {
  if (error.code() == Code::kDeadlineExceeded) {
    return error.with_message(fmt::format("deadline exceeded: {}", path));
  }
  if (error.code() == Code::kCanceled)
    return error.with_message(fmt::format("interrupted: {}", path));
  return error;
}

}  // namespace vif::topo
