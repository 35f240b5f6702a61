#include "vtgate/engine/order_by.h"

namespace vif::vtgate::engine {

std::string to_string(std::span<const OrderBy> order_by) {
  std::string out;
  for (const OrderBy& by : order_by) {
    if (!out.empty()) out += ", ";
    out += by.weight_column < 0 ? std::to_string(by.column) : fmt::format("({}|{})", by.column, by.weight_column);
    out += by.descending ? " DESC" : " ASC";
  }
  return out;
}

}  // namespace vif::vtgate::engine
