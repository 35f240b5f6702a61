#include "clients/result_convert.h"

#include "clients/convert.h"
#include "clients/insert_id.h"
#include "mysql/packet.h"
#include "mysql/session_track.h"
#include "proto/query.pb.h"

namespace vif::clients {
namespace {

Error malformed() { return Error(Code::kInternal, "vttablet: malformed row in a result"); }

}  // namespace

Status RowsIntoProto::columns(uint32_t count, std::string_view packets) {
  const std::vector<types::Field> fields = VIF_TRY(mysql::parse_columns(count, packets));
  column_count_ = count;
  for (const types::Field& field : fields) {
    query::Field& to = *result_.add_fields();
    if (included_ == IncludedFields::kAll) {
      to_proto(field, to);
      continue;
    }
    to.set_type(static_cast<query::Type>(field.type));
    if (included_ == IncludedFields::kTypeAndName) to.set_name(utf8_or_replaced(field.name));
  }
  return {};
}

Status RowsIntoProto::rows(std::string_view packets) {
  return splitter_.feed(packets, [this](std::string_view payload) -> Status {
    VIF_TRY(mysql::split_text_row(payload, column_count_, columns_));
    query::Row& row = *result_.add_rows();
    row.mutable_lengths()->Reserve(static_cast<int>(column_count_));
    std::string& values = *row.mutable_values();
    values.reserve(payload.size());
    for (const mysql::RawColumn& column : columns_) {
      row.add_lengths(column.is_null ? -1 : static_cast<int64_t>(column.bytes.size()));
      values += column.bytes;
    }
    bytes_ += payload.size();
    return {};
  });
}

void RowsIntoProto::end(const mysql::ResultEnd& end) {
  result_.set_rows_affected(end.affected_rows);
  result_.set_insert_id(end.last_insert_id == kInsertIdZero ? 0 : end.last_insert_id);
  result_.set_insert_id_changed(end.last_insert_id != 0);
  result_.set_info(utf8_or_replaced(end.info));
  // Vitess carries the GTIDs only.
  result_.set_session_state_changes(
      mysql::session_change(end.session_state_changes, mysql::track::kGtids));
}

Status ProtoIntoSink::piece(const query::QueryResult& result) {
  if (!has_columns_ && result.fields_size() > 0) {
    std::vector<types::Field> fields;
    for (const query::Field& field : result.fields()) fields.push_back(from_proto(field));
    has_columns_ = true;
    column_count_ = fields.size();
    VIF_TRY(sink_.columns(static_cast<uint32_t>(fields.size()), mysql::make_columns(fields)));
  }
  packets_.clear();
  for (const query::Row& row : result.rows()) {
    if (static_cast<size_t>(row.lengths_size()) != column_count_) return malformed();
    std::string_view values = row.values();
    const size_t start = mysql::start_packet(packets_);
    for (int64_t length : row.lengths()) {
      if (length < 0) {
        packets_.push_back(static_cast<char>(mysql::kNullColumn));
        continue;
      }
      if (static_cast<uint64_t>(length) > values.size()) return malformed();
      mysql::append_lenenc_string(packets_, values.substr(0, static_cast<size_t>(length)));
      values.remove_prefix(static_cast<size_t>(length));
    }
    mysql::finish_packet(packets_, start, sequence_);
  }
  if (!packets_.empty()) VIF_TRY(sink_.rows(packets_));
  // Counts come with the only piece, or with any of a stream.
  end_.affected_rows += result.rows_affected();
  if (result.insert_id() != 0)
    end_.last_insert_id = result.insert_id();
  else if (result.insert_id_changed())
    end_.last_insert_id = kInsertIdZero;
  if (!result.info().empty()) end_.info = result.info();
  if (!result.session_state_changes().empty()) {
    mysql::append_session_change(end_.session_state_changes,
                                 {mysql::track::kGtids, "", result.session_state_changes()});
  }
  return {};
}

Status ProtoIntoSink::end() {
  end_.status = mysql::status::kAutocommit;
  return sink_.end(end_);
}

}  // namespace vif::clients
