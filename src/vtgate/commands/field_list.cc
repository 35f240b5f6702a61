// COM_FIELD_LIST: the columns of a table; what the mysql client asks for name completion.

#include "mysql/commands.h"
#include "mysql/rows.h"
#include "sql/printer.h"
#include "vtgate/commands/commands.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::commands {

Status field_list(Command& command) {
  const mysql::FieldListCommand list = VIF_TRY(mysql::parse_field_list(command.payload));
  std::string sql = "select * from ";
  sql::append_quoted_name(sql, list.table);
  sql += " limit 0";
  Result<engine::Collected> collected = Error(Code::kInternal, "not run");
  VIF_TRY(run_interruptibly(command, [&]() -> Status {
    collected = command.executor.execute_collected(command.session, sql);
    return {};
  }));
  if (!collected.ok()) return collected.error();
  for (const types::Field& field : collected->all_fields) {
    if (!list.wildcard.empty() && !statements::matches_like(list.wildcard, field.name)) continue;
    std::string packet;
    mysql::append_column(packet, field);
    constexpr char kNullDefault = '\xfb';
    packet.push_back(kNullDefault);
    VIF_TRY(command.connection.write_packet(packet));
  }
  return command.connection.write_eof(with_session_status(command.session, 0));
}

}  // namespace vif::vtgate::commands
