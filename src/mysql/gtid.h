// Sets of global transaction ids, in MySQL's form (server uuids with intervals) and MariaDB's (one
// position a replication domain), and the "flavor/set" text in which Vitess's records and RPCs
// carry them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::mysql {

enum class GtidForm : uint8_t { kMysql, kMariaDb };

// Transactions first..last, both included.
struct GtidInterval {
  int64_t first = 0;
  int64_t last = 0;
  bool operator==(const GtidInterval&) const = default;
};

// A value. In MariaDB's form a domain's position stands for all that came before it in the domain.
class GtidSet {
 public:
  explicit GtidSet(GtidForm form = GtidForm::kMysql) : form_(form) {}
  // "uuid:1-5:7,uuid:1-3" (with MySQL 8.3's tags: "uuid:tag:1-3") or "0-1-5,1-2-9"; blanks and
  // newlines between parts are skipped; empty is the empty set. Errors: kInvalidArgument.
  static Result<GtidSet> parse(GtidForm form, std::string_view text);

  GtidForm form() const { return form_; }
  bool empty() const { return uuids_.empty() && domains_.empty(); }
  // Canonical: uuids in lower case and in order, intervals merged.
  std::string to_string() const;

  // Every transaction of `other` is in this. False when the forms differ, unless `other` is empty.
  bool contains(const GtidSet& other) const;
  // Takes in every transaction of `other`. REQUIRES: the same form, or one of them empty.
  void add(const GtidSet& other);
  // What this has and `other` has not. In MariaDB's form: the domains in which this is ahead.
  GtidSet minus(const GtidSet& other) const;
  // Number of transactions; of MariaDB's form the sum of sequence numbers.
  uint64_t count() const;
  bool operator==(const GtidSet&) const = default;

  // MySQL's form: by "uuid" or "uuid:tag".
  const std::map<std::string, std::vector<GtidInterval>>& uuids() const { return uuids_; }

 private:
  struct Position {
    uint32_t server_id = 0;
    uint64_t sequence = 0;
    bool operator==(const Position&) const = default;
  };

  Status parse_mysql(std::string_view part);
  Status parse_mariadb(std::string_view part);

  GtidForm form_;
  std::map<std::string, std::vector<GtidInterval>> uuids_;
  std::map<uint32_t, Position> domains_;
};

// "MySQL56/uuid:1-5", "MariaDB/0-1-5"; an empty text is an empty set, and so is printed.
// Errors: kInvalidArgument `parse error: unknown GTIDSet flavor "x"`.
Result<GtidSet> decode_position(std::string_view text);
std::string encode_position(const GtidSet& set);

}  // namespace vif::mysql
