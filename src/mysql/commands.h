// The payloads of client commands, decoded: what stands behind the command byte.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace vif::mysql {

// A name and value that rides on a query beside its text (CLIENT_QUERY_ATTRIBUTES).
struct QueryAttribute {
  std::string name;
  types::BindVariable value;
};

struct QueryCommand {
  std::string_view sql;  // into the payload
  std::vector<QueryAttribute> attributes;
};
// COM_QUERY. Errors: 1835 malformed.
Result<QueryCommand> parse_query(std::string_view payload, uint32_t capabilities);

// What a server remembers of a prepared statement to decode its executions. The types are sent with
// the first execution only, long data ahead of it.
struct StatementParameters {
  uint16_t count = 0;
  std::vector<uint16_t> types;  // as last sent: type byte, 0x8000 unsigned
  std::map<uint16_t, std::string>
      long_data;  // by parameter; cleared by each execution and STMT_RESET
};

struct ExecuteCommand {
  uint32_t statement_id = 0;
  uint8_t cursor = 0;                       // kCursorType*
  std::vector<types::BindVariable> values;  // StatementParameters::count of them
  std::vector<QueryAttribute> attributes;
  // As they came, into the payload; nothing when some were sent ahead as long data, or attributes
  // come with them.
  std::optional<std::string_view> nulls, value_bytes;
};
// The parameters for another server that prepared the same text: their number in two bytes, and
// what follows the iteration count, with the types, which the client may have sent with an earlier
// execution. Nothing when the command has no `nulls`.
std::optional<std::string> relayed_parameters(const ExecuteCommand& command,
                                              const StatementParameters& parameters);
// The statement that COM_STMT_EXECUTE, CLOSE, RESET or SEND_LONG_DATA is about; nullopt when
// malformed.
std::optional<uint32_t> statement_id(std::string_view payload);
// COM_STMT_EXECUTE; updates `parameters`. Errors: 1835 malformed; 1210 types never sent.
Result<ExecuteCommand> parse_execute(std::string_view payload, uint32_t capabilities,
                                     StatementParameters& parameters);
// COM_STMT_SEND_LONG_DATA into `parameters`. Has no answer: MySQL reports an error at the next
// execution. Errors: 1835; 1210 for a parameter that is not there; 1153 over `bytes_max` in all.
Status add_long_data(std::string_view payload, StatementParameters& parameters, size_t bytes_max);

struct FieldListCommand {
  std::string_view table;
  std::string_view wildcard;
};
// Errors: 1835.
Result<FieldListCommand> parse_field_list(std::string_view payload);
// COM_PROCESS_KILL's connection id; COM_SET_OPTION's option (0: multi-statements on, 1: off).
// Errors: 1835.
Result<uint32_t> parse_process_kill(std::string_view payload);
Result<uint16_t> parse_set_option(std::string_view payload);

// A binary-protocol value of this type (type byte, 0x8000 unsigned) as a bind variable, taking it
// off the front of `bytes`. Errors: 1835.
Result<types::BindVariable> take_binary_value(std::string_view& bytes, uint16_t type);

}  // namespace vif::mysql
