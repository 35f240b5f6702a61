#include "sql/print_core.h"
namespace vif::sql {
bool Printer::ddl(const Node&) { return false; }
bool Printer::routine(const Node&) { return false; }
}  // namespace vif::sql
