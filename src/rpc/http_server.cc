#include "rpc/http_server.h"

#include "rpc/http_message.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

constexpr size_t kReadBytes = 8 << 10;

std::string_view status_text(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Request Entity Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

std::string render_head(const HttpResponse& response, bool keep_alive) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", response.status,
                  status_text(response.status), response.content_type, response.body.size());
  for (const auto& [key, value] : response.headers) head += fmt::format("{}: {}\r\n", key, value);
  head += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  return head;
}

// One connection: its unread bytes.
class HttpConnection {
 public:
  HttpConnection(rt::Stream& stream, const HttpServerOptions& options)
      : stream_(stream), options_(options) {}

  // The next request; nullopt when the peer has gone. `keep_alive` says whether another may follow.
  Result<std::optional<HttpRequest>> read(bool& keep_alive);

 private:
  Result<bool> more();
  Status read_body(const HttpHead& head, HttpRequest& request);

  rt::Stream& stream_;
  const HttpServerOptions& options_;
  std::string bytes_;
};

Result<bool> HttpConnection::more() {
  char buffer[kReadBytes];
  const size_t count = VIF_TRY(stream_.read_some(buffer, rt::Deadline::in(options_.idle_timeout)));
  bytes_.append(buffer, count);
  return count != 0;
}

Result<std::optional<HttpRequest>> HttpConnection::read(bool& keep_alive) {
  size_t end = 0;
  while ((end = http_head_end(bytes_)) == std::string::npos) {
    if (bytes_.size() > options_.header_bytes_max)
      return Error(Code::kResourceExhausted, "headers are too large");
    if (!VIF_TRY(more())) return std::optional<HttpRequest>();
  }
  const HttpHead head = VIF_TRY(parse_http_head(std::string_view(bytes_).substr(0, end - 4)));
  bytes_.erase(0, end);
  HttpRequest request = VIF_TRY(http_request_of(head));
  VIF_TRY(read_body(head, request));
  if (head.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    request.form = parse_form(request.body);
  }
  request.peer_address = stream_.peer_address();
  keep_alive = head.keep_alive(head.third == "HTTP/1.0");
  return std::optional<HttpRequest>(std::move(request));
}

Status HttpConnection::read_body(const HttpHead& head, HttpRequest& request) {
  const bool chunked = head.header("transfer-encoding").find("chunked") != std::string_view::npos;
  const size_t length = VIF_TRY(http_content_length(head));
  if (length > options_.body_bytes_max)
    return Error(Code::kResourceExhausted, "the body is too large");
  if (head.header("expect") == "100-continue") {
    VIF_TRY(stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n",
                              rt::Deadline::in(options_.idle_timeout)));
  }
  if (chunked) {
    size_t at = 0;
    while (!VIF_TRY(take_http_chunks(bytes_, at, request.body, options_.body_bytes_max))) {
      bytes_.erase(0, at);
      at = 0;
      if (!VIF_TRY(more())) return Error(Code::kUnavailable, "the body ended early");
    }
    bytes_.erase(0, at);
    return {};
  }
  while (bytes_.size() < length) {
    if (!VIF_TRY(more())) return Error(Code::kUnavailable, "the body ended early");
  }
  request.body = bytes_.substr(0, length);
  bytes_.erase(0, length);
  return {};
}

}  // namespace

std::string_view HttpRequest::value(const std::string& key) const {
  if (auto it = query.find(key); it != query.end()) return it->second;
  if (auto it = form.find(key); it != form.end()) return it->second;
  return {};
}

HttpResponse HttpResponse::text(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse HttpResponse::json(std::string body) {
  HttpResponse response = text(200, std::move(body));
  response.content_type = "application/json; charset=utf-8";
  return response;
}

HttpResponse HttpResponse::html(std::string body) {
  HttpResponse response = text(200, std::move(body));
  response.content_type = "text/html; charset=utf-8";
  return response;
}

HttpResponse HttpResponse::redirect(std::string location, int status) {
  HttpResponse response =
      html(fmt::format("<a href=\"{}\">{}</a>.\n", html_escape(location), status_text(status)));
  response.status = status;
  response.headers["Location"] = std::move(location);
  return response;
}

std::string html_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

struct HttpServer::State {
  HttpServerOptions options;
  std::map<std::string, HttpHandler, std::less<>> handlers;
  HttpHandler rest;
};

HttpServer::HttpServer(HttpServerOptions options) : state_(std::make_unique<State>()) {
  state_->options = options;
}
HttpServer::~HttpServer() = default;

void HttpServer::handle(std::string path, HttpHandler handler) {
  const bool fresh = state_->handlers.emplace(std::move(path), std::move(handler)).second;
  VIF_ASSERT(fresh);
}

void HttpServer::handle_rest(HttpHandler handler) { state_->rest = std::move(handler); }

std::vector<std::string> HttpServer::paths() const {
  std::vector<std::string> out;
  for (const auto& entry : state_->handlers) out.push_back(entry.first);
  return out;
}

HttpResponse HttpServer::respond(const HttpRequest& request) const {
  const auto& handlers = state_->handlers;
  const std::string query = request.raw_query.empty() ? "" : "?" + request.raw_query;
  const std::string clean = clean_path(request.path);
  if (clean != request.path) return HttpResponse::redirect(clean + query, 301);
  if (auto it = handlers.find(clean); it != handlers.end()) return it->second(request);
  for (size_t slash = clean.rfind('/'); slash != std::string::npos && slash > 0;
       slash = clean.rfind('/', slash - 1)) {
    if (auto it = handlers.find(clean.substr(0, slash + 1)); it != handlers.end())
      return it->second(request);
  }
  // A subtree's root is meant when only its slash is missing.
  if (handlers.contains(clean + "/")) return HttpResponse::redirect(clean + "/" + query, 301);
  if (auto it = handlers.find("/"); it != handlers.end()) return it->second(request);
  if (state_->rest) return state_->rest(request);
  return HttpResponse::text(404, "404 page not found\n");
}

namespace {

void serve_connection(const HttpServer& server, rt::Stream& stream,
                      const HttpServerOptions& options) {
  HttpConnection connection(stream, options);
  for (bool keep_alive = true; keep_alive;) {
    HttpResponse response;
    bool bodyless = false;
    auto request = connection.read(keep_alive);
    if (request.ok()) {
      if (!request->has_value()) return;
      bodyless = (*request)->method == "HEAD";
      response = server.respond(**request);
    } else {
      keep_alive = false;
      const Code code = request.error().code();
      if (code != Code::kInvalidArgument && code != Code::kResourceExhausted) return;
      response = HttpResponse::text(code == Code::kInvalidArgument ? 400 : 413,
                                    request.error().message() + "\n");
    }
    const std::string head = render_head(response, keep_alive);
    const std::string_view pieces[] = {head, response.body};
    if (!stream
             .write_all(std::span(pieces, bodyless ? 1 : 2), rt::Deadline::in(options.idle_timeout))
             .ok())
      return;
  }
}

}  // namespace

Status HttpServer::serve(rt::Listener& listener) {
  rt::TaskGroup connections;
  for (;;) {
    auto accepted = listener.accept();
    if (!accepted.ok()) {
      if (accepted.error().code() == Code::kUnavailable) return {};
      return accepted.error();
    }
    connections.spawn([this, raw = accepted->release()] {
      const std::unique_ptr<rt::Stream> stream(raw);
      serve_connection(*this, *stream, state_->options);
    });
  }
}

}  // namespace vif::rpc
