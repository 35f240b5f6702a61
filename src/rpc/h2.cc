#include "rpc/h2.h"

#include <google/protobuf/message_lite.h>
#include <nghttp2/nghttp2.h>

#include "base/log.h"
#include "rpc/status.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

constexpr size_t kFrameHeader = 5;
constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kWriteBytes = 256 << 10;  // gathered for one write
constexpr int32_t kConnectionWindow = 64 << 20;

nghttp2_nv constant(std::string_view name, std::string_view value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

nghttp2_nv copied(std::string_view name, std::string_view value, bool index) {
  nghttp2_nv nv = constant(name, value);
  nv.flags = index ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX;
  return nv;
}

std::string_view view(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

bool is_binary_key(std::string_view key) { return key.ends_with("-bin"); }

void add_metadata(std::vector<nghttp2_nv>& nva, std::vector<std::string>& encoded,
                  const Metadata& metadata) {
  for (const auto& [key, value] : metadata) {
    if (is_binary_key(key)) {
      encoded.push_back(encode_binary(value));
      nva.push_back(copied(key, encoded.back(), false));
    } else {
      nva.push_back(copied(key, value, false));
    }
  }
}

}  // namespace

}  // namespace vif::rpc

// nghttp2's callbacks. They only note what came and wake who waits: none switches fibers, so the
// session is never entered twice.
struct H2Callbacks {
  using H2Connection = vif::rpc::H2Connection;
  using H2Stream = vif::rpc::H2Stream;

  static H2Stream* stream_of(nghttp2_session* session, int32_t id) {
    return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    auto& connection = *static_cast<H2Connection*>(user);
    if (!connection.options_.server || frame->hd.type != NGHTTP2_HEADERS ||
        frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
      return 0;
    }
    H2Stream* stream = connection.on_request(frame->hd.stream_id);
    if (stream == nullptr) {
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                NGHTTP2_REFUSED_STREAM);
      return 0;
    }
    stream->id = frame->hd.stream_id;
    connection.link(*stream);
    nghttp2_session_set_stream_user_data(session, stream->id, stream);
    return 0;
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                    size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                    void* user) {
    H2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr || frame->hd.type != NGHTTP2_HEADERS) return 0;
    static_cast<H2Connection*>(user)->header(*stream, stream->headers_done,
                                             vif::rpc::view(name, name_size),
                                             vif::rpc::view(value, value_size));
    return 0;
  }

  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    auto& connection = *static_cast<H2Connection*>(user);
    switch (frame->hd.type) {
      case NGHTTP2_GOAWAY:
        connection.draining_ = true;
        connection.on_goaway();
        return 0;
      case NGHTTP2_PING:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) connection.pinged_ = {};
        return 0;
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA: break;
      default: return 0;
    }
    H2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) stream->in_end = true;
    if (frame->hd.type == NGHTTP2_HEADERS && !stream->headers_done &&
        (connection.options_.server || stream->http_status >= 200)) {
      stream->headers_done = true;
      if (connection.options_.server) connection.on_request_headers(*stream);
    }
    stream->changed.notify_all();
    return 0;
  }

  static int data(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* bytes, size_t size,
                  void* user) {
    auto& connection = *static_cast<H2Connection*>(user);
    nghttp2_session_consume_connection(session, size);
    if (H2Stream* stream = stream_of(session, id))
      connection.received(*stream, vif::rpc::view(bytes, size));
    return 0;
  }

  static int closed(nghttp2_session* session, int32_t id, uint32_t error, void* user) {
    auto& connection = *static_cast<H2Connection*>(user);
    H2Stream* stream = stream_of(session, id);
    if (stream == nullptr) return 0;
    nghttp2_session_set_stream_user_data(session, id, nullptr);
    stream->closed = true;
    stream->h2_error = error;
    if (error == NGHTTP2_REFUSED_STREAM) stream->refused = true;
    connection.unlink(*stream);
    stream->changed.notify_all();
    connection.on_closed(*stream);
    return 0;
  }

  static int not_sent(nghttp2_session* session, const nghttp2_frame* frame, int, void*) {
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    if (H2Stream* stream = stream_of(session, frame->hd.stream_id)) stream->refused = true;
    return 0;
  }

  static ssize_t read_data(nghttp2_session* session, int32_t id, uint8_t*, size_t length,
                           uint32_t* flags, nghttp2_data_source*, void* user) {
    auto& connection = *static_cast<H2Connection*>(user);
    H2Stream* stream = stream_of(session, id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const size_t available = stream->out.size() - stream->out_at;
    if (available == 0 && !stream->out_end) {
      stream->deferred = true;
      return NGHTTP2_ERR_DEFERRED;
    }
    const size_t size = std::min(available, length);
    if (size != 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (size == available && stream->out_end) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (connection.options_.server) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        submit_trailers(session, *stream);
      }
    }
    return static_cast<ssize_t>(size);
  }

  static void submit_trailers(nghttp2_session* session, H2Stream& stream) {
    std::vector<nghttp2_nv> nva;
    std::vector<std::string> encoded;
    nva.reserve(stream.own_trailers.size());
    encoded.reserve(stream.own_trailers.size());
    vif::rpc::add_metadata(nva, encoded, stream.own_trailers);
    nva[0].flags = NGHTTP2_NV_FLAG_NONE;  // grpc-status is nearly always 0: worth the table
    nghttp2_submit_trailer(session, stream.id, nva.data(), nva.size());
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 ||
        !static_cast<H2Connection*>(user)->options_.server) {
      return 0;
    }
    // The client may still be sending what nobody will read.
    H2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream != nullptr && !stream->in_end) {
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_NO_ERROR);
    }
    return 0;
  }

  static int send_data(nghttp2_session* session, nghttp2_frame* frame, const uint8_t* head,
                       size_t length, nghttp2_data_source*, void* user) {
    auto& connection = *static_cast<H2Connection*>(user);
    H2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    connection.out_.append(reinterpret_cast<const char*>(head), 9);
    connection.out_.append(stream->out, stream->out_at, length);
    stream->out_at += length;
    if (stream->out_at == stream->out.size()) {
      stream->out.clear();
      stream->out_at = 0;
    }
    if (stream->sender_waits) stream->changed.notify_all();
    return 0;
  }

  static nghttp2_session* make_session(H2Connection& connection,
                                       const vif::rpc::H2Options& options) {
    nghttp2_session_callbacks* callbacks = nullptr;
    VIF_ASSERT(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closed);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, not_sent);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
    nghttp2_option* option = nullptr;
    VIF_ASSERT(nghttp2_option_new(&option) == 0);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_option_set_peer_max_concurrent_streams(option, 1000);
    nghttp2_session* session = nullptr;
    const int made = options.server
                         ? nghttp2_session_server_new2(&session, callbacks, &connection, option)
                         : nghttp2_session_client_new2(&session, callbacks, &connection, option);
    VIF_ASSERT(made == 0);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);

    std::vector<nghttp2_settings_entry> settings = {
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.window_bytes},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(options.metadata_bytes_max)}};
    if (options.server) {
      settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.streams_max});
    } else {
      settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
    }
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                          vif::rpc::kConnectionWindow);
    return session;
  }
};

namespace vif::rpc {

H2Stream::~H2Stream() { VIF_ASSERT(connection == nullptr); }

H2Connection::H2Connection(std::unique_ptr<rt::Stream> stream, const H2Options& options,
                           std::string already_read)
    : stream_(std::move(stream)),
      options_(options),
      already_read_(std::move(already_read)),
      flush_(*this),
      last_read_(rt::now()) {
  session_ = H2Callbacks::make_session(*this, options_);
  schedule_flush();
}

H2Connection::~H2Connection() {
  VIF_ASSERT(first_ == nullptr);
  nghttp2_session_del(session_);
}

H2Stream* H2Connection::on_request(int32_t) { return nullptr; }
void H2Connection::on_request_headers(H2Stream&) {}
void H2Connection::on_closed(H2Stream&) {}
void H2Connection::on_own_header(H2Stream&, std::string_view, std::string_view) {}

void H2Connection::link(H2Stream& stream) {
  stream.connection = this;
  stream.previous = nullptr;
  stream.next = first_;
  if (first_ != nullptr) first_->previous = &stream;
  first_ = &stream;
  ++stream_count_;
}

void H2Connection::unlink(H2Stream& stream) {
  if (stream.previous != nullptr)
    stream.previous->next = stream.next;
  else
    first_ = stream.next;
  if (stream.next != nullptr) stream.next->previous = stream.previous;
  stream.connection = nullptr;
  --stream_count_;
}

void H2Connection::read_loop() {
  take(already_read_);
  std::string().swap(already_read_);
  const auto buffer = std::make_unique_for_overwrite<char[]>(kReadBytes);
  while (!broken_) {
    auto count = stream_->read_some({buffer.get(), kReadBytes}, rt::Deadline::never());
    if (!count.ok()) {
      fail(count.error());
    } else if (*count == 0) {
      fail(Error(Code::kUnavailable, "error reading from server: EOF"));
    } else {
      take({buffer.get(), *count});
    }
  }
  close_all();
}

void H2Connection::take(std::string_view bytes) {
  if (bytes.empty()) return;
  last_read_ = rt::now();
  const ssize_t used = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (used < 0) {
    fail(Error(Code::kUnavailable,
               fmt::format("HTTP/2: {}", nghttp2_strerror(static_cast<int>(used)))));
  } else if (nghttp2_session_want_write(session_) != 0) {
    schedule_flush();
  } else if (nghttp2_session_want_read(session_) == 0) {
    fail(Error(Code::kUnavailable, "the connection is closing"));
  }
}

void H2Connection::write_loop() {
  while (!broken_) {
    if (writer_busy_) {
      // A reader that is alive but takes nothing for this long holds memory for nobody.
      auto ready = stream_->wait_writable(rt::Deadline::never());
      if (!ready.ok()) {
        fail(ready.error());
        return;
      }
      writer_busy_ = false;
      flush();
      continue;
    }
    const bool pings = options_.keepalive_time > rt::Duration::zero();
    auto woken =
        writer_wake_.wait(pings ? rt::Deadline::in(pinged_.ns != 0 ? options_.keepalive_timeout
                                                                   : options_.keepalive_time)
                                : rt::Deadline::never());
    if (woken.ok()) continue;
    if (woken.error().code() != Code::kDeadlineExceeded) {
      fail(woken.error());
      return;
    }
    if (!keepalive_due()) return;
  }
}

bool H2Connection::keepalive_due() {
  const rt::Duration silent = rt::now() - last_read_;
  if (pinged_.ns != 0 && silent >= options_.keepalive_timeout) {
    fail(Error(Code::kUnavailable, "keepalive ping failed to receive ACK within timeout"));
    return false;
  }
  if (pinged_.ns == 0 && stream_count_ != 0 && silent >= options_.keepalive_time) {
    pinged_ = rt::now();
    nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr);
    schedule_flush();
  }
  return true;
}

void H2Connection::schedule_flush() {
  if (!broken_) flush_.schedule();
}

bool H2Connection::fill() {
  out_.clear();
  out_at_ = 0;
  while (out_.size() < kWriteBytes) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &data);
    if (size < 0) {
      fail(Error(Code::kUnavailable,
                 fmt::format("HTTP/2: {}", nghttp2_strerror(static_cast<int>(size)))));
      return false;
    }
    if (size == 0) break;
    out_.append(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
  }
  return !out_.empty();
}

void H2Connection::flush() {
  if (writer_busy_ || broken_) return;
  while (out_at_ < out_.size() || fill()) {
    auto sent = stream_->try_write(std::string_view(out_).substr(out_at_));
    if (!sent.ok()) {
      fail(sent.error());
      return;
    }
    out_at_ += *sent;
    if (out_at_ < out_.size()) {
      writer_busy_ = true;
      writer_wake_.notify_one();
      return;
    }
  }
  if (broken_) return;
  if (out_.capacity() > kWriteBytes * 2) std::string().swap(out_);
  if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0) {
    fail(Error(Code::kUnavailable, "the connection is closing"));
  }
}

void H2Connection::fail(Error error) {
  if (broken_) return;
  broken_ = true;
  error_ = std::move(error);
  stream_->close();
  writer_wake_.notify_all();
}

void H2Connection::close_all() {
  while (first_ != nullptr) {
    H2Stream& stream = *first_;
    if (stream.id >= 0) nghttp2_session_set_stream_user_data(session_, stream.id, nullptr);
    stream.closed = true;
    unlink(stream);
    stream.changed.notify_all();
    on_closed(stream);
  }
}

Status H2Connection::start(H2Stream& stream, std::string_view path, std::string_view authority,
                           bool tls, const Metadata& channel_metadata,
                           const Metadata* call_metadata, rt::Deadline deadline) {
  std::string timeout;
  std::vector<std::string> encoded;
  std::vector<nghttp2_nv> nva;
  nva.reserve(9 + channel_metadata.size() + (call_metadata != nullptr ? call_metadata->size() : 0));
  encoded.reserve(nva.capacity());
  nva.push_back(constant(":method", "POST"));
  nva.push_back(constant(":scheme", tls ? "https" : "http"));
  nva.push_back(copied(":path", path, true));
  nva.push_back(copied(":authority", authority, true));
  nva.push_back(constant("te", "trailers"));
  nva.push_back(constant("content-type", "application/grpc"));
  nva.push_back(constant("user-agent", "grpc-vif/1"));
  if (!deadline.is_never()) {
    timeout = format_timeout(deadline.remaining());
    nva.push_back(copied("grpc-timeout", timeout, false));
  }
  add_metadata(nva, encoded, channel_metadata);
  if (call_metadata != nullptr) add_metadata(nva, encoded, *call_metadata);

  nghttp2_data_provider provider{};
  provider.read_callback = H2Callbacks::read_data;
  link(stream);
  stream.id = nghttp2_submit_request(session_, nullptr, nva.data(), nva.size(), &provider, &stream);
  if (stream.id < 0) {
    const int problem = stream.id;
    stream.closed = true;
    stream.refused = true;
    draining_ = true;  // out of stream ids: the next call gets a new connection
    unlink(stream);
    return Error(Code::kUnavailable, fmt::format("HTTP/2: {}", nghttp2_strerror(problem)));
  }
  schedule_flush();
  return {};
}

void H2Connection::respond(H2Stream& stream, const Metadata& own_headers) {
  std::vector<std::string> encoded;
  std::vector<nghttp2_nv> nva;
  const bool alone = stream.out_end && stream.out.empty();
  nva.reserve(2 + own_headers.size() + stream.own_trailers.size());
  encoded.reserve(nva.capacity());
  nva.push_back(constant(":status", "200"));
  nva.push_back(constant("content-type", "application/grpc"));
  add_metadata(nva, encoded, own_headers);
  if (alone) {
    add_metadata(nva, encoded, stream.own_trailers);
    nghttp2_submit_response(session_, stream.id, nva.data(), nva.size(), nullptr);
  } else {
    nghttp2_data_provider provider{};
    provider.read_callback = H2Callbacks::read_data;
    nghttp2_submit_response(session_, stream.id, nva.data(), nva.size(), &provider);
  }
  schedule_flush();
}

Status H2Connection::append(H2Stream& stream, const MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  if (size > INT32_MAX) return Error(Code::kResourceExhausted, "grpc: message too large to send");
  const size_t at = stream.out.size();
  stream.out.resize(at + kFrameHeader + size);
  auto* into = reinterpret_cast<uint8_t*>(stream.out.data() + at);
  into[0] = 0;
  for (int i = 0; i < 4; ++i) into[1 + i] = static_cast<uint8_t>(size >> (24 - 8 * i));
  message.SerializeWithCachedSizesToArray(into + kFrameHeader);
  return {};
}

Status H2Connection::wait_for_room(H2Stream& stream, rt::Deadline deadline) {
  while (!stream.closed && stream.out.size() - stream.out_at > kOutHighWater) {
    stream.sender_waits = true;
    auto woken = stream.changed.wait(deadline);
    stream.sender_waits = false;
    VIF_TRY(woken);
  }
  if (stream.closed) return Error(Code::kUnavailable, "the call has ended");
  return {};
}

void H2Connection::more(H2Stream& stream) {
  if (stream.closed) return;
  if (stream.deferred) {
    stream.deferred = false;
    nghttp2_session_resume_data(session_, stream.id);
  }
  schedule_flush();
}

void H2Connection::finish(H2Stream& stream) {
  stream.out_end = true;
  more(stream);
}

void H2Connection::give_window(H2Stream& stream, size_t bytes) {
  if (bytes == 0 || stream.closed) return;
  stream.held -= bytes;
  nghttp2_session_consume_stream(session_, stream.id, bytes);
  if (nghttp2_session_want_write(session_) != 0) schedule_flush();
}

void H2Connection::received(H2Stream& stream, std::string_view bytes) {
  if (stream.in_at == stream.in.size()) {
    stream.in.clear();
    stream.in_at = 0;
  }
  stream.in.append(bytes);
  stream.held += bytes.size();
  // Somebody waits for the rest of an unfinished message: let it come. Whole messages that nobody
  // has taken keep the window closed instead.
  auto whole = has_message(stream);
  if (whole.ok() && !*whole) {
    give_window(stream, stream.held);
  } else {
    stream.changed.notify_all();
  }
}

Result<bool> H2Connection::has_message(const H2Stream& stream) const {
  const size_t available = stream.in.size() - stream.in_at;
  if (available < kFrameHeader) return false;
  const auto* head = reinterpret_cast<const uint8_t*>(stream.in.data() + stream.in_at);
  if (head[0] != 0)
    return Error(Code::kUnimplemented, "grpc: compressed messages are not supported");
  const size_t size =
      size_t{head[1]} << 24 | size_t{head[2]} << 16 | size_t{head[3]} << 8 | head[4];
  if (size > options_.message_bytes_max) {
    return Error(Code::kResourceExhausted,
                 fmt::format("grpc: received message larger than max ({} vs. {})", size,
                             options_.message_bytes_max));
  }
  return available - kFrameHeader >= size;
}

Status H2Connection::take_message(H2Stream& stream, MessageLite& message) {
  const auto* head = reinterpret_cast<const uint8_t*>(stream.in.data() + stream.in_at);
  const size_t size =
      size_t{head[1]} << 24 | size_t{head[2]} << 16 | size_t{head[3]} << 8 | head[4];
  const bool parsed = message.ParseFromArray(stream.in.data() + stream.in_at + kFrameHeader,
                                             static_cast<int>(size));
  stream.in_at += kFrameHeader + size;
  if (stream.in_at == stream.in.size()) {
    stream.in.clear();
    stream.in_at = 0;
  } else if (stream.in_at > SpareBuffers::kBytesKept && stream.in_at > stream.in.size() / 2) {
    stream.in.erase(0, stream.in_at);
    stream.in_at = 0;
  }
  auto whole = has_message(stream);
  give_window(stream,
              whole.ok() && *whole ? std::min(stream.held, kFrameHeader + size) : stream.held);
  if (!parsed) return Error(Code::kInternal, "grpc: failed to unmarshal the received message");
  return {};
}

void H2Connection::forget(H2Stream& stream, uint32_t h2_error) {
  if (stream.connection == nullptr) return;
  unlink(stream);
  stream.closed = true;
  if (stream.id < 0) return;
  nghttp2_session_set_stream_user_data(session_, stream.id, nullptr);
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, h2_error);
  schedule_flush();
}

void H2Connection::drain() {
  if (draining_ || broken_) return;
  draining_ = true;
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                        nullptr, 0);
  schedule_flush();
}

void H2Connection::header(H2Stream& stream, bool trailer, std::string_view name,
                          std::string_view value) {
  if (stream.metadata_bytes > options_.metadata_bytes_max) return;
  stream.metadata_bytes += name.size() + value.size() + 32;
  if (stream.metadata_bytes > options_.metadata_bytes_max) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_ENHANCE_YOUR_CALM);
    return;
  }
  const auto number = [&] {
    int parsed = 0;
    for (char c : value)
      parsed = c >= '0' && c <= '9' && parsed < 100'000 ? parsed * 10 + (c - '0') : -1'000'000;
    return std::max(parsed, -1);
  };
  if (!options_.server) {
    if (name == "grpc-status") {
      stream.grpc_status = value.empty() ? -1 : number();
      return;
    }
    if (name == "grpc-message") {
      stream.grpc_message = percent_decode(value);
      return;
    }
    if (name == ":status") {
      stream.http_status = number();
      return;
    }
    if (name == "content-type" || name.starts_with("grpc-")) return;
  } else if (name.starts_with(':') || name.starts_with("grpc-") || name == "content-type" ||
             name == "te") {
    on_own_header(stream, name, value);
    return;
  }
  (trailer ? stream.trailers : stream.headers)
      .emplace_back(name, is_binary_key(name) ? decode_binary(value) : std::string(value));
}

}  // namespace vif::rpc
