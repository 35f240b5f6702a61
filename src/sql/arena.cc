#include "sql/arena.h"

#include <algorithm>
#include <cstdlib>

namespace vif::sql {

void Arena::grow(size_t bytes) {
  // The first chunk holds a short statement, and is of a size that malloc has at hand (its caches
  // end at 1032 bytes); later ones double, so that a large one costs few calls.
  static constexpr size_t kFirst = 1024;
  const size_t usual =
      total_ == 0 && bytes <= kFirst / 8 ? kFirst : std::clamp<size_t>(total_, 4096, 1 << 20);
  const size_t wanted = std::max(bytes + sizeof(Chunk), usual);
  auto* chunk = static_cast<Chunk*>(std::malloc(wanted));
  if (chunk == nullptr) throw std::bad_alloc();
  chunk->next = chunks_;
  chunks_ = chunk;
  at_ = reinterpret_cast<char*>(chunk + 1);
  end_ = reinterpret_cast<char*>(chunk) + wanted;
  total_ += wanted;
}

void Arena::release() {
  while (chunks_ != nullptr) {
    Chunk* next = chunks_->next;
    std::free(chunks_);
    chunks_ = next;
  }
}

}  // namespace vif::sql
