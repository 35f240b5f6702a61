#include "clients/packed_execute.h"

#include <bit>

#include "base/bytes.h"
#include "rpc/status.h"

namespace vif::clients {
namespace {

static_assert(std::endian::native == std::endian::little);

enum RequestFlag : uint16_t {
  kBegin = 1,
  kReserve = 2,
  kClientFoundRows = 4,
  kFetchLastInsertId = 8,
  kReadOnly = 16,
  kConsistentSnapshot = 32,
  kMore = 64,  // isolation, queries after BEGIN and settings follow the text
  kCaller = 128,
  kPrepared = 256,  // parameters follow the text
};

// All of a request that has a fixed size; then keyspace, shard and text.
struct RequestHead {
  uint64_t fingerprint;
  int64_t transaction_id;
  int64_t reserved_id;
  int64_t timeout_ms;
  uint32_t sql_size;
  uint16_t keyspace_size;
  uint16_t shard_size;
  uint16_t flags;
  uint8_t tablet_type;
  uint8_t workload;
  uint32_t parameters_size;
};
static_assert(sizeof(RequestHead) == 48);

enum PieceFlag : uint32_t { kColumns = 1, kEnd = 2, kState = 4, kError = 8 };

struct PieceHead {
  uint32_t flags;
  uint32_t columns_count;
  uint32_t columns_size;
  uint32_t rows_size;
};

struct EndHead {
  uint64_t affected_rows;
  uint64_t last_insert_id;
  uint32_t info_size;
  uint32_t session_size;
  uint16_t status;
  uint16_t warnings;
  uint16_t diagnostics;
  uint16_t unused;
};
static_assert(sizeof(EndHead) == 32);

template <typename Head>
void append_head(std::string& out, const Head& head) {
  out.append(reinterpret_cast<const char*>(&head), sizeof head);
}

template <typename Head>
Head read_head(ByteReader& reader) {
  Head head{};
  const std::string_view bytes = reader.take(sizeof head);
  bytes.copy(reinterpret_cast<char*>(&head), sizeof head);
  return head;
}

void append_text(std::string& out, std::string_view text) {
  append_fixed(out, text.size(), 4);
  out += text;
}

std::string_view read_text(ByteReader& reader) { return reader.take(reader.u32()); }

void append_texts(std::string& out, std::span<const std::string> texts) {
  append_fixed(out, texts.size(), 4);
  for (const std::string& text : texts) append_text(out, text);
}

void read_texts(ByteReader& reader, std::vector<std::string>& to) {
  const uint32_t count = reader.u32();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) to.emplace_back(read_text(reader));
}

Error malformed() { return Error(Code::kInvalidArgument, "malformed packed execute"); }

}  // namespace

bool pack(const ExecuteRequest& from, std::string& out) {
  if (from.bind_variables != nullptr && !from.bind_variables->empty()) return false;
  if (std::max(from.target.keyspace.size(), from.target.shard.size()) > UINT16_MAX ||
      from.sql.size() > UINT32_MAX) {
    return false;
  }
  const std::string_view parameters = from.parameters.value_or(std::string_view());
  if (parameters.size() > UINT32_MAX) return false;
  const BeginOptions& begin = from.begin_options;
  const bool more = from.begin || !from.settings.empty();
  // The tablet asks who it is of a connection that is kept.
  const bool caller = from.caller != nullptr && (from.begin || from.reserve);
  RequestHead head{};
  head.fingerprint = from.fingerprint;
  head.transaction_id = from.transaction_id;
  head.reserved_id = from.reserved_id;
  head.timeout_ms = from.timeout_ms;
  head.sql_size = static_cast<uint32_t>(from.sql.size());
  head.keyspace_size = static_cast<uint16_t>(from.target.keyspace.size());
  head.shard_size = static_cast<uint16_t>(from.target.shard.size());
  head.flags = static_cast<uint16_t>(
      (from.begin ? kBegin : 0) | (from.reserve ? kReserve : 0) |
      (from.client_found_rows ? kClientFoundRows : 0) |
      (from.fetch_last_insert_id ? kFetchLastInsertId : 0) | (begin.read_only ? kReadOnly : 0) |
      (begin.consistent_snapshot ? kConsistentSnapshot : 0) | (more ? kMore : 0) |
      (caller ? kCaller : 0) | (from.parameters ? kPrepared : 0));
  head.parameters_size = static_cast<uint32_t>(parameters.size());
  head.tablet_type = static_cast<uint8_t>(from.target.tablet_type);
  head.workload = static_cast<uint8_t>(from.workload);
  out.clear();
  append_head(out, head);
  out.append(from.target.keyspace).append(from.target.shard).append(from.sql).append(parameters);
  if (more) {
    append_text(out, begin.isolation);
    append_texts(out, begin.post_begin_queries);
    append_texts(out, from.settings);
  }
  if (caller) {
    for (const std::string* text : {&from.caller->principal, &from.caller->component,
                                    &from.caller->subcomponent, &from.caller->username}) {
      append_text(out, *text);
    }
    append_texts(out, from.caller->groups);
  }
  return true;
}

Status unpack(std::string_view packed, UnpackedRequest& to) {
  ByteReader reader(packed);
  const auto head = read_head<RequestHead>(reader);
  ExecuteRequest& request = to.request;
  request.fingerprint = head.fingerprint;
  request.transaction_id = head.transaction_id;
  request.reserved_id = head.reserved_id;
  request.timeout_ms = head.timeout_ms;
  request.begin = (head.flags & kBegin) != 0;
  request.reserve = (head.flags & kReserve) != 0;
  request.client_found_rows = (head.flags & kClientFoundRows) != 0;
  request.fetch_last_insert_id = (head.flags & kFetchLastInsertId) != 0;
  request.begin_options.read_only = (head.flags & kReadOnly) != 0;
  request.begin_options.consistent_snapshot = (head.flags & kConsistentSnapshot) != 0;
  request.workload = static_cast<Workload>(head.workload);
  request.target.tablet_type = static_cast<TabletType>(head.tablet_type);
  request.target.keyspace = reader.take(head.keyspace_size);
  request.target.shard = reader.take(head.shard_size);
  request.sql = reader.take(head.sql_size);
  const std::string_view parameters = reader.take(head.parameters_size);
  if ((head.flags & kPrepared) != 0) request.parameters = parameters;
  if ((head.flags & kMore) != 0) {
    request.begin_options.isolation = read_text(reader);
    read_texts(reader, request.begin_options.post_begin_queries);
    read_texts(reader, to.settings);
    request.settings = to.settings;
  }
  if ((head.flags & kCaller) != 0) {
    for (std::string* text : {&to.caller.principal, &to.caller.component, &to.caller.subcomponent,
                              &to.caller.username}) {
      *text = read_text(reader);
    }
    read_texts(reader, to.caller.groups);
    request.caller = &to.caller;
  }
  return reader.ok() ? Status() : malformed();
}

void PieceWriter::start() {
  out_.resize(sizeof(PieceHead));
  flags_ = columns_count_ = columns_size_ = rows_size_ = 0;
}

void PieceWriter::columns(uint32_t count, std::string_view packets) {
  flags_ |= kColumns;
  columns_count_ = count;
  columns_size_ = static_cast<uint32_t>(packets.size());
  out_.append(packets);
}

// What lies between the columns and the end is rows.
void PieceWriter::end_rows() {
  if ((flags_ & (kEnd | kState)) == 0)
    rows_size_ = static_cast<uint32_t>(out_.size() - sizeof(PieceHead) - columns_size_);
}

void PieceWriter::end(const mysql::ResultEnd& end) {
  end_rows();
  flags_ |= kEnd;
  append_head(
      out_,
      EndHead{end.affected_rows, end.last_insert_id, static_cast<uint32_t>(end.info.size()),
              static_cast<uint32_t>(end.session_state_changes.size()), end.status, end.warnings,
              static_cast<uint16_t>(std::min<size_t>(end.diagnostics.size(), UINT16_MAX)), 0});
  if (!end.info.empty()) out_ += end.info;
  if (!end.session_state_changes.empty()) out_ += end.session_state_changes;
  size_t told = 0;
  for (const mysql::Diagnostic& one : end.diagnostics) {
    if (told++ == UINT16_MAX) break;
    append_text(out_, one.level);
    append_fixed(out_, static_cast<uint32_t>(one.code), 4);
    append_text(out_, one.message);
  }
}

void PieceWriter::state(const ExecuteState& state) {
  end_rows();
  flags_ |= kState;
  append_fixed(out_, static_cast<uint64_t>(state.transaction_id), 8);
  append_fixed(out_, static_cast<uint64_t>(state.reserved_id), 8);
  append_fixed(out_, state.alias.uid, 4);
  append_text(out_, state.alias.cell);
  append_text(out_, state.session_state_changes);
}

void PieceWriter::error(const Error& error) {
  flags_ |= kError;
  append_fixed(out_, static_cast<uint64_t>(error.code()), 4);
  append_text(out_, rpc::wire_message(error));
}

std::string_view PieceWriter::finish() {
  end_rows();
  const PieceHead head{flags_, columns_count_, columns_size_, rows_size_};
  std::memcpy(out_.data(), &head, sizeof head);
  return out_;
}

Status PieceReader::take(std::string_view piece) {
  ByteReader reader(piece);
  const auto head = read_head<PieceHead>(reader);
  const std::string_view columns = reader.take(head.columns_size);
  const std::string_view rows = reader.take(head.rows_size);
  if ((head.flags & kEnd) != 0) {
    const auto end = read_head<EndHead>(reader);
    end_.affected_rows = end.affected_rows;
    end_.last_insert_id = end.last_insert_id;
    end_.status = end.status;
    end_.warnings = end.warnings;
    if (end.info_size > 0) end_.info = reader.take(end.info_size);
    if (end.session_size > 0) end_.session_state_changes = reader.take(end.session_size);
    for (uint16_t i = 0; i < end.diagnostics && reader.ok(); ++i) {
      mysql::Diagnostic& one = end_.diagnostics.emplace_back();
      one.level = read_text(reader);
      one.code = static_cast<int>(reader.u32());
      one.message = read_text(reader);
    }
  }
  if ((head.flags & kState) != 0) {
    if (const auto id = static_cast<int64_t>(reader.u64()); id != 0) state_.transaction_id = id;
    if (const auto id = static_cast<int64_t>(reader.u64()); id != 0) state_.reserved_id = id;
    state_.alias.uid = reader.u32();
    state_.alias.cell = read_text(reader);
    if (const std::string_view changes = read_text(reader); !changes.empty())
      state_.session_state_changes = changes;
  }
  if ((head.flags & kError) != 0) {
    const int code = static_cast<int>(reader.u32());
    const std::string_view text = read_text(reader);
    if (reader.ok()) {
      return rpc::error_from_wire(code == 0 ? static_cast<int>(Code::kUnknown) : code,
                                  fmt::format("vttablet: {}", text));
    }
  }
  if (!reader.ok()) return Error(Code::kInternal, "malformed piece of a result");
  if ((head.flags & kColumns) != 0) VIF_TRY(sink_.columns(head.columns_count, columns));
  if (!rows.empty()) VIF_TRY(sink_.rows(rows));
  return {};
}

}  // namespace vif::clients
