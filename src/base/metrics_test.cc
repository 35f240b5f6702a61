#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace vif {
namespace {

TEST(Metrics, JsonShapesAreVitesss) {
  Metrics metrics;
  metrics.counter("Kills", "Queries killed").add(3);
  metrics.counters("Errors", "Errors", {"Code", "Table"}).at({"a.b", "t"}).add();
  metrics.text_function("State", [] { return "say \"x\"\n"; });
  metrics.json_function("Raw", [] { return "[1]"; });
  metrics.timings("Queries", "Timings", {"Plan"}).at({"Select"}).add(1'000'001);

  const auto members = metrics.json_members();
  EXPECT_EQ(members.at("Kills"), "3");
  EXPECT_EQ(members.at("Errors"), R"({"a_b.t": 1})");
  EXPECT_EQ(members.at("State"), R"("say \"x\"\n")");
  EXPECT_EQ(members.at("Raw"), "[1]");
  EXPECT_EQ(
      members.at("Queries"),
      R"({"TotalCount":1,"TotalTime":1000001,"Histograms":{"Select":{"500000":0,"1000000":0,"5000000":1,)"
      R"("10000000":0,"50000000":0,"100000000":0,"500000000":0,"1000000000":0,"5000000000":0,"10000000000":0,)"
      R"("inf":0,"Count":1,"Time":1000001}}})");
}

TEST(Metrics, PrometheusText) {
  Metrics metrics;
  metrics.gauge("ConnCount", "Open").set(7);
  metrics.counters("VtgateApiErrorCounts", "Errors", {"Operation", "DbType"})
      .at({"Execute", "pri\"mary"})
      .add(2);
  metrics.timings("Mysql", "Times", {"Operation"}).at({"Exec"}).add(20'000'000'000);
  const std::string text = metrics.prometheus_text("vtgate");
  EXPECT_NE(text.find("# TYPE vtgate_conn_count gauge\nvtgate_conn_count 7\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("vtgate_api_error_counts{db_type=\"pri\\\"mary\",operation=\"Execute\"} 2\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("vtgate_mysql_bucket{operation=\"Exec\",le=\"10\"} 0\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("vtgate_mysql_bucket{operation=\"Exec\",le=\"+Inf\"} 1\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("vtgate_mysql_sum{operation=\"Exec\"} 20\n"), std::string::npos) << text;
}

TEST(Metrics, SnakeCase) {
  EXPECT_EQ(metric_snake_case("QueryTimesNs"), "query_times_ns");
  EXPECT_EQ(metric_snake_case("QPSByOperation"), "qps_by_operation");
  EXPECT_EQ(metric_snake_case("VSchemaCounts"), "vschema_counts");
  EXPECT_EQ(metric_snake_case("a.b-c"), "a_b_c");
}

TEST(Metrics, CountsFromManyThreads) {
  Metrics metrics;
  Counters& counters = metrics.counters("C", "", {"L"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) counters.at({k % 2 == 0 ? "even" : "odd"}).add();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counters.at({"even"}).get(), 2000);
  EXPECT_EQ(counters.at({"odd"}).get(), 2000);
}

}  // namespace
}  // namespace vif
