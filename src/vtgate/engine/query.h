// A statement's text as a plan keeps it: constant pieces, and slots that a run fills.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vtgate/engine/bindings.h"

namespace vif::vtgate::engine {

struct Slot {
  std::string name;      // of the bind variable
  bool is_list = false;  // ::name, "(1, 2)"
  // The gate made it: clients see the type of what stands alone in a select list, so that the text
  // must be a constant of the value's own type.
  bool typed = false;
};

struct Query {
  struct Part {
    Slot slot;
    std::string text;  // what follows the slot
  };
  std::string head;
  std::vector<Part> parts;
  // Send the client's own text when there is one (Bindings::client_text): it says the same.
  bool verbatim = false;

  Query() = default;
  explicit Query(std::string text) : head(std::move(text)) {}
  bool empty() const { return head.empty() && parts.empty(); }
  // With :name and ::name: what vexplain shows.
  std::string to_string() const;
};

// The complete text. Errors: kInvalidArgument "missing bind var x".
Result<std::string> fill(const Query& query, const Bindings& bindings);
Status append_filled(const Query& query, const Bindings& bindings, std::string& out);

}  // namespace vif::vtgate::engine
