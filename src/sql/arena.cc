#include "sql/arena.h"

#include <algorithm>
#include <cstdlib>

namespace vif::sql {

void Arena::grow(size_t bytes) {
  // The first chunk holds a common statement; later ones double, so that a large one costs few
  // calls.
  const size_t wanted =
      std::max<size_t>(bytes + sizeof(Chunk), std::clamp<size_t>(total_, 4096, 1 << 20));
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
