// How an Error travels: gRPC's status number (Vitess's 17 and 18 as they are) and message, and
// MySQL's error in the message's text, " (errno 1062) (sqlstate 23000)", from where both sides
// recover it.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vif::rpc {

// The text that goes into grpc-message, before percent-encoding: the message, with MySQL's errno
// and SQLSTATE appended unless it names them already, cut at 7680 bytes as Vitess cuts it.
std::string wire_message(const Error& error);
// The Error of a received status. Its message is the text as it came, errno and SQLSTATE are
// recovered from it. REQUIRES: grpc_status != 0. A number that is no Code is kUnknown.
Error error_from_wire(int grpc_status, std::string message);

// "rpc error: code = AlreadyExists desc = <message>": how Vitess's processes print an error that
// came by gRPC.
std::string go_text(const Error& error);
// `error` with `text` as its message and errno and SQLSTATE as the text names them, if it does.
Error with_mysql_error_from_text(const Error& error, std::string text);

// grpc-message's encoding: bytes outside 0x20-0x7e and '%' become %XX.
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text);

// The status of a response without grpc-status, from its HTTP status, as gRPC maps it.
Code code_from_http(int http_status);
// The status of a stream that ended by RST_STREAM with this HTTP/2 error code.
Code code_from_h2(uint32_t h2_error);

}  // namespace vif::rpc
