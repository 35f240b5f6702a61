#include "base/metrics.h"

#include "base/assert.h"

namespace vif {

constexpr std::array<int64_t, Histogram::kBuckets - 1> Histogram::kCutoffs = {
    500'000,     1'000'000,   5'000'000,     10'000'000,    50'000'000,
    100'000'000, 500'000'000, 1'000'000'000, 5'000'000'000, 10'000'000'000};

void Histogram::add(int64_t ns) {
  size_t i = 0;
  while (i < kCutoffs.size() && ns > kCutoffs[i]) ++i;
  buckets_[i].fetch_add(1, std::memory_order_relaxed);
  total_.fetch_add(ns, std::memory_order_relaxed);
}

int64_t Histogram::count() const {
  int64_t sum = 0;
  for (size_t i = 0; i < kBuckets; ++i) sum += bucket(i);
  return sum;
}

template <typename Member>
Member& Labelled<Member>::at(std::span<const std::string_view> values) {
  VIF_ASSERT(values.size() == labels_.size());
  std::string key;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i != 0) key += '.';
    const size_t from = key.size();
    key += values[i];
    std::replace(key.begin() + static_cast<ptrdiff_t>(from), key.end(), '.', '_');
  }
  {
    std::shared_lock lock(mutex_);
    if (auto it = entries_.find(key); it != entries_.end()) return it->second->member;
  }
  std::unique_lock lock(mutex_);
  auto& entry = entries_[key];
  if (entry == nullptr) {
    entry = std::make_unique<Entry>();
    for (std::string_view value : values) {
      entry->values.emplace_back(value);
      std::replace(entry->values.back().begin(), entry->values.back().end(), '.', '_');
    }
  }
  return entry->member;
}

template <typename Member>
void Labelled<Member>::each(
    const std::function<void(const std::string&, const std::vector<std::string>&, const Member&)>&
        visit) const {
  std::shared_lock lock(mutex_);
  for (const auto& [key, entry] : entries_) visit(key, entry->values, entry->member);
}

template class Labelled<Counter>;
template class Labelled<Histogram>;

namespace {

enum Kind : int {
  kCounter,
  kGauge,
  kCounters,
  kGauges,
  kTimings,
  kCounterFunction,
  kGaugeFunction,
  kText,
  kJson
};

std::string histogram_json(const Histogram& histogram) {
  std::string out = "{";
  for (size_t i = 0; i < Histogram::kBuckets; ++i) {
    if (i + 1 < Histogram::kBuckets) {
      fmt::format_to(std::back_inserter(out), "\"{}\":{},", Histogram::kCutoffs[i],
                     histogram.bucket(i));
    } else {
      fmt::format_to(std::back_inserter(out), "\"inf\":{},", histogram.bucket(i));
    }
  }
  fmt::format_to(std::back_inserter(out), "\"Count\":{},\"Time\":{}}}", histogram.count(),
                 histogram.total_ns());
  return out;
}

std::string timings_json(const Timings& timings) {
  int64_t count = 0;
  int64_t total = 0;
  std::string members;
  timings.each([&](const std::string& key, const auto&, const Histogram& histogram) {
    count += histogram.count();
    total += histogram.total_ns();
    if (!members.empty()) members += ',';
    members += json_quote(key) + ":" + histogram_json(histogram);
  });
  return fmt::format("{{\"TotalCount\":{},\"TotalTime\":{},\"Histograms\":{{{}}}}}", count, total,
                     members);
}

std::string counters_json(const Counters& counters) {
  std::string out = "{";
  counters.each([&](const std::string& key, const auto&, const Counter& counter) {
    if (out.size() > 1) out += ", ";
    out += fmt::format("{}: {}", json_quote(key), counter.get());
  });
  return out + "}";
}

std::string prometheus_escape(std::string_view text, bool quotes) {
  std::string out;
  for (char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\\')
      out += "\\\\";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

// `a="x",b="y"`, by label name as Prometheus's own client orders them.
std::string label_text(const std::vector<std::string>& labels,
                       const std::vector<std::string>& values) {
  std::map<std::string, std::string> pairs;
  for (size_t i = 0; i < labels.size(); ++i) pairs[metric_snake_case(labels[i])] = values[i];
  std::string out;
  for (const auto& [label, value] : pairs) {
    if (!out.empty()) out += ',';
    out += label + "=\"" + prometheus_escape(value, true) + "\"";
  }
  return out;
}

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const Histogram& histogram) {
  int64_t cumulative = 0;
  const std::string comma = labels.empty() ? "" : labels + ",";
  for (size_t i = 0; i + 1 < Histogram::kBuckets; ++i) {
    cumulative += histogram.bucket(i);
    out += fmt::format("{}_bucket{{{}le=\"{:g}\"}} {}\n", name, comma,
                       static_cast<double>(Histogram::kCutoffs[i]) / 1e9, cumulative);
  }
  cumulative += histogram.bucket(Histogram::kBuckets - 1);
  out += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}\n", name, comma, cumulative);
  const std::string braces = labels.empty() ? "" : "{" + labels + "}";
  out += fmt::format("{}_sum{} {}\n{}_count{} {}\n", name, braces,
                     static_cast<double>(histogram.total_ns()) / 1e9, name, braces, cumulative);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

struct Metrics::Entry {
  int kind;
  std::string help;
  Counter value;
  std::unique_ptr<Counters> counters;
  std::unique_ptr<Timings> timings;
  std::function<int64_t()> read;
  std::function<std::string()> read_text;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Entry& Metrics::entry(std::string_view name, std::string_view help, int kind) {
  auto it = entries_.find(name);
  if (it == entries_.end()) {
    auto fresh = std::make_unique<Entry>();
    fresh->kind = kind;
    fresh->help = help;
    it = entries_.emplace(std::string(name), std::move(fresh)).first;
  }
  VIF_ASSERT(it->second->kind == kind);
  return *it->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help) {
  std::lock_guard lock(mutex_);
  return entry(name, help, kCounter).value;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help) {
  std::lock_guard lock(mutex_);
  return entry(name, help, kGauge).value;
}

Counters& Metrics::counters(std::string_view name, std::string_view help,
                            std::vector<std::string> labels) {
  std::lock_guard lock(mutex_);
  Entry& e = entry(name, help, kCounters);
  if (e.counters == nullptr) e.counters = std::make_unique<Counters>(std::move(labels));
  return *e.counters;
}

Counters& Metrics::gauges(std::string_view name, std::string_view help,
                          std::vector<std::string> labels) {
  std::lock_guard lock(mutex_);
  Entry& e = entry(name, help, kGauges);
  if (e.counters == nullptr) e.counters = std::make_unique<Counters>(std::move(labels));
  return *e.counters;
}

Timings& Metrics::timings(std::string_view name, std::string_view help,
                          std::vector<std::string> labels) {
  std::lock_guard lock(mutex_);
  Entry& e = entry(name, help, kTimings);
  if (e.timings == nullptr) e.timings = std::make_unique<Timings>(std::move(labels));
  return *e.timings;
}

void Metrics::counter_function(std::string_view name, std::string_view help,
                               std::function<int64_t()> read) {
  std::lock_guard lock(mutex_);
  entry(name, help, kCounterFunction).read = std::move(read);
}

void Metrics::gauge_function(std::string_view name, std::string_view help,
                             std::function<int64_t()> read) {
  std::lock_guard lock(mutex_);
  entry(name, help, kGaugeFunction).read = std::move(read);
}

void Metrics::text_function(std::string_view name, std::function<std::string()> read) {
  std::lock_guard lock(mutex_);
  entry(name, "", kText).read_text = std::move(read);
}

void Metrics::json_function(std::string_view name, std::function<std::string()> read) {
  std::lock_guard lock(mutex_);
  entry(name, "", kJson).read_text = std::move(read);
}

std::map<std::string, std::string> Metrics::json_members() const {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::string> out;
  for (const auto& [name, e] : entries_) {
    switch (e->kind) {
      case kCounter:
      case kGauge: out[name] = std::to_string(e->value.get()); break;
      case kCounters:
      case kGauges: out[name] = counters_json(*e->counters); break;
      case kTimings: out[name] = timings_json(*e->timings); break;
      case kCounterFunction:
      case kGaugeFunction: out[name] = std::to_string(e->read()); break;
      case kText: out[name] = json_quote(e->read_text()); break;
      default: out[name] = e->read_text(); break;
    }
  }
  return out;
}

std::string Metrics::prometheus_text(std::string_view binary) const {
  std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, e] : entries_) {
    if (e->kind == kText || e->kind == kJson) continue;
    const std::string prefix = fmt::format("{}_", binary);
    std::string full = metric_snake_case(name);
    if (!full.starts_with(prefix)) full = prefix + full;
    const bool is_counter =
        e->kind == kCounter || e->kind == kCounters || e->kind == kCounterFunction;
    out +=
        fmt::format("# HELP {} {}\n# TYPE {} {}\n", full, prometheus_escape(e->help, false), full,
                    e->kind == kTimings ? "histogram"
                    : is_counter        ? "counter"
                                        : "gauge");
    switch (e->kind) {
      case kCounter:
      case kGauge: out += fmt::format("{} {}\n", full, e->value.get()); break;
      case kCounterFunction:
      case kGaugeFunction: out += fmt::format("{} {}\n", full, e->read()); break;
      case kTimings:
        e->timings->each([&](const std::string&, const auto& values, const Histogram& histogram) {
          append_histogram(out, full, label_text(e->timings->labels(), values), histogram);
        });
        break;
      default:
        e->counters->each([&](const std::string&, const auto& values, const Counter& counter) {
          out += fmt::format("{}{{{}}} {}\n", full, label_text(e->counters->labels(), values),
                             counter.get());
        });
    }
  }
  return out;
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  return out + '"';
}

std::string metric_snake_case(std::string_view name) {
  std::string text(name);
  replace_all(text, "VSchema", "vschema");
  replace_all(text, "VtGate", "vtgate");
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool word =
        i > 0 && upper(c) &&
        (lower(text[i - 1]) || (upper(text[i - 1]) && i + 1 < text.size() && lower(text[i + 1])));
    if (word) out += '_';
    out += c == '.' || c == '-' ? '_' : upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace vif
