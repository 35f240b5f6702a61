// One HTTP/1.1 request on a connection of its own, for tests and tools.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rt/net.h"
#include "rt/time.h"

namespace vif::rpc {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // keys in lower case
  std::string body;
};

// `target` is the path with its query. Redirects are not followed. Waits.
// Errors: kUnavailable, kDeadlineExceeded, kCanceled; kInvalidArgument when the answer is not HTTP
// or over 64 MiB.
Result<HttpReply> http_get(const rt::Address& address, std::string_view target,
                           rt::Deadline deadline);
Result<HttpReply> http_request(const rt::Address& address, std::string_view method,
                               std::string_view target, std::string_view body,
                               const std::map<std::string, std::string>& headers,
                               rt::Deadline deadline);

}  // namespace vif::rpc
