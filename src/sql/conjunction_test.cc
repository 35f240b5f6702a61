#include "sql/conjunction.h"

#include <gtest/gtest.h>

#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree.h"

namespace vif::sql {
namespace {

Expr* term(Arena& arena, size_t number) {
  auto* column = arena.make<ColName>();
  column->name = arena.copy(fmt::format("c{}", number));
  return column;
}

std::string text_of(size_t terms) {
  std::string text;
  for (size_t i = 0; i < terms; ++i) text += fmt::format("{}c{}", i ? " and " : "", i);
  return text;
}

TEST(Conjunction, NullIsNoTerm) {
  Arena arena;
  Expr* a = term(arena, 0);
  EXPECT_EQ(conjunction(arena, nullptr, nullptr), nullptr);
  EXPECT_EQ(conjunction(arena, a, nullptr), a);
  EXPECT_EQ(conjunction(arena, nullptr, a), a);
}

TEST(Conjunction, AFewAreTheTreeThatTheParserMakes) {
  Arena arena;
  Expr* all = nullptr;
  for (size_t i = 0; i < 64; ++i) all = conjunction(arena, all, term(arena, i));
  const auto parsed = parse_expr(text_of(64));
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(equal(all, parsed->expr));
}

TEST(Conjunction, TenThousandAreNoHigherThanAStackBears) {
  Arena arena;
  Expr* all = nullptr;
  for (size_t i = 0; i < 10'000; ++i) all = conjunction(arena, all, term(arena, i));
  EXPECT_LE(height(all), 30);
  EXPECT_EQ(print(all), text_of(10'000));
}

TEST(Conjunction, WhatGrewIsLeftAsItWas) {
  Arena arena;
  Expr* all = nullptr;
  for (size_t i = 0; i < 100; ++i) all = conjunction(arena, all, term(arena, i));
  Expr* more = conjunction(arena, all, term(arena, 100));
  EXPECT_EQ(print(all), text_of(100));
  EXPECT_EQ(print(more), text_of(101));
}

TEST(Conjunction, RunsAreAddedWhole) {
  Arena arena;
  Expr* all = nullptr;
  for (size_t i = 0; i < 100; ++i) {
    Expr* pair = conjunction(arena, term(arena, 2 * i), term(arena, 2 * i + 1));
    all = conjunction(arena, all, pair);
  }
  EXPECT_LE(height(all), 30);
}

}  // namespace
}  // namespace vif::sql
