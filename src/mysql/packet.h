// The MySQL wire format's small parts: framing, length-encoded values, and the protocol's
// constants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace vif::mysql {

// A packet is a 3-byte length, a sequence byte and the payload. A payload of kPacketPayloadMax
// bytes goes on in the next packet.
constexpr size_t kPacketHeaderSize = 4;
constexpr size_t kPacketPayloadMax = 0xffffff;

// The first byte of a client's packet.
namespace com {
enum Command : uint8_t {
  kSleep = 0x00,
  kQuit = 0x01,
  kInitDb = 0x02,
  kQuery = 0x03,
  kFieldList = 0x04,
  kCreateDb = 0x05,
  kDropDb = 0x06,
  kRefresh = 0x07,
  kShutdown = 0x08,
  kStatistics = 0x09,
  kProcessInfo = 0x0a,
  kConnect = 0x0b,
  kProcessKill = 0x0c,
  kDebug = 0x0d,
  kPing = 0x0e,
  kTime = 0x0f,
  kDelayedInsert = 0x10,
  kChangeUser = 0x11,
  kBinlogDump = 0x12,
  kTableDump = 0x13,
  kConnectOut = 0x14,
  kRegisterReplica = 0x15,
  kStmtPrepare = 0x16,
  kStmtExecute = 0x17,
  kStmtSendLongData = 0x18,
  kStmtClose = 0x19,
  kStmtReset = 0x1a,
  kSetOption = 0x1b,
  kStmtFetch = 0x1c,
  kDaemon = 0x1d,
  kBinlogDumpGtid = 0x1e,
  kResetConnection = 0x1f,
};
}  // namespace com

// What client and server can do; a connection has what both have.
namespace cap {
enum Capability : uint32_t {
  kLongPassword = 1u << 0,  // MariaDB servers clear it and call it CLIENT_MYSQL
  kFoundRows = 1u << 1,
  kLongFlag = 1u << 2,
  kConnectWithDb = 1u << 3,
  kNoSchema = 1u << 4,
  kCompress = 1u << 5,
  kOdbc = 1u << 6,
  kLocalFiles = 1u << 7,
  kIgnoreSpace = 1u << 8,
  kProtocol41 = 1u << 9,
  kInteractive = 1u << 10,
  kSsl = 1u << 11,
  kIgnoreSigpipe = 1u << 12,
  kTransactions = 1u << 13,
  kReserved = 1u << 14,
  kSecureConnection = 1u << 15,
  kMultiStatements = 1u << 16,
  kMultiResults = 1u << 17,
  kPsMultiResults = 1u << 18,
  kPluginAuth = 1u << 19,
  kConnectAttrs = 1u << 20,
  kPluginAuthLenencData = 1u << 21,
  kCanHandleExpiredPasswords = 1u << 22,
  kSessionTrack = 1u << 23,
  kDeprecateEof = 1u << 24,
  kOptionalResultsetMetadata = 1u << 25,
  kZstdCompression = 1u << 26,
  kQueryAttributes = 1u << 27,
};
}  // namespace cap

// SERVER_STATUS_*: in every OK and EOF packet.
namespace status {
enum Flag : uint16_t {
  kInTransaction = 0x0001,
  kAutocommit = 0x0002,
  kMoreResultsExist = 0x0008,
  kNoGoodIndexUsed = 0x0010,
  kNoIndexUsed = 0x0020,
  kCursorExists = 0x0040,
  kLastRowSent = 0x0080,
  kDbDropped = 0x0100,
  kNoBackslashEscapes = 0x0200,
  kMetadataChanged = 0x0400,
  kQueryWasSlow = 0x0800,
  kPsOutParams = 0x1000,
  kInReadOnlyTransaction = 0x2000,
  kSessionStateChanged = 0x4000,
};
}  // namespace status

// The type byte of a column definition, and of a binary parameter.
namespace column {
enum Type : uint8_t {
  kDecimal = 0x00,
  kTiny = 0x01,
  kShort = 0x02,
  kLong = 0x03,
  kFloat = 0x04,
  kDouble = 0x05,
  kNull = 0x06,
  kTimestamp = 0x07,
  kLongLong = 0x08,
  kInt24 = 0x09,
  kDate = 0x0a,
  kTime = 0x0b,
  kDatetime = 0x0c,
  kYear = 0x0d,
  kNewDate = 0x0e,
  kVarchar = 0x0f,
  kBit = 0x10,
  kTimestamp2 = 0x11,
  kDatetime2 = 0x12,
  kTime2 = 0x13,
  kTypedArray = 0x14,
  kVector = 0xf2,
  kBool = 0xf4,
  kJson = 0xf5,
  kNewDecimal = 0xf6,
  kEnum = 0xf7,
  kSet = 0xf8,
  kTinyBlob = 0xf9,
  kMediumBlob = 0xfa,
  kLongBlob = 0xfb,
  kBlob = 0xfc,
  kVarString = 0xfd,
  kString = 0xfe,
  kGeometry = 0xff,
};
// Column flags.
enum Flag : uint16_t {
  kNotNull = 0x0001,
  kPrimaryKey = 0x0002,
  kUniqueKey = 0x0004,
  kMultipleKey = 0x0008,
  kBlobFlag = 0x0010,
  kUnsigned = 0x0020,
  kZerofill = 0x0040,
  kBinary = 0x0080,
  kEnumFlag = 0x0100,
  kAutoIncrement = 0x0200,
  kTimestampFlag = 0x0400,
  kSetFlag = 0x0800,
  kNoDefaultValue = 0x1000,
  kOnUpdateNow = 0x2000,
  kNum = 0x8000,
};
}  // namespace column

// First bytes of a server's packets.
constexpr uint8_t kOkHeader = 0x00;
constexpr uint8_t kAuthMoreData = 0x01;
constexpr uint8_t kLocalInfile = 0xfb;
constexpr uint8_t kEofHeader = 0xfe;  // also an auth switch request
constexpr uint8_t kErrHeader = 0xff;
constexpr uint8_t kNullColumn = 0xfb;  // of a text row

// SESSION_TRACK_*: the kinds of entries in ResultEnd::session_state_changes.
namespace track {
enum Kind : uint8_t {
  kSystemVariables = 0,
  kSchema = 1,
  kStateChange = 2,
  kGtids = 3,
  kTransactionCharacteristics = 4,
  kTransactionState = 5,
};
}  // namespace track

// Cursor flags of COM_STMT_EXECUTE.
constexpr uint8_t kCursorTypeNone = 0;
constexpr uint8_t kCursorTypeReadOnly = 1;
constexpr uint8_t kParameterCountAvailable = 8;

// Collation ids that the protocol itself needs.
constexpr uint8_t kCharsetBinary = 63;
constexpr uint8_t kCharsetUtf8mb3 = 33;            // utf8mb3_general_ci
constexpr uint8_t kCharsetUtf8mb4 = 45;            // utf8mb4_general_ci
constexpr uint8_t kCharsetUtf8mb4Default80 = 255;  // utf8mb4_0900_ai_ci

inline uint32_t packet_payload_size(const char* header) {
  return static_cast<uint8_t>(header[0]) |
         static_cast<uint32_t>(static_cast<uint8_t>(header[1])) << 8 |
         static_cast<uint32_t>(static_cast<uint8_t>(header[2])) << 16;
}
inline void set_packet_header(char* header, size_t payload_size, uint8_t sequence) {
  header[0] = static_cast<char>(payload_size);
  header[1] = static_cast<char>(payload_size >> 8);
  header[2] = static_cast<char>(payload_size >> 16);
  header[3] = static_cast<char>(sequence);
}

// Length-encoded integers and strings. 0xfb (a NULL) and 0xff are not integers: they fail the
// reader.
inline uint64_t read_lenenc(ByteReader& reader) {
  const uint8_t first = reader.u8();
  if (first < 0xfb) return first;
  if (first == 0xfc) return reader.fixed(2);
  if (first == 0xfd) return reader.fixed(3);
  if (first == 0xfe) return reader.fixed(8);
  reader.fail();
  return 0;
}
// The view lives as long as the reader's bytes.
inline std::string_view read_lenenc_string(ByteReader& reader) {
  const uint64_t size = read_lenenc(reader);
  if (size > reader.remaining()) {
    reader.fail();
    return {};
  }
  return reader.take(static_cast<size_t>(size));
}

constexpr size_t lenenc_size(uint64_t value) {
  return value < 0xfb ? 1 : value <= 0xffff ? 3 : value <= 0xffffff ? 4 : 9;
}
void append_lenenc(std::string& out, uint64_t value);
void append_lenenc_string(std::string& out, std::string_view text);

// One packet with its header, payload split at kPacketPayloadMax. `sequence` is advanced past it.
void append_packet(std::string& out, std::string_view payload, uint8_t& sequence);

// Reserves a packet's header at the end of `out`; finish_packet fills it in, splitting a payload
// that grew over kPacketPayloadMax. Between the two, the payload is appended to `out`.
size_t start_packet(std::string& out);
void finish_packet(std::string& out, size_t start, uint8_t& sequence);

// Walks whole packets that lie one after the other, as ResultSink has them. A payload over
// kPacketPayloadMax is several packets.
class PacketWalker {
 public:
  explicit PacketWalker(std::string_view packets) : packets_(packets) {}
  // False at the end, or when what is left is no whole packet (then malformed()).
  bool next(std::string_view& payload) {
    if (at_ == packets_.size()) return false;
    if (packets_.size() - at_ < kPacketHeaderSize) return !(malformed_ = true);
    const size_t size = packet_payload_size(packets_.data() + at_);
    if (packets_.size() - at_ - kPacketHeaderSize < size) return !(malformed_ = true);
    payload = packets_.substr(at_ + kPacketHeaderSize, size);
    at_ += kPacketHeaderSize + size;
    return true;
  }
  bool malformed() const { return malformed_; }

 private:
  std::string_view packets_;
  size_t at_ = 0;
  bool malformed_ = false;
};

}  // namespace vif::mysql
