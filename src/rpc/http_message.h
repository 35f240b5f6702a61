// HTTP/1.1's texts, for the debug server and client. Internal to rpc/.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rpc/http_server.h"

namespace vif::rpc {

// A message's head: the first line's three words, and the header fields with keys in lower case.
struct HttpHead {
  std::string first, second, third;  // "GET" "/x" "HTTP/1.1", or "HTTP/1.1" "200" "OK"
  std::map<std::string, std::string> headers;

  std::string_view header(const std::string& key) const;
  bool keep_alive(bool is_http_10) const;
};

// `text` is all up to and without the blank line. Errors: kInvalidArgument.
Result<HttpHead> parse_http_head(std::string_view text);
// Where the head ends in `bytes` (past the blank line); npos when it is not all there.
size_t http_head_end(std::string_view bytes);
// The length that the head announces; 0 without. Errors: kInvalidArgument.
Result<size_t> http_content_length(const HttpHead& head);
// Takes chunks off a chunked body. Returns whether the last one was seen; `at` is where the next
// one starts. Errors: kInvalidArgument.
Result<bool> take_http_chunks(std::string_view bytes, size_t& at, std::string& body,
                              size_t body_bytes_max);

// What the request line and fields say. Errors: kInvalidArgument.
Result<HttpRequest> http_request_of(const HttpHead& head);
// "%41+b" -> "A b" when `plus_is_space`. Broken escapes stay as they are.
std::string url_decode(std::string_view text, bool plus_is_space);
// Without "//", "." and ".." parts; a final slash stays.
std::string clean_path(std::string_view path);

}  // namespace vif::rpc
