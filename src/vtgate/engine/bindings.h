// What a plan's slots are filled from: bind variables by name, in scopes.
#pragma once

#include <string>
#include <string_view>

#include "types/value.h"

namespace vif::vtgate::engine {

// A chain of scopes. The statement's own is the outermost; a join adds one a left row. Views and
// outer scopes must outlive the scope that refers to them.
class Bindings {
 public:
  // `variables`: the normalised literals (vtg1...), the client's (prepared statement, gRPC) and the
  // gate's own (__vtdbname, __lastInsertId...). `client_text`: the statement as the client wrote
  // it, when a server may be given just that: nothing was bound from elsewhere, nothing rewritten.
  // Else empty.
  explicit Bindings(const types::BindVariables& variables, std::string_view client_text = {})
      : variables_(&variables), client_text_(client_text) {}
  // A scope inside `outer`, with nothing in it yet.
  explicit Bindings(const Bindings* outer) : client_text_(outer->client_text_), outer_(outer) {}
  Bindings(const Bindings&) = delete;

  void set(std::string name, types::BindVariable value) {
    own_[std::move(name)] = std::move(value);
  }

  // Null when no scope has it.
  const types::BindVariable* find(std::string_view name) const {
    for (const Bindings* scope = this; scope; scope = scope->outer_) {
      const types::BindVariables& here = scope->variables_ ? *scope->variables_ : scope->own_;
      auto it = here.find(name);
      if (it != here.end()) return &it->second;
    }
    return nullptr;
  }
  std::string_view client_text() const { return client_text_; }

 private:
  const types::BindVariables* variables_ = nullptr;
  std::string_view client_text_;
  const Bindings* outer_ = nullptr;
  types::BindVariables own_;
};

}  // namespace vif::vtgate::engine
