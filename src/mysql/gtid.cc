#include "mysql/gtid.h"

#include <charconv>

namespace vif::mysql {
namespace {

constexpr std::string_view kMysqlPrefix = "MySQL56/";
constexpr std::string_view kMariaDbPrefix = "MariaDB/";

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \n\r\t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The part before `separator`, trimmed; `text` goes on behind it.
std::string_view take_part(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view part = trim(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return part;
}

template <typename Int>
bool parse_number(std::string_view text, Int& value) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Error invalid(std::string_view what, std::string_view text) {
  return Error(Code::kInvalidArgument, fmt::format("invalid {} ({})", what, text));
}

// In order and merged, also where they only touch.
void normalise(std::vector<GtidInterval>& intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const GtidInterval& a, const GtidInterval& b) { return a.first < b.first; });
  std::vector<GtidInterval> merged;
  for (const GtidInterval& interval : intervals) {
    if (!merged.empty() && interval.first <= merged.back().last + 1) {
      merged.back().last = std::max(merged.back().last, interval.last);
    } else {
      merged.push_back(interval);
    }
  }
  intervals = std::move(merged);
}

// REQUIRES: both normalised.
std::vector<GtidInterval> subtract(const std::vector<GtidInterval>& from,
                                   const std::vector<GtidInterval>& what) {
  std::vector<GtidInterval> left;
  for (GtidInterval interval : from) {
    for (const GtidInterval& cut : what) {
      if (cut.last < interval.first || cut.first > interval.last) continue;
      if (cut.first > interval.first) left.push_back({interval.first, cut.first - 1});
      interval.first = cut.last + 1;
    }
    if (interval.first <= interval.last) left.push_back(interval);
  }
  return left;
}

}  // namespace

Result<GtidSet> GtidSet::parse(GtidForm form, std::string_view text) {
  GtidSet set(form);
  while (!text.empty()) {
    const std::string_view part = take_part(text, ',');
    if (part.empty()) continue;
    VIF_TRY(form == GtidForm::kMysql ? set.parse_mysql(part) : set.parse_mariadb(part));
  }
  return set;
}

Status GtidSet::parse_mysql(std::string_view part) {
  std::string_view rest = part;
  const std::string_view uuid = take_part(rest, ':');
  if (!is_uuid(uuid)) return invalid("MySQL 5.6 SID", part);
  std::string key = lower(uuid);
  bool has_interval = false;
  while (!rest.empty()) {
    const std::string_view piece = take_part(rest, ':');
    const bool tag = !piece.empty() && (piece[0] < '0' || piece[0] > '9');
    if (tag) {
      key = fmt::format("{}:{}", lower(uuid), lower(piece));
      continue;
    }
    std::string_view numbers = piece;
    GtidInterval interval;
    const bool first_ok = parse_number(take_part(numbers, '-'), interval.first);
    interval.last = interval.first;
    const bool last_ok =
        piece.find('-') == std::string_view::npos || parse_number(numbers, interval.last);
    // The highest number is MySQL's own end mark.
    if (!first_ok || !last_ok || interval.first < 1 ||
        std::max(interval.first, interval.last) == INT64_MAX) {
      return invalid("MySQL 5.6 GTID set: interval", part);
    }
    has_interval = true;
    // An empty interval, as MySQL itself allows, holds nothing.
    if (interval.last >= interval.first) uuids_[key].push_back(interval);
  }
  if (!has_interval) return invalid("MySQL 5.6 GTID set: no interval", part);
  for (auto& [id, intervals] : uuids_) normalise(intervals);
  return {};
}

Status GtidSet::parse_mariadb(std::string_view part) {
  std::string_view rest = part;
  const std::string_view domain_text = take_part(rest, '-');
  const std::string_view server_text = take_part(rest, '-');
  if (server_text.empty() || rest.empty())
    return invalid("MariaDB GTID: expecting Domain-Server-Sequence", part);
  uint32_t domain = 0;
  Position position;
  if (!parse_number(domain_text, domain)) return invalid("MariaDB GTID Domain ID", domain_text);
  if (!parse_number(server_text, position.server_id))
    return invalid("MariaDB GTID Server ID", server_text);
  if (!parse_number(trim(rest), position.sequence))
    return invalid("MariaDB GTID Sequence number", rest);
  Position& held = domains_[domain];
  if (position.sequence >= held.sequence) held = position;
  return {};
}

std::string GtidSet::to_string() const {
  std::string out;
  for (const auto& [id, intervals] : uuids_) {
    if (!out.empty()) out.push_back(',');
    out.append(id);
    for (const GtidInterval& interval : intervals) {
      fmt::format_to(std::back_inserter(out), ":{}", interval.first);
      if (interval.last != interval.first)
        fmt::format_to(std::back_inserter(out), "-{}", interval.last);
    }
  }
  for (const auto& [domain, position] : domains_) {
    if (!out.empty()) out.push_back(',');
    fmt::format_to(std::back_inserter(out), "{}-{}-{}", domain, position.server_id,
                   position.sequence);
  }
  return out;
}

bool GtidSet::contains(const GtidSet& other) const {
  if (other.empty()) return true;
  return form_ == other.form_ && other.minus(*this).empty();
}

void GtidSet::add(const GtidSet& other) {
  if (other.empty()) return;
  if (empty()) form_ = other.form_;
  VIF_ASSERT(form_ == other.form_);
  for (const auto& [id, intervals] : other.uuids_) {
    std::vector<GtidInterval>& own = uuids_[id];
    own.insert(own.end(), intervals.begin(), intervals.end());
    normalise(own);
  }
  for (const auto& [domain, position] : other.domains_) {
    Position& own = domains_[domain];
    if (position.sequence > own.sequence) own = position;
  }
}

GtidSet GtidSet::minus(const GtidSet& other) const {
  GtidSet left(form_);
  for (const auto& [id, intervals] : uuids_) {
    const auto found = other.uuids_.find(id);
    std::vector<GtidInterval> rest =
        found == other.uuids_.end() ? intervals : subtract(intervals, found->second);
    if (!rest.empty()) left.uuids_[id] = std::move(rest);
  }
  for (const auto& [domain, position] : domains_) {
    const auto found = other.domains_.find(domain);
    if (found == other.domains_.end() || position.sequence > found->second.sequence)
      left.domains_[domain] = position;
  }
  return left;
}

uint64_t GtidSet::count() const {
  uint64_t total = 0;
  for (const auto& [id, intervals] : uuids_) {
    for (const GtidInterval& interval : intervals)
      total += static_cast<uint64_t>(interval.last - interval.first) + 1;
  }
  for (const auto& [domain, position] : domains_) total += position.sequence;
  return total;
}

Result<GtidSet> decode_position(std::string_view text) {
  if (text.empty()) return GtidSet();
  if (text.starts_with(kMysqlPrefix))
    return GtidSet::parse(GtidForm::kMysql, text.substr(kMysqlPrefix.size()));
  if (text.starts_with(kMariaDbPrefix))
    return GtidSet::parse(GtidForm::kMariaDb, text.substr(kMariaDbPrefix.size()));
  const size_t slash = text.find('/');
  return Error(Code::kInvalidArgument,
               fmt::format("parse error: unknown GTIDSet flavor \"{}\"",
                           slash == std::string_view::npos ? "" : text.substr(0, slash)));
}

std::string encode_position(const GtidSet& set) {
  if (set.empty()) return {};
  return std::string(set.form() == GtidForm::kMysql ? kMysqlPrefix : kMariaDbPrefix) +
         set.to_string();
}

}  // namespace vif::mysql
