// The execute call as our own processes make it by lean frames: fixed heads and plain bytes in
// place of protobuf's messages, since it is made by every query. A call has one packed request, and
// its answer comes in pieces, of which the last tells the end.
//
// Numbers are little-endian. Both sides are of one lean version (rpc/lean.h), which changes with
// this format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/query_service.h"

namespace vif::clients {

// The method's path. It is no gRPC method: those who call it so get kUnimplemented.
inline constexpr std::string_view kPackedExecute = "/vif.Query/Execute";

// Puts the request into `out`, which is cleared first. False when it has what is not packed (bind
// variables): then it must go as a message.
bool pack(const ExecuteRequest& request, std::string& out);

// Views point into the packed bytes and into this.
struct UnpackedRequest {
  ExecuteRequest request;
  CallerId caller;
  std::vector<std::string> settings;
};
// Errors: kInvalidArgument, malformed.
Status unpack(std::string_view packed, UnpackedRequest& to);

// A result as it comes, packed piece by piece in `out`.
class PieceWriter {
 public:
  // `out` is cleared first.
  explicit PieceWriter(std::string& out) : out_(out) { start(); }
  void columns(uint32_t count, std::string_view packets);
  // After columns() of the same piece, if it has them.
  void rows(std::string_view packets) { out_.append(packets); }
  // After the rows. Then state() and error(), in this order.
  void end(const mysql::ResultEnd& end);
  void state(const ExecuteState& state);
  // An error that comes with ids that the caller must learn of. REQUIRES: state() was called.
  void error(const Error& error);

  size_t size() const { return out_.size(); }
  // The piece, to be sent before anything else is called.
  std::string_view finish();
  // Begins the next one.
  void start();

 private:
  void end_rows();

  std::string& out_;
  uint32_t flags_ = 0;
  uint32_t columns_count_ = 0;
  uint32_t columns_size_ = 0;
  uint32_t rows_size_ = 0;
};

// Takes the pieces of one answer.
class PieceReader {
 public:
  PieceReader(mysql::ResultSink& sink, ExecuteState& state) : sink_(sink), state_(state) {}
  // Errors: the sink's; the one that the piece carries ("vttablet: ..."); kInternal, malformed.
  Status take(std::string_view piece);
  // All pieces were taken.
  Status end() { return sink_.end(end_); }

 private:
  mysql::ResultSink& sink_;
  ExecuteState& state_;
  mysql::ResultEnd end_;
};

}  // namespace vif::clients
