// The fingerprint of a statement costs no heap allocation once its buffers have grown. This
// executable counts all that operator new gives.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "sql/fingerprint.h"
#include "sql/lexer.h"

namespace {
std::atomic<uint64_t> allocations{0};

void* counted(size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* place = std::malloc(bytes == 0 ? 1 : bytes);
  if (place == nullptr) throw std::bad_alloc();
  return place;
}
}  // namespace

void* operator new(size_t bytes) { return counted(bytes); }
void* operator new[](size_t bytes) { return counted(bytes); }
// Not inlined: g++ 12 takes a free() of what a new gave for a mistake.
[[gnu::noinline]] void operator delete(void* place) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete[](void* place) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete(void* place, size_t) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete[](void* place, size_t) noexcept { std::free(place); }

namespace vif::sql {
namespace {

constexpr std::string_view kStatements[] = {
    "SELECT id, name, email, created_at, updated_at FROM customers WHERE customer_id = 123456789 "
    "AND status = 'active' LIMIT 1",
    "select `a`.`b`, \"it''s\", 'x\\ny', n'z', x'ff', 0b11, 1.5e3, -7 from `a` where c in (1, 2, "
    "3, 'four') and d = 'x' 'y'",
    "insert into t(a, b, c) values (1, 'a', 1.5), (2, 'b', 2.5), (3, 'c', 3.5) on duplicate key "
    "update a = values(a)",
    "with r as (select 1 from (select a, b from t where c > date'2024-01-02') x) update t, r set a "
    "= 1 where b = 2 order by 3",
    "set @@session.sql_mode = 'ANSI', autocommit = 1",
    "select /*vt+ PRIORITY=10 */ /*!80000 a_rather_long_column_name_of_an_orm */ from t where b = "
    "? and c = :v1 and d in ::list",
    "select 'not closed",
};

TEST(Allocation, NoneForAFingerprint) {
  Fingerprint print_of;
  for (std::string_view sql : kStatements) fingerprint(sql, SqlMode{}, print_of);
  for (std::string_view sql : kStatements) {
    const uint64_t before = allocations.load();
    fingerprint(sql, SqlMode{}, print_of);
    EXPECT_EQ(allocations.load() - before, 0u) << sql;
  }
}

TEST(Allocation, NoneForTokens) {
  for (std::string_view sql : kStatements) {
    const uint64_t before = allocations.load();
    Lexer lexer(sql, SqlMode{}, ParseOptions{}.mysql_version);
    for (Token token = lexer.next(); token.tok != Tok::kEnd && token.tok != Tok::kError;)
      token = lexer.next();
    EXPECT_EQ(allocations.load() - before, 0u) << sql;
  }
}

// That the counter counts.
TEST(Allocation, OneForAString) {
  const uint64_t before = allocations.load();
  const std::string text(100, 'x');
  EXPECT_EQ(text.size(), 100u);
  EXPECT_GE(allocations.load() - before, 1u);
}

}  // namespace
}  // namespace vif::sql
