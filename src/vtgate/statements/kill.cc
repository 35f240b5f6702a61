// KILL: of connections of this gate.

#include "sql/ast.h"
#include "vtgate/mysql_error.h"
#include "vtgate/processes.h"
#include "vtgate/statements/statements.h"

namespace vif::vtgate::statements {

Status run_kill(Context& context) {
  if (!context.executor.options().allow_kill) {
    return kill_denied("kill statement execution not permitted.");
  }
  const auto& kill = sql::to<sql::Kill>(*context.parsed.statement);
  if (kill.process_id > UINT32_MAX) {
    return Error(Code::kNotFound, 1094, "HY000",
                 fmt::format("Unknown thread id: {}", kill.process_id));
  }
  VIF_TRY(context.executor.parts().processes.kill(static_cast<uint32_t>(kill.process_id),
                                                  kill.type == sql::KillType::kQuery));
  return answer_ok(context);
}

}  // namespace vif::vtgate::statements
