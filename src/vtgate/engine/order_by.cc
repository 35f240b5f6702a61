#include "vtgate/engine/order_by.h"

#include "types/collation/collation.h"

namespace vif::vtgate::engine {

std::string collate_suffix(int weight_column, uint32_t collation) {
  const types::Collation* c =
      weight_column < 0 && collation != 0 ? types::find_collation(collation) : nullptr;
  return c ? " COLLATE " + c->name : "";
}

std::string to_string(std::span<const OrderBy> order_by) {
  std::string out;
  for (const OrderBy& by : order_by) {
    if (!out.empty()) out += ", ";
    out += by.weight_column < 0 ? std::to_string(by.column)
                                : fmt::format("({}|{})", by.column, by.weight_column);
    out += by.descending ? " DESC" : " ASC";
    out += collate_suffix(by.weight_column, by.collation);
  }
  return out;
}

}  // namespace vif::vtgate::engine
