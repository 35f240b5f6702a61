#include "rpc/http_client.h"

#include <charconv>

#include "rpc/http_message.h"

namespace vif::rpc {
namespace {

constexpr size_t kReplyBytesMax = 64 << 20;

// All that follows the head, as its fields say it is framed. `bytes` has what was read already.
Result<std::string> read_body(rt::Stream& stream, const HttpHead& head, std::string bytes,
                              rt::Deadline deadline) {
  char buffer[16 << 10];
  const auto more = [&]() -> Result<bool> {
    if (bytes.size() > kReplyBytesMax)
      return Error(Code::kInvalidArgument, "the HTTP reply is too large");
    const size_t count = VIF_TRY(stream.read_some(buffer, deadline));
    bytes.append(buffer, count);
    return count != 0;
  };
  if (head.header("transfer-encoding").find("chunked") != std::string_view::npos) {
    std::string body;
    size_t at = 0;
    while (!VIF_TRY(take_http_chunks(bytes, at, body, kReplyBytesMax))) {
      if (!VIF_TRY(more())) return Error(Code::kUnavailable, "the HTTP reply ended early");
    }
    return body;
  }
  const bool counted = !head.header("content-length").empty();
  const size_t length = VIF_TRY(http_content_length(head));
  while (!counted || bytes.size() < length) {
    if (VIF_TRY(more())) continue;
    if (!counted) return bytes;
    return Error(Code::kUnavailable, "the HTTP reply ended early");
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace

Result<HttpReply> http_request(const rt::Address& address, std::string_view method,
                               std::string_view target, std::string_view body,
                               const std::map<std::string, std::string>& headers,
                               rt::Deadline deadline) {
  auto stream = VIF_TRY(rt::dial(address, deadline));
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", method, target,
                  address.unix_path.empty() ? address.to_string() : "localhost");
  if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
  for (const auto& [key, value] : headers) text += fmt::format("{}: {}\r\n", key, value);
  text += "\r\n";
  text += body;
  VIF_TRY(stream->write_all(text, deadline));

  std::string bytes;
  size_t end = 0;
  char buffer[4096];
  while ((end = http_head_end(bytes)) == std::string::npos) {
    const size_t count = VIF_TRY(stream->read_some(buffer, deadline));
    if (count == 0) return Error(Code::kUnavailable, "the HTTP server closed the connection");
    bytes.append(buffer, count);
  }
  const HttpHead head = VIF_TRY(parse_http_head(std::string_view(bytes).substr(0, end - 4)));
  HttpReply reply;
  std::from_chars(head.second.data(), head.second.data() + head.second.size(), reply.status);
  if (!head.first.starts_with("HTTP/1.") || reply.status < 100) {
    return Error(Code::kInvalidArgument, "the reply is not HTTP");
  }
  reply.headers = head.headers;
  const bool bodyless = method == "HEAD" || reply.status == 204 || reply.status == 304;
  if (!bodyless) reply.body = VIF_TRY(read_body(*stream, head, bytes.substr(end), deadline));
  return reply;
}

Result<HttpReply> http_get(const rt::Address& address, std::string_view target,
                           rt::Deadline deadline) {
  return http_request(address, "GET", target, "", {}, deadline);
}

}  // namespace vif::rpc
