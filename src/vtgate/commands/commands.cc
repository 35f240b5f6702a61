#include "vtgate/commands/commands.h"

#include "mysql/error_codes.h"
#include "mysql/packet.h"
#include "rt/cancel_scope.h"

namespace vif::vtgate::commands {

namespace {

constexpr Entry kCommands[] = {
    {mysql::com::kQuery, "Query", query},
    {mysql::com::kInitDb, "Init DB", init_db},
    {mysql::com::kPing, "Ping", ping},
    {mysql::com::kStmtPrepare, "Prepare", stmt_prepare},
    {mysql::com::kStmtExecute, "Execute", stmt_execute},
    {mysql::com::kStmtFetch, "Fetch", stmt_fetch},
    {mysql::com::kStmtSendLongData, "Long Data", stmt_send_long_data},
    {mysql::com::kStmtReset, "Reset stmt", stmt_reset},
    {mysql::com::kStmtClose, "Close stmt", stmt_close},
    {mysql::com::kResetConnection, "Reset Connection", reset_connection},
    {mysql::com::kSetOption, "Set option", set_option},
    {mysql::com::kFieldList, "Field List", field_list},
    {mysql::com::kStatistics, "Statistics", statistics},
    {mysql::com::kProcessKill, "Kill", process_kill},
};

class Interruption final : public mysql::Interruptible {
 public:
  void interrupt() override { scope.cancel(); }
  rt::CancelScope scope;
};

}  // namespace

const Entry* find(uint8_t command) {
  for (const Entry& entry : kCommands) {
    if (entry.command == command) return &entry;
  }
  return nullptr;
}

Status run_interruptibly(Command& command, const std::function<Status()>& work) {
  Interruption interruption;
  command.connection.set_interruptible(&interruption);
  Status done = work();
  command.connection.set_interruptible(nullptr);
  if (interruption.scope.was_cancelled() && !done.ok() && done.error().code() == Code::kCanceled) {
    return mysql::mysql_error(mysql::er::kQueryInterrupted, "Query execution was interrupted");
  }
  return done;
}

}  // namespace vif::vtgate::commands
