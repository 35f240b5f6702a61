// Comparing and hashing 20 bytes of ASCII, and of other scripts, by the usual collations.
#include <benchmark/benchmark.h>

#include "types/collation/collation.h"

namespace {

using vif::types::find_collation;

constexpr std::string_view kLeft = "customer-name-00042x";
constexpr std::string_view kRight = "Customer-Name-00042y";
constexpr std::string_view kAccented = "Zürich, Genève, Łódź";
constexpr std::string_view kAccented2 = "zürich, genève, łódz";

void compare(benchmark::State& state, const char* name, std::string_view a, std::string_view b) {
  const auto& collation = *find_collation(name);
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(collation.compare(a, b));
  }
}

void hash(benchmark::State& state, const char* name, std::string_view a) {
  const auto& collation = *find_collation(name);
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(collation.hash(a));
  }
}

BENCHMARK_CAPTURE(compare, utf8mb4_0900_ai_ci_ascii, "utf8mb4_0900_ai_ci", kLeft, kRight);
BENCHMARK_CAPTURE(compare, utf8mb4_0900_as_cs_ascii, "utf8mb4_0900_as_cs", kLeft, kRight);
BENCHMARK_CAPTURE(compare, utf8mb4_general_ci_ascii, "utf8mb4_general_ci", kLeft, kRight);
BENCHMARK_CAPTURE(compare, utf8mb4_uca1400_ai_ci_ascii, "utf8mb4_uca1400_ai_ci", kLeft, kRight);
BENCHMARK_CAPTURE(compare, latin1_swedish_ci_ascii, "latin1_swedish_ci", kLeft, kRight);
BENCHMARK_CAPTURE(compare, utf8mb4_bin_ascii, "utf8mb4_bin", kLeft, kRight);
BENCHMARK_CAPTURE(compare, utf8mb4_0900_ai_ci_accented, "utf8mb4_0900_ai_ci", kAccented,
                  kAccented2);
BENCHMARK_CAPTURE(hash, utf8mb4_0900_ai_ci_ascii, "utf8mb4_0900_ai_ci", kLeft);
BENCHMARK_CAPTURE(hash, utf8mb4_general_ci_ascii, "utf8mb4_general_ci", kLeft);
BENCHMARK_CAPTURE(hash, utf8mb4_0900_ai_ci_accented, "utf8mb4_0900_ai_ci", kAccented);

}  // namespace
