// What goes wrong, in one vocabulary: a gRPC/vtrpc code for decisions, a MySQL errno and SQLSTATE
// for clients, a message for people.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace vif {

// vtrpc.Code: gRPC's status codes, and Vitess's two of its own (17, 18). Numbers are wire format.
enum class Code : uint8_t {
  kOk = 0,
  kCanceled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
  kClusterEvent = 17,
  kReadOnly = 18,
};

// "INVALID_ARGUMENT" and so on, as vtrpc.Code_name has it.
std::string_view code_name(Code code);

// A failure. One pointer wide, so that Result<T> stays near T's size; never "ok".
// Copies share the (immutable) body; the with_* verbs give a changed copy.
class Error {
 public:
  // mysql_errno 0 means "not said": whoever answers a MySQL client derives one from the code
  // (vtgate/mysql_error), as Vitess does.
  Error(Code code, std::string message);
  Error(Code code, int mysql_errno, std::string_view sqlstate, std::string message);

  // Cold and not inline, so that what is done with errors, and so all that VIF_TRY adds to a
  // function, lies outside the code that runs when nothing fails.
  [[gnu::cold]] Error(const Error& other);
  [[gnu::cold]] Error(Error&& other) noexcept;
  [[gnu::cold]] Error& operator=(const Error& other);
  [[gnu::cold]] Error& operator=(Error&& other) noexcept;
  [[gnu::cold]] ~Error();

  Code code() const { return body_->code; }
  int mysql_errno() const { return body_->mysql_errno; }
  // Five characters, or empty when mysql_errno() is 0.
  const std::string& sqlstate() const { return body_->sqlstate; }
  const std::string& message() const { return body_->message; }

  Error with_message(std::string message) const;
  // "prefix: message", keeping code, errno and SQLSTATE.
  Error with_prefix(std::string_view prefix) const;

  // "INTERNAL: message" or "INTERNAL: message (errno 1105) (sqlstate HY000)".
  std::string to_string() const;

 private:
  struct Body {
    Code code;
    int mysql_errno;
    std::string sqlstate;
    std::string message;
  };
  explicit Error(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  std::shared_ptr<const Body> body_;
};

// What tree code (sql, eval, semantics, schema, vtgate/plan) throws, and only the doors listed in
// tools/tidy.py catch.
struct SqlError {
  Error error;
};

}  // namespace vif
