// What the vindexes share: values as bytes and numbers, and the hashes of Vitess.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sharding/destination.h"
#include "sharding/vindex.h"
#include "types/value.h"

namespace vif::sharding {

// The value as MySQL would store it: x'8a', 0x8a and 0b101 literals are decoded, the rest is its
// text.
Result<std::string> value_bytes(const types::Value& value);
// The text as an unsigned number, blanks around it allowed. Errors: `cannot parse uint64 from
// "aa"`.
Result<uint64_t> value_uint64(const types::Value& value);

std::string big_endian_bytes(uint64_t value);
// REQUIRES: 8 bytes.
uint64_t from_big_endian(std::string_view bytes);

// DES of the number under the null key, and back.
std::string des_hash(uint64_t value);
Result<uint64_t> des_unhash(std::string_view keyspace_id);
std::string md5(std::string_view bytes);
// Little-endian, as Vitess has it.
std::string xxhash64(std::string_view bytes);

// All keyspace ids that start so: [prefix, prefix + 1); all shards when it is empty.
Destination key_range_from_prefix(std::string prefix);

// Sorted names in `params` that are not in `known`.
std::vector<std::string> find_unknown_params(const VindexParams& params,
                                             std::initializer_list<std::string_view> known);
// "" when absent.
std::string_view param(const VindexParams& params, std::string_view name);
// Go's strconv.Atoi with its error text.
Result<int> parse_int(std::string_view text);

// A file's content. Errors: Go's text, "open /x: no such file or directory".
Result<std::string> read_file(const std::string& path);

// A single-column vindex that maps by hash(): what most are.
class HashingVindex : public Vindex, public SingleColumn, public Hashing {
 public:
  const SingleColumn* single_column() const override { return this; }
  const Hashing* hashing() const override { return this; }
  bool is_unique() const override { return true; }

  Result<std::vector<Destination>> map(std::span<const types::Value> ids) const override;
  Result<std::vector<bool>> verify(std::span<const types::Value> ids,
                                   std::span<const std::string> keyspace_ids) const override;

 protected:
  // What map() does with a value that has no hash.
  enum class OnError : uint8_t { kNone, kFail };
  HashingVindex(std::string name, std::vector<std::string> unknown_params, OnError on_error)
      : Vindex(std::move(name), std::move(unknown_params)), on_error_(on_error) {}

 private:
  OnError on_error_;
};

}  // namespace vif::sharding
