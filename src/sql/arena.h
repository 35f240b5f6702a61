// Memory for one statement's tree: allocation is a pointer bump, release is all at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace vif::sql {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { release(); }

  // A T that lives as long as the arena; its destructor never runs.
  template <typename T, typename... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T))) T(std::forward<Args>(args)...);
  }

  // Room for `bytes` bytes, aligned for any node.
  void* allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > static_cast<size_t>(end_ - at_)) grow(bytes);
    char* place = at_;
    at_ += bytes;
    return place;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* place = static_cast<char*>(allocate(text.size()));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  size_t bytes_allocated() const { return total_; }

 private:
  struct Chunk {
    Chunk* next;
  };
  void grow(size_t bytes);
  void release();

  char* at_ = nullptr;
  char* end_ = nullptr;
  Chunk* chunks_ = nullptr;
  size_t total_ = 0;
};

// A growable array in an arena. Copying it copies the handle, not the elements.
template <typename T>
class List {
 public:
  using value_type = T;
  List() = default;

  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return items_[i]; }
  const T& operator[](size_t i) const { return items_[i]; }
  T& front() { return items_[0]; }
  const T& front() const { return items_[0]; }
  T& back() { return items_[size_ - 1]; }
  const T& back() const { return items_[size_ - 1]; }

  void push_back(Arena& arena, const T& item) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (size_ == capacity_) {
      const uint32_t capacity = capacity_ == 0 ? 4 : capacity_ * 2;
      T* items = static_cast<T*>(arena.allocate(capacity * sizeof(T)));
      if (size_ != 0) std::memcpy(static_cast<void*>(items), items_, size_ * sizeof(T));
      items_ = items;
      capacity_ = capacity;
    }
    new (items_ + size_++) T(item);
  }
  void pop_back() { --size_; }
  void truncate(size_t size) { size_ = static_cast<uint32_t>(size); }
  void clear() { size_ = 0; }

 private:
  T* items_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace vif::sql
