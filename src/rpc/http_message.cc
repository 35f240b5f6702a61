#include "rpc/http_message.h"

#include <charconv>

namespace vif::rpc {
namespace {

constexpr size_t kTrailerBytesMax = 16 * 1024;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Error malformed(std::string_view what) {
  return Error(Code::kInvalidArgument, fmt::format("malformed HTTP {}", what));
}

}  // namespace

std::string_view HttpHead::header(const std::string& key) const {
  auto it = headers.find(key);
  return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

bool HttpHead::keep_alive(bool is_http_10) const {
  const std::string connection = lower(header("connection"));
  if (connection.find("close") != std::string::npos) return false;
  return !is_http_10 || connection.find("keep-alive") != std::string::npos;
}

size_t http_head_end(std::string_view bytes) {
  const size_t at = bytes.find("\r\n\r\n");
  return at == std::string_view::npos ? at : at + 4;
}

Result<HttpHead> parse_http_head(std::string_view text) {
  HttpHead head;
  size_t end = text.find("\r\n");
  std::string_view line = text.substr(0, end);
  const size_t one = line.find(' ');
  if (one == std::string_view::npos || one == 0) return malformed("first line");
  size_t two = line.find(' ', one + 1);
  if (two == std::string_view::npos) two = line.size();
  head.first = line.substr(0, one);
  head.second = line.substr(one + 1, two - one - 1);
  head.third = two < line.size() ? line.substr(two + 1) : std::string_view();
  while (end != std::string_view::npos) {
    text.remove_prefix(end + 2);
    end = text.find("\r\n");
    line = text.substr(0, end);
    if (line.empty()) break;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line[colon - 1] == ' ')
      return malformed("header");
    head.headers.emplace(lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return head;
}

Result<size_t> http_content_length(const HttpHead& head) {
  const std::string_view text = head.header("content-length");
  if (text.empty()) return size_t{0};
  size_t length = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (problem != std::errc() || stop != text.data() + text.size())
    return malformed("Content-Length");
  return length;
}

Result<bool> take_http_chunks(std::string_view bytes, size_t& at, std::string& body,
                              size_t body_bytes_max) {
  for (;;) {
    const size_t line_end = bytes.find("\r\n", at);
    if (line_end == std::string_view::npos) {
      if (bytes.size() - at > 1024) return malformed("chunk");
      return false;
    }
    size_t size = 0;
    const auto [stop, problem] =
        std::from_chars(bytes.data() + at, bytes.data() + line_end, size, 16);
    if (problem != std::errc() || (stop != bytes.data() + line_end && *stop != ';'))
      return malformed("chunk");
    if (size > body_bytes_max || body.size() + size > body_bytes_max)
      return malformed("body: too large");
    if (size == 0) {
      // Trailer fields, which nobody here wants, end with a blank line.
      const size_t end = bytes.find("\r\n\r\n", line_end);
      if (end == std::string_view::npos) {
        if (bytes.size() - line_end > kTrailerBytesMax) return malformed("trailers: too large");
        return false;
      }
      at = end + 4;
      return true;
    }
    const size_t data = line_end + 2;
    if (bytes.size() < data + size + 2) return false;
    body.append(bytes.substr(data, size));
    at = data + size + 2;
  }
}

std::string url_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> parse_form(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const size_t amp = text.find('&');
    const std::string_view pair = text.substr(0, amp);
    text = amp == std::string_view::npos ? std::string_view() : text.substr(amp + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    out.emplace(url_decode(pair.substr(0, equals), true), url_decode(value, true));
  }
  return out;
}

std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  size_t at = 0;
  while (at < path.size()) {
    const size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    at = slash + 1;
  }
  std::string out;
  for (std::string_view part : parts) out.append("/").append(part);
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

Result<HttpRequest> http_request_of(const HttpHead& head) {
  if (!head.third.starts_with("HTTP/1.")) return malformed("version");
  HttpRequest request;
  request.method = head.first;
  std::string_view target = head.second;
  // The absolute form, as proxies send it.
  if (target.starts_with("http://")) {
    const size_t slash = target.find('/', 7);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  if (!target.starts_with('/')) return malformed("request target");
  target = target.substr(0, target.find('#'));
  const size_t mark = target.find('?');
  request.path = url_decode(target.substr(0, mark), false);
  if (mark != std::string_view::npos) request.raw_query = target.substr(mark + 1);
  request.query = parse_form(request.raw_query);
  request.headers = head.headers;
  return request;
}

}  // namespace vif::rpc
