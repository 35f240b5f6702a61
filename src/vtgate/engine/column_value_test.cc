#include "vtgate/engine/column_value.h"

#include <gtest/gtest.h>

namespace vif::vtgate::engine {
namespace {

using types::Type;
using types::Value;

std::string compared(Type type, std::string_view bytes) {
  return compared_with_integer({type, std::string(bytes)}).bytes;
}
std::string stored(Type type, std::string_view bytes) {
  return stored_as_integer({type, std::string(bytes)}).bytes;
}

TEST(ColumnValue, ComparedWithAnInteger) {
  EXPECT_EQ(compared(Type::kInt64, "7"), "7");
  EXPECT_EQ(compared(Type::kDecimal, "2.00"), "2");
  EXPECT_EQ(compared(Type::kDecimal, "2.5"), "2.5");
  EXPECT_EQ(compared(Type::kDecimal, "18446744073709551615.0"), "18446744073709551615");
  EXPECT_EQ(compared(Type::kFloat64, "2e0"), "2");
  EXPECT_EQ(compared(Type::kFloat64, "-1.5"), "-1.5");
  EXPECT_EQ(compared(Type::kHexNum, "0x20"), "32");
  EXPECT_EQ(compared(Type::kBitNum, "0b101"), "5");
  EXPECT_EQ(compared(Type::kVarchar, " +2 "), "2");
  EXPECT_EQ(compared(Type::kVarchar, "007"), "7");
  EXPECT_EQ(compared(Type::kVarchar, "9007199254740993"), "9007199254740993");
  EXPECT_EQ(compared(Type::kVarchar, "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(compared(Type::kVarchar, "2abc"), "2");
  EXPECT_EQ(compared(Type::kVarchar, "x"), "0");
  EXPECT_EQ(compared(Type::kVarchar, ""), "0");
  EXPECT_EQ(compared(Type::kVarchar, "2.5x"), "2.5x");
  EXPECT_EQ(compared(Type::kNull, ""), "");
}

TEST(ColumnValue, StoredAsAnInteger) {
  EXPECT_EQ(stored(Type::kDecimal, "2.5"), "3");
  EXPECT_EQ(stored(Type::kDecimal, "-2.5"), "-3");
  EXPECT_EQ(stored(Type::kFloat64, "2.5"), "2");
  EXPECT_EQ(stored(Type::kFloat64, "1e300"), "1e300");
  EXPECT_EQ(stored(Type::kHexNum, "0x20"), "32");
  EXPECT_EQ(stored(Type::kVarchar, " 13 "), "13");
  EXPECT_EQ(stored(Type::kVarchar, "2.5"), "3");
  EXPECT_EQ(stored(Type::kVarchar, "1e2"), "100");
  EXPECT_EQ(stored(Type::kVarchar, "2abc"), "2abc");
  EXPECT_EQ(stored(Type::kVarchar, ""), "");
}

}  // namespace
}  // namespace vif::vtgate::engine
