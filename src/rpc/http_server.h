// HTTP/1.1 for the debug port: pages, variables, small APIs. Not for bulk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rt/net.h"
#include "rt/time.h"

namespace vif::rpc {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // decoded, without the query: "/debug/vars"
  std::string raw_query;
  std::map<std::string, std::string> query;    // decoded; the first of equal keys
  std::map<std::string, std::string> headers;  // keys in lower case
  std::string body;
  std::string peer_address;

  // A form value: of the query, or of a urlencoded body. "" when absent.
  std::string_view value(const std::string& key) const;

  std::map<std::string, std::string> form;  // of a urlencoded body
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::map<std::string, std::string> headers;  // beside Content-Type and Content-Length

  static HttpResponse text(int status, std::string body);
  static HttpResponse json(std::string body);
  static HttpResponse html(std::string body);
  static HttpResponse redirect(std::string location, int status = 302);
};

// Runs on the connection's fiber and may wait; cancelled when the server stops.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Splits and decodes "a=1&b=%20"; the first of equal keys stays.
std::map<std::string, std::string> parse_form(std::string_view text);
std::string html_escape(std::string_view text);

struct HttpServerOptions {
  size_t header_bytes_max = 32 << 10;
  size_t body_bytes_max = 4 << 20;
  rt::Duration idle_timeout = std::chrono::seconds(60);
};

// Matches paths as Go's ServeMux does: a path that ends in "/" stands for the whole subtree, the
// longest match wins, and a request path with "//" or ".." in it is redirected (301) to the clean
// one. HEAD is answered as GET, without the body.
class HttpServer {
 public:
  explicit HttpServer(HttpServerOptions options = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;

  // Before serve(). REQUIRES: not handled yet.
  void handle(std::string path, HttpHandler handler);
  // For paths that nothing else matches; a 404 without.
  void handle_rest(HttpHandler handler);
  // Every handled path, in order.
  std::vector<std::string> paths() const;

  // What the table answers; does not wait but for the handler.
  HttpResponse respond(const HttpRequest& request) const;
  // Until the listener is closed or the fiber cancelled. Errors: kCanceled; the listener's, but not
  // its being closed.
  Status serve(rt::Listener& listener);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vif::rpc
