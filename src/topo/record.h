// Reading and writing one protobuf record, with and without its version. For the sources of
// topo::Server only.
#pragma once

#include "topo/server.h"

namespace vif::topo {

// Errors: kNotFound; kInternal when the bytes are no such message.
template <typename Record>
Result<Record> read_record(Connection& connection, std::string_view path, rt::Deadline deadline) {
  const File file = VIF_TRY(connection.get(path, deadline));
  Record record;
  VIF_TRY(decode(file, record));
  return record;
}

// An empty message when there is none.
template <typename Record>
Result<Record> read_record_or_empty(Connection& connection, std::string_view path,
                                    rt::Deadline deadline) {
  Result<Record> record = read_record<Record>(connection, path, deadline);
  if (!record.ok() && record.error().code() == Code::kNotFound) return Record();
  return record;
}

template <typename Record>
Status create_record(Connection& connection, std::string_view path, const Record& record,
                     rt::Deadline deadline) {
  VIF_TRY(connection.create(path, record.SerializeAsString(), deadline));
  return {};
}

// Whatever stood there before.
template <typename Record>
Status write_record(Connection& connection, std::string_view path, const Record& record,
                    rt::Deadline deadline) {
  VIF_TRY(connection.update(path, record.SerializeAsString(), {}, deadline));
  return {};
}

enum class IfMissing : uint8_t { kFail, kCreate };

// Reads, changes, writes with the version read; again when another writer was faster.
template <typename Record>
Status update_record(Connection& connection, std::string_view path, const Change<Record>& change,
                     IfMissing if_missing, rt::Deadline deadline) {
  while (true) {
    Record record;
    Version version;
    if (Result<File> file = connection.get(path, deadline); file.ok()) {
      VIF_TRY(decode(*file, record));
      version = file->version;
    } else if (if_missing == IfMissing::kFail || file.error().code() != Code::kNotFound) {
      return file.error();
    }
    if (!VIF_TRY(change(record))) return {};
    const std::string bytes = record.SerializeAsString();
    const Result<Version> written = version.empty()
                                        ? connection.create(path, bytes, deadline)
                                        : connection.update(path, bytes, version, deadline);
    if (written.ok()) return {};
    const Code code = written.error().code();
    const bool raced = code == Code::kAborted || (version.empty() && code == Code::kAlreadyExists);
    if (!raced) return written.error();
  }
}

}  // namespace vif::topo
