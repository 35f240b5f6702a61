#include "rpc/http_server.h"

#include <gtest/gtest.h>

#include "rpc/debug_endpoints.h"
#include "rpc/http_client.h"
#include "rpc/http_message.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

HttpRequest get(std::string path, std::string query = "") {
  HttpRequest request;
  request.method = "GET";
  request.path = std::move(path);
  request.raw_query = std::move(query);
  return request;
}

TEST(HttpServer, MatchesAsServeMuxDoes) {
  HttpServer server;
  const auto say = [](std::string what) {
    return [what](const HttpRequest&) { return HttpResponse::text(200, what); };
  };
  server.handle("/a", say("a"));
  server.handle("/tree/", say("tree"));
  server.handle("/tree/deep/", say("deep"));
  struct Case {
    std::string path, want;
    int status = 200;
  };
  const Case cases[] = {{"/a", "a"},
                        {"/tree/", "tree"},
                        {"/tree/x/y", "tree"},
                        {"/tree/deep/z", "deep"},
                        {"/a/b", "404 page not found\n", 404},
                        {"//a", "/a?q=1", 301},
                        {"/tree/../a", "/a?q=1", 301},
                        {"/tree", "/tree/?q=1", 301},
                        {"/tree/deep", "tree"}};
  for (const Case& c : cases) {
    const HttpResponse response = server.respond(get(c.path, "q=1"));
    EXPECT_EQ(response.status, c.status) << c.path;
    EXPECT_EQ(c.status == 301 ? response.headers.at("Location") : response.body, c.want) << c.path;
  }
}

TEST(HttpServer, ServesOverTheWire) {
  const Status status = rt::run({}, []() -> Status {
    Metrics metrics;
    metrics.counter("Kills", "").add(2);
    HttpServer server;
    DebugEndpoints endpoints;
    endpoints.binary = "vttablet";
    endpoints.cmdline = {"/bin/vttablet", "--x"};
    endpoints.build.version = "23.0.0";
    endpoints.metrics = &metrics;
    endpoints.healthz = []() -> Status { return Error(Code::kUnavailable, "sick"); };
    add_debug_endpoints(server, endpoints);
    server.handle("/post", [](const HttpRequest& request) {
      return HttpResponse::text(
          200, fmt::format("{} {} {}", request.method, request.value("a"), request.body.size()));
    });
    auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
    rt::TaskGroup group;
    group.spawn([&] { (void)server.serve(*listener); });
    const auto deadline = rt::Deadline::in(std::chrono::seconds(10));
    const rt::Address address = listener->address();

    HttpReply reply = VIF_TRY(http_get(address, "/debug/vars/", deadline));
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.body.find("\"Kills\": 2"), std::string::npos) << reply.body;
    EXPECT_NE(reply.body.find("\"cmdline\": [\"/bin/vttablet\",\"--x\"]"), std::string::npos)
        << reply.body;
    reply = VIF_TRY(http_get(address, "//debug/config", deadline));
    EXPECT_EQ(reply.status, 301);
    EXPECT_EQ(reply.headers.at("location"), "/debug/config");
    reply = VIF_TRY(http_get(address, "/nowhere", deadline));
    EXPECT_EQ(reply.status, 302);
    reply = VIF_TRY(http_get(address, "/debug/status", deadline));
    EXPECT_NE(reply.body.find("href=\"/debug/health\""), std::string::npos);
    EXPECT_NE(reply.body.find("</html>"), std::string::npos);
    reply = VIF_TRY(http_get(address, "/healthz", deadline));
    EXPECT_EQ(reply.status, 500);
    reply = VIF_TRY(http_get(address, "/metrics", deadline));
    EXPECT_NE(reply.body.find("vttablet_kills 2\n"), std::string::npos) << reply.body;
    reply = VIF_TRY(http_request(address, "HEAD", "/debug/health", "", {}, deadline));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("content-length"), "2");
    reply =
        VIF_TRY(http_request(address, "POST", "/post", "a=b%20c&d=1",
                             {{"Content-Type", "application/x-www-form-urlencoded"}}, deadline));
    EXPECT_EQ(reply.body, "POST b c 11");

    // Two requests in one write, the first chunked.
    auto stream = VIF_TRY(rt::dial(address, deadline));
    VIF_TRY(stream->write_all(
        "POST /post?a=1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        "GET /debug/liveness HTTP/1.1\r\nConnection: close\r\n\r\n",
        deadline));
    std::string all;
    char buffer[4096];
    while (const size_t count = VIF_TRY(stream->read_some(buffer, deadline)))
      all.append(buffer, count);
    EXPECT_NE(all.find("POST 1 3HTTP/1.1 200 OK"), std::string::npos) << all;
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(HttpServer, RefusesNonsense) {
  const Status status = rt::run({}, []() -> Status {
    HttpServer server;
    auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", 0)));
    rt::TaskGroup group;
    group.spawn([&] { (void)server.serve(*listener); });
    const auto deadline = rt::Deadline::in(std::chrono::seconds(10));
    for (const std::string& sent :
         {std::string("nonsense\r\n\r\n"), std::string("GET x HTTP/1.1\r\n\r\n"),
          std::string("GET / HTTP/2\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\n: x\r\n\r\n"),
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nt: " +
              std::string(20'000, 'x')}) {
      auto stream = VIF_TRY(rt::dial(listener->address(), deadline));
      VIF_TRY(stream->write_all(sent, deadline));
      std::string all;
      char buffer[4096];
      while (const size_t count = VIF_TRY(stream->read_some(buffer, deadline)))
        all.append(buffer, count);
      EXPECT_TRUE(all.starts_with("HTTP/1.1 400 ")) << sent << all;
    }
    return {};
  });
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(HttpMessage, ChunksComeTornAndUpToALimit) {
  const std::string_view bytes = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: x\r\n\r\nrest";
  const size_t whole = bytes.size() - 4;
  for (size_t size = 0; size <= bytes.size(); ++size) {
    size_t at = 0;
    std::string body;
    EXPECT_EQ(*take_http_chunks(bytes.substr(0, size), at, body, 11), size >= whole) << size;
    if (size < whole) continue;
    EXPECT_EQ(body, "hello world");
    EXPECT_EQ(at, whole);
  }
  for (const std::string_view bad :
       {"5\r\nhello\r\n7\r\n", "ffffffffffffffff\r\n", "x\r\n", "5 \r\n"}) {
    size_t at = 0;
    std::string body;
    EXPECT_FALSE(take_http_chunks(bad, at, body, 11).ok()) << bad;
  }
}

TEST(HttpMessage, CleanPath) {
  EXPECT_EQ(clean_path("//debug//vars/"), "/debug/vars/");
  EXPECT_EQ(clean_path("/../a/./b/../c"), "/a/c");
  EXPECT_EQ(clean_path(""), "/");
}

}  // namespace
}  // namespace vif::rpc
