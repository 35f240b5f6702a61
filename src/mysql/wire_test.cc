#include "mysql/wire.h"

#include <gtest/gtest.h>

#include "testing/memory_stream.h"

namespace vif::mysql {
namespace {

TEST(Wire, WhoWantsALittleMoreAgainAndAgainMovesTheBytesFewTimes) {
  constexpr size_t kBytes = 8 << 20;
  Wire wire(std::make_unique<testing::MemoryStream>(std::string(kBytes, 'x')));
  size_t moves = 0;
  const char* at = nullptr;
  for (size_t want = 40; want <= kBytes; want += 40) {
    ASSERT_TRUE(wire.need(want, rt::Deadline::never()).ok());
    moves += wire.buffered().data() != at;
    at = wire.buffered().data();
  }
  EXPECT_LE(moves, 25u);
  EXPECT_LE(wire.buffer_bytes(), 2 * kBytes);
}

}  // namespace
}  // namespace vif::mysql
