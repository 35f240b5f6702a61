// Packed statements and answers: any bytes are taken or refused, and a statement that was taken
// packs to one that says the same.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "clients/packed_execute.h"

namespace vif::clients {
namespace {

class Ignore final : public mysql::ResultSink {
 public:
  Status columns(uint32_t, std::string_view) override { return {}; }
  Status rows(std::string_view) override { return {}; }
  Status end(const mysql::ResultEnd&) override { return {}; }
};

void request(std::string_view bytes) {
  UnpackedRequest first;
  if (!unpack(bytes, first).ok()) return;
  std::string packed;
  if (!pack(first.request, packed)) return;
  UnpackedRequest second;
  VIF_ASSERT(unpack(packed, second).ok());
  VIF_ASSERT(second.request.sql == first.request.sql &&
             second.request.target.shard == first.request.target.shard);
  VIF_ASSERT(second.request.target.keyspace == first.request.target.keyspace);
  VIF_ASSERT(second.request.transaction_id == first.request.transaction_id &&
             second.settings == first.settings);
  std::string again;
  VIF_ASSERT(pack(second.request, again) && again == packed);
}

void answer(std::string_view bytes) {
  Ignore sink;
  ExecuteState state;
  PieceReader reader(sink, state);
  if (reader.take(bytes).ok()) (void)reader.end();
}

}  // namespace
}  // namespace vif::clients

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  vif::clients::request(input);
  vif::clients::answer(input);
  return 0;
}
