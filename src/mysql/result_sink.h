// Where a result goes, packet by packet: from a server connection to a client connection, through
// gate and tablet, without being decoded. Always streaming; a slow sink slows the source
// (back-pressure).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vif::mysql {

// One row of SHOW WARNINGS.
struct Diagnostic {
  std::string level;  // "Note", "Warning", "Error"
  int code = 0;
  std::string message;
};

// What the OK (or EOF) packet that ends a result says.
struct ResultEnd {
  uint64_t affected_rows = 0;
  uint64_t last_insert_id = 0;
  uint16_t status = 0;  // SERVER_STATUS_* flags, of the connection that ran it
  uint16_t warnings = 0;
  std::string info;                   // "Records: 2  Duplicates: 0  Warnings: 0"
  std::string session_state_changes;  // the session-track block, undecoded; e.g. GTIDs
  // The warnings themselves, where the source asked the server for them: a tablet does, by a SHOW
  // WARNINGS on the same connection. May be fewer than `warnings` (@@max_error_count).
  std::vector<Diagnostic> diagnostics;
};

// "Packets" are whole MySQL packets, each with its 4-byte header (3 bytes of length, 1 of
// sequence), one after the other. Sequence numbers are as the source numbered them; who writes to a
// client renumbers. A row over 16 MiB is several packets, as on the wire. Views are valid during
// the call only.
class ResultSink {
 public:
  virtual ~ResultSink() = default;

  // Once, before the rows, and only for results with columns: `count` column definition packets.
  // (No column-count packet, no EOF.)
  virtual Status columns(uint32_t count, std::string_view packets) = 0;
  // Any number of times. Rows are of the text protocol unless the request asked for binary rows.
  virtual Status rows(std::string_view packets) = 0;
  // Once, last, on success. A failed statement ends with the Error that the execute call returns.
  virtual Status end(const ResultEnd& end) = 0;
};

}  // namespace vif::mysql
