// Handlers with typed messages, for source files that have included the messages.
#pragma once

#include <google/protobuf/arena.h>

#include <string>
#include <utility>

#include "rpc/server.h"

namespace vif::rpc {

// A call's messages live on one arena whose first block is on the fiber's stack.
class CallArena {
 public:
  CallArena() : arena_(block_, sizeof block_) {}
  template <typename Message>
  Message* make() {
    return google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }

 private:
  alignas(8) char block_[4096];
  google::protobuf::Arena arena_;
};

// The only request of a unary or server-streaming call. Errors: kInternal when there is none.
Status receive_request(ServerCall& call, MessageLite& request);

// `fn(call, request, response)` -> Status; the response is sent when it returns well.
template <typename Request, typename Response, typename Fn>
void unary(Server& server, std::string path, Fn fn) {
  server.handle(std::move(path), [fn = std::move(fn)](ServerCall& call) -> Status {
    CallArena arena;
    auto* request = arena.make<Request>();
    auto* response = arena.make<Response>();
    VIF_TRY(receive_request(call, *request));
    VIF_TRY(fn(call, *request, *response));
    return call.send(*response);
  });
}

// `fn(call, request)` -> Status; it sends its responses by call.send().
template <typename Request, typename Fn>
void server_stream(Server& server, std::string path, Fn fn) {
  server.handle(std::move(path), [fn = std::move(fn)](ServerCall& call) -> Status {
    CallArena arena;
    auto* request = arena.make<Request>();
    VIF_TRY(receive_request(call, *request));
    return fn(call, *request);
  });
}

}  // namespace vif::rpc
