// Result<T>: a value or an Error. What every service function that can fail returns.
//
//   Result<Rows> fetch(std::string_view sql) {
//     Connection& connection = *VIF_TRY(pool.get(deadline));
//     VIF_TRY(connection.ping());            // Status: nothing to unwrap
//     return connection.query(sql);
//   }
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/error.h"

namespace vif {

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok()
  T& value() & {
    VIF_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    VIF_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    VIF_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok()
  const Error& error() const {
    VIF_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  void value() const { VIF_ASSERT(ok()); }
  // REQUIRES: !ok()
  const Error& error() const {
    VIF_ASSERT(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace vif

// Unwraps a Result, or returns its error from the enclosing function (any Result<U>). May be
// nested.
#define VIF_TRY(...) VIF_TRY_NAMED(VIF_TRY_JOIN(vif_try_, __COUNTER__), __VA_ARGS__)
#define VIF_TRY_JOIN(a, b) VIF_TRY_JOIN_NOW(a, b)
#define VIF_TRY_JOIN_NOW(a, b) a##b
#define VIF_TRY_NAMED(name, ...)         \
  ({                                     \
    auto name = (__VA_ARGS__);           \
    if (!name.ok()) return name.error(); \
    std::move(name).value();             \
  })
