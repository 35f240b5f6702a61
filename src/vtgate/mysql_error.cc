#include "vtgate/mysql_error.h"

#include <algorithm>

#include "mysql/error_codes.h"

namespace vif::vtgate {

namespace {

Error with_errno(Code code, int mysql_errno, std::string_view sqlstate, std::string message) {
  return Error(code, mysql_errno, sqlstate, std::move(message));
}

// Which of several errors tells most about what to do next; Vitess's order.
constexpr Code kByPriority[] = {
    Code::kOk,
    Code::kCanceled,
    Code::kAlreadyExists,
    Code::kOutOfRange,
    Code::kUnavailable,
    Code::kDeadlineExceeded,
    Code::kAborted,
    Code::kFailedPrecondition,
    Code::kClusterEvent,
    Code::kResourceExhausted,
    Code::kUnknown,
    Code::kUnauthenticated,
    Code::kPermissionDenied,
    Code::kInvalidArgument,
    Code::kNotFound,
    Code::kUnimplemented,
    Code::kInternal,
    Code::kDataLoss,
};

ptrdiff_t priority(Code code) {
  return std::find(std::begin(kByPriority), std::end(kByPriority), code) - std::begin(kByPriority);
}

}  // namespace

Error unknown_database(std::string_view name) {
  return with_errno(Code::kNotFound, 1049, "42000",
                    fmt::format("VT05003: unknown database '{}' in vschema", name));
}
Error unknown_system_variable(std::string_view name) {
  return with_errno(Code::kNotFound, 1193, "HY000",
                    fmt::format("VT05006: unknown system variable '{}'", name));
}
Error cannot_drop_database(std::string_view name) {
  return with_errno(
      Code::kNotFound, 1008, "HY000",
      fmt::format("VT05001: cannot drop database '{}'; database does not exists", name));
}
Error cannot_create_database(std::string_view name) {
  return with_errno(Code::kAlreadyExists, 1007, "HY000",
                    fmt::format("VT06001: cannot create database '{}'; database exists", name));
}
Error cannot_alter_database(std::string_view name) {
  return with_errno(Code::kNotFound, 1049, "42000",
                    fmt::format("VT05002: cannot alter database '{}'; unknown database", name));
}
Error no_database_selected() {
  return with_errno(
      Code::kFailedPrecondition, 1046, "3D000",
      "VT09005: no database selected: use keyspace<:shard><@type> or keyspace<[range]><@type> "
      "(<> are optional)");
}
Error read_only_variable(std::string_view name) {
  return with_errno(Code::kInvalidArgument, 1238, "HY000",
                    fmt::format("VT03010: variable '{}' is a read only variable", name));
}
Error wrong_value_for_variable(std::string_view name, std::string_view got) {
  return with_errno(Code::kInvalidArgument, 1231, "42000",
                    fmt::format("VT03009: unexpected value type for '{}': {}", name, got));
}
Error statement_on_replica(std::string_view statement) {
  return with_errno(Code::kFailedPrecondition, 1874, "HY000",
                    fmt::format("VT09002: {} statement with a replica target", statement));
}
Error unknown_prepared_statement(std::string_view name, std::string_view command) {
  return with_errno(
      Code::kFailedPrecondition, 1243, "HY000",
      fmt::format("VT09011: Unknown prepared statement handler ({}) given to {}", name, command));
}
Error previous_transaction_failed() {
  return Error(Code::kFailedPrecondition,
               "VT09032: previous transaction failed. Issue a ROLLBACK to resolve the failure.");
}
Error fatal_in_transaction(const Error& cause) {
  return cause.with_message(
      "VT15001: transaction error, issue ROLLBACK and retry the transaction: " + cause.message());
}
Error reversed(const Error& cause) {
  return cause.with_message(
      "transaction rolled back to reverse changes of partial DML execution: " + cause.message());
}
Error unsupported(std::string_view construct) {
  return with_errno(Code::kUnimplemented, 1235, "42000",
                    fmt::format("VT12001: unsupported: {}", construct));
}
Error kill_denied(std::string_view why) {
  return with_errno(Code::kPermissionDenied, 1095, "HY000", fmt::format("VT07001: {}", why));
}
Error bug(std::string_view what) {
  return Error(Code::kInternal, fmt::format("VT13001: [BUG] {}", what));
}

Error aggregate(std::span<const Error> errors) {
  const Error* leading = &errors[0];
  std::vector<std::string> texts;
  for (const Error& error : errors) {
    if (priority(error.code()) > priority(leading->code())) leading = &error;
    texts.push_back(error.message());
  }
  if (errors.size() == 1) return *leading;
  std::sort(texts.begin(), texts.end());
  return leading->with_message(fmt::format("{}", fmt::join(texts, "\n")));
}

}  // namespace vif::vtgate
