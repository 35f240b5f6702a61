#include "base/error.h"

#include "base/assert.h"

namespace vif {

std::string_view code_name(Code code) {
  static constexpr std::string_view kNames[] = {"OK",
                                                "CANCELED",
                                                "UNKNOWN",
                                                "INVALID_ARGUMENT",
                                                "DEADLINE_EXCEEDED",
                                                "NOT_FOUND",
                                                "ALREADY_EXISTS",
                                                "PERMISSION_DENIED",
                                                "RESOURCE_EXHAUSTED",
                                                "FAILED_PRECONDITION",
                                                "ABORTED",
                                                "OUT_OF_RANGE",
                                                "UNIMPLEMENTED",
                                                "INTERNAL",
                                                "UNAVAILABLE",
                                                "DATA_LOSS",
                                                "UNAUTHENTICATED",
                                                "CLUSTER_EVENT",
                                                "READ_ONLY"};
  const auto index = static_cast<size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "UNKNOWN";
}

Error::Error(Code code, std::string message) : Error(code, 0, "", std::move(message)) {}

Error::Error(Code code, int mysql_errno, std::string_view sqlstate, std::string message)
    : body_(std::make_shared<const Body>(
          Body{code, mysql_errno, std::string(sqlstate), std::move(message)})) {
  VIF_ASSERT(code != Code::kOk);
}

Error::Error(const Error& other) = default;
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) = default;
Error& Error::operator=(Error&& other) noexcept = default;
Error::~Error() = default;

Error Error::with_message(std::string message) const {
  return Error(code(), mysql_errno(), sqlstate(), std::move(message));
}

Error Error::with_prefix(std::string_view prefix) const {
  return with_message(fmt::format("{}: {}", prefix, message()));
}

std::string Error::to_string() const {
  if (mysql_errno() == 0) return fmt::format("{}: {}", code_name(code()), message());
  return fmt::format("{}: {} (errno {}) (sqlstate {})", code_name(code()), message(), mysql_errno(),
                     sqlstate());
}

}  // namespace vif
