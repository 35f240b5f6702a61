// A callable to run once: like std::function<void()>, but movable only, and without an allocation
// for captures of up to 48 bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <new>
#include <type_traits>
#include <utility>

namespace vif::rt {

class Task {
 public:
  Task() = default;
  template <typename F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Task> && std::is_invocable_v<std::decay_t<F>&>)
  Task(F&& callable) {  // implicit, as std::function's
    using Callable = std::decay_t<F>;
    if constexpr (sizeof(Callable) <= sizeof inline_ &&
                  alignof(Callable) <= alignof(std::max_align_t) &&
                  std::is_nothrow_move_constructible_v<Callable>) {
      new (inline_) Callable(std::forward<F>(callable));
      verbs_ = &kInline<Callable>;
    } else {
      new (inline_) Callable*(new Callable(std::forward<F>(callable)));
      verbs_ = &kBoxed<Callable>;
    }
  }
  Task(Task&& other) noexcept { take(other); }
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~Task() { reset(); }

  explicit operator bool() const { return verbs_ != nullptr; }
  // REQUIRES: not empty
  void operator()() { verbs_->call(inline_); }
  // Destroys the callable and what it captured.
  void reset() {
    if (verbs_ == nullptr) return;
    std::exchange(verbs_, nullptr)->destroy(inline_);
  }

 private:
  struct Verbs {
    void (*call)(void*);
    void (*move)(void* from, void* to);  // leaves `from` destroyed
    void (*destroy)(void*);
  };
  template <typename C>
  static constexpr Verbs kInline = {[](void* at) { (*static_cast<C*>(at))(); },
                                    [](void* from, void* to) {
                                      new (to) C(std::move(*static_cast<C*>(from)));
                                      static_cast<C*>(from)->~C();
                                    },
                                    [](void* at) { static_cast<C*>(at)->~C(); }};
  template <typename C>
  static constexpr Verbs kBoxed = {
      [](void* at) { (**static_cast<C**>(at))(); },
      [](void* from, void* to) { new (to) C*(*static_cast<C**>(from)); },
      [](void* at) { delete *static_cast<C**>(at); }};

  void take(Task& other) {
    verbs_ = std::exchange(other.verbs_, nullptr);
    if (verbs_ != nullptr) verbs_->move(other.inline_, inline_);
  }

  const Verbs* verbs_ = nullptr;
  alignas(std::max_align_t) unsigned char inline_[48];
};

}  // namespace vif::rt
