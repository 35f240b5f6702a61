#include "rpc/status.h"

#include <charconv>

namespace vif::rpc {
namespace {

// gRPC peers allow 8 KiB of trailers; this is what Vitess leaves for the message.
constexpr size_t kMessageBytesMax = 8 * 1024 - 512;
constexpr std::string_view kTruncated =
    " [...] [remainder of the error is truncated because gRPC has a size limit on errors.]";

struct MysqlError {
  int number = 0;
  std::string sqlstate;
};

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What percent_encode() leaves as it is.
bool is_plain(char c) { return c >= 0x20 && c <= 0x7e && c != '%'; }

// The first "(errno N) (sqlstate SSSSS)" of `text`; number 0 when there is none.
MysqlError find_mysql_error(std::string_view text) {
  constexpr std::string_view kErrno = "(errno ";
  constexpr std::string_view kState = ") (sqlstate ";
  for (size_t at = text.find(kErrno); at != std::string_view::npos;
       at = text.find(kErrno, at + 1)) {
    const char* const end = text.data() + text.size();
    MysqlError found;
    const auto [stop, problem] =
        std::from_chars(text.data() + at + kErrno.size(), end, found.number);
    if (problem != std::errc() || found.number <= 0 || found.number > 65535) continue;
    std::string_view rest(stop, static_cast<size_t>(end - stop));
    if (!rest.starts_with(kState)) continue;
    rest.remove_prefix(kState.size());
    if (rest.size() < 6 || rest[5] != ')' || !std::all_of(rest.begin(), rest.begin() + 5, is_alnum))
      continue;
    found.sqlstate = rest.substr(0, 5);
    return found;
  }
  return {};
}

std::string_view go_code_name(Code code) {
  static constexpr std::string_view kNames[] = {
      "OK",       "Canceled",        "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",   "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",      "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated", "Code(17)",         "Code(18)"};
  return kNames[static_cast<size_t>(code)];
}

}  // namespace

std::string wire_message(const Error& error) {
  std::string text = error.message();
  if (error.mysql_errno() != 0 && find_mysql_error(text).number == 0) {
    text += fmt::format(" (errno {}) (sqlstate {})", error.mysql_errno(), error.sqlstate());
  }
  // Counted as it will be on the wire: a byte that percent_encode() spells out takes three.
  size_t encoded = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    encoded += is_plain(text[i]) ? 1 : 3;
    if (encoded > kMessageBytesMax) {
      text.resize(i);
      text += kTruncated;
      break;
    }
  }
  return text;
}

Error error_from_wire(int grpc_status, std::string message) {
  const bool known = grpc_status > 0 && grpc_status <= static_cast<int>(Code::kReadOnly);
  MysqlError mysql = find_mysql_error(message);
  return Error(known ? static_cast<Code>(grpc_status) : Code::kUnknown, mysql.number,
               mysql.sqlstate, std::move(message));
}

std::string go_text(const Error& error) {
  return fmt::format("rpc error: code = {} desc = {}", go_code_name(error.code()), error.message());
}

Error with_mysql_error_from_text(const Error& error, std::string text) {
  MysqlError mysql = find_mysql_error(text);
  return Error(error.code(), mysql.number, mysql.sqlstate, std::move(text));
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
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
      out += text[i];
    }
  }
  return out;
}

Code code_from_http(int http_status) {
  switch (http_status) {
    case 400: return Code::kInternal;
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kPermissionDenied;
    case 404: return Code::kUnimplemented;
    case 429:
    case 502:
    case 503:
    case 504: return Code::kUnavailable;
    default: return Code::kUnknown;
  }
}

Code code_from_h2(uint32_t h2_error) {
  switch (h2_error) {
    case 7: return Code::kUnavailable;         // REFUSED_STREAM
    case 8: return Code::kCanceled;            // CANCEL
    case 11: return Code::kResourceExhausted;  // ENHANCE_YOUR_CALM
    case 12: return Code::kPermissionDenied;   // INADEQUATE_SECURITY
    default: return Code::kInternal;
  }
}

}  // namespace vif::rpc
