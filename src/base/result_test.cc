#include "base/result.h"

#include <gtest/gtest.h>

namespace vif {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') {
    return Error(Code::kInvalidArgument, 1064, "42000", fmt::format("not a digit: {}", c));
  }
  return c - '0';
}

Result<int> sum(std::string_view digits) {
  int total = 0;
  for (char c : digits) total += VIF_TRY(parse_digit(c));
  return total;
}

TEST(Result, TryUnwrapsOrReturnsTheError) {
  EXPECT_EQ(*sum("123"), 6);
  const Result<int> failed = sum("1x3");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().to_string(),
            "INVALID_ARGUMENT: not a digit: x (errno 1064) (sqlstate 42000)");
  EXPECT_EQ(failed.error().with_prefix("sum").message(), "sum: not a digit: x");
}

TEST(Error, IsOnePointerBodyWide) { EXPECT_LE(sizeof(Error), 2 * sizeof(void*)); }

TEST(CodeName, KnowsVitessOwnCodes) {
  EXPECT_EQ(code_name(Code::kClusterEvent), "CLUSTER_EVENT");
  EXPECT_EQ(code_name(Code::kReadOnly), "READ_ONLY");
}

}  // namespace
}  // namespace vif
