// What a plan's slots are filled from: the client's literals by index, bind variables by name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "types/value.h"

namespace vif::vtgate::engine {

// A chain of scopes. Bindings of a statement are the outermost; a join adds one scope a left row.
// Views and outer scopes must outlive the scope that refers to them.
class Bindings {
 public:
  // `literals`: SQL texts as the client wrote them ("5", "'it''s'"), in the order of the statement.
  // `variables`: the client's (prepared statement, gRPC) and the gate's own (__vtdbname, __lastInsertId...).
  Bindings(std::span<const std::string_view> literals, const types::BindVariables& variables)
      : literals_(literals), variables_(&variables) {}
  // A scope inside `outer`, with nothing in it yet.
  explicit Bindings(const Bindings* outer) : literals_(outer->literals_), outer_(outer) {}
  Bindings(const Bindings&) = delete;

  void set(std::string name, types::BindVariable value) { own_[std::move(name)] = std::move(value); }

  // Null when no scope has it.
  const types::BindVariable* find(std::string_view name) const {
    for (const Bindings* scope = this; scope; scope = scope->outer_) {
      const types::BindVariables& here = scope->variables_ ? *scope->variables_ : scope->own_;
      auto it = here.find(name);
      if (it != here.end()) return &it->second;
    }
    return nullptr;
  }
  std::span<const std::string_view> literals() const { return literals_; }

 private:
  std::span<const std::string_view> literals_;
  const types::BindVariables* variables_ = nullptr;
  const Bindings* outer_ = nullptr;
  types::BindVariables own_;
};

}  // namespace vif::vtgate::engine
