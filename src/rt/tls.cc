#include "rt/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "rt/scheduler.h"
#include "rt/tls_context.h"

namespace vif::rt {
namespace {

constexpr size_t kRecord = 16 * 1024;  // a TLS record's most
constexpr size_t kReadSize = kRecord + 512;
constexpr size_t kFlushSize = 4 * kRecord;

// OpenSSL never waits here: it takes what it reads from in_ and leaves what it writes in out_; the
// fibers carry both. So one fiber may wait to read while another writes.
class TlsStream final : public Stream, private Runnable {
 public:
  TlsStream(std::unique_ptr<Stream> inner, TlsContextPtr context, std::string_view already_read);
  ~TlsStream();

  Status accept(std::string_view alpn, Deadline deadline);
  Status connect(const std::string& server_name, std::string_view alpn, Deadline deadline);

  Result<size_t> read_some(std::span<char> into, Deadline deadline) override;
  Status write_all(std::span<const std::string_view> pieces, Deadline deadline) override;
  Result<size_t> try_write(std::string_view bytes) override;
  Status wait_writable(Deadline deadline) override;
  void park(Parked& owner, Deadline deadline) override;
  void unpark() override;
  void shutdown_write() override;
  void close() override;
  bool is_tls() const override { return true; }
  bool is_unix() const override { return inner_->is_unix(); }
  std::string local_address() const override { return inner_->local_address(); }
  std::string peer_address() const override { return inner_->peer_address(); }
  std::string peer_common_name() const override;
  int fd() const override { return inner_->fd(); }

 private:
  static int bio_read(BIO* bio, char* into, int size);
  static int bio_write(BIO* bio, const char* bytes, int size);
  static long bio_control(BIO* bio, int command, long, void*);
  static BIO_METHOD* bio_method();
  Status handshake(Deadline deadline);
  // More bytes into in_. False: the peer has finished.
  Result<bool> fill(Deadline deadline);
  Status flush(Deadline deadline);
  // Encrypts; at most a few records at a time reach out_.
  Status encrypt(std::string_view bytes);
  Error failure();
  void flush_later();

  std::unique_ptr<Stream> inner_;
  TlsContextPtr context_;
  SSL* ssl_;
  Scheduler& scheduler_;
  const uint32_t host_ = scheduler_.fiber()->host;
  std::string in_;
  size_t in_taken_ = 0;
  std::string out_;
  Mutex writing_;        // held while bytes of out_ are on their way
  bool broken_ = false;  // a write ended midway: what was sent is unknown
  std::unique_ptr<TaskGroup> flusher_;
  Parked* owner_ = nullptr;  // of a wake of our own making
};

BIO_METHOD* TlsStream::bio_method() {
  // Immutable once made.
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rt");
    BIO_meth_set_read(made, &TlsStream::bio_read);
    BIO_meth_set_write(made, &TlsStream::bio_write);
    BIO_meth_set_ctrl(made, &TlsStream::bio_control);
    return made;
  }();
  return method;
}

int TlsStream::bio_read(BIO* bio, char* into, int size) {
  auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const size_t count = std::min(static_cast<size_t>(size), self.in_.size() - self.in_taken_);
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, self.in_.data() + self.in_taken_, count);
  self.in_taken_ += count;
  return static_cast<int>(count);
}

int TlsStream::bio_write(BIO* bio, const char* bytes, int size) {
  static_cast<TlsStream*>(BIO_get_data(bio))->out_.append(bytes, static_cast<size_t>(size));
  return size;
}

long TlsStream::bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

TlsStream::TlsStream(std::unique_ptr<Stream> inner, TlsContextPtr context,
                     std::string_view already_read)
    : inner_(std::move(inner)),
      context_(std::move(context)),
      ssl_(SSL_new(context_->ssl)),
      scheduler_(Scheduler::current()),
      in_(already_read) {
  VIF_ASSERT(ssl_ != nullptr);
  BIO* bio = BIO_new(bio_method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  Runnable::run = [](Runnable* runnable) {
    auto& self = *static_cast<TlsStream*>(runnable);
    self.scheduler_.fiber()->host = self.host_;
    std::exchange(self.owner_, nullptr)->on_wake(Wake::kReadable);
  };
}

TlsStream::~TlsStream() {
  if (owner_ != nullptr) scheduler_.take_back(*this);
  flusher_.reset();
  SSL_free(ssl_);
}

Status TlsStream::accept(std::string_view alpn, Deadline deadline) {
  SSL_set_app_data(ssl_, &alpn);
  SSL_set_accept_state(ssl_);
  const Status status = handshake(deadline);
  SSL_set_app_data(ssl_, nullptr);
  return status;
}

Status TlsStream::connect(const std::string& server_name, std::string_view alpn,
                          Deadline deadline) {
  const std::string& name = server_name.empty() ? context_->server_name : server_name;
  if (!name.empty()) {
    unsigned char any[16];
    const bool is_ip = ::inet_pton(AF_INET, name.c_str(), any) == 1 ||
                       ::inet_pton(AF_INET6, name.c_str(), any) == 1;
    if (!is_ip) SSL_set_tlsext_host_name(ssl_, name.c_str());
    if (context_->verify && is_ip)
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), name.c_str());
    if (context_->verify && !is_ip) SSL_set1_host(ssl_, name.c_str());
  }
  if (!alpn.empty()) {
    const std::string wire = static_cast<char>(alpn.size()) + std::string(alpn);
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned>(wire.size()));
  }
  SSL_set_connect_state(ssl_);
  return handshake(deadline);
}

Error TlsStream::failure() {
  const long verdict = SSL_get_verify_result(ssl_);
  std::string reason = openssl_reason();
  if (verdict != X509_V_OK) reason += fmt::format(" ({})", X509_verify_cert_error_string(verdict));
  return Error(Code::kUnavailable, "TLS: " + reason);
}

Status TlsStream::handshake(Deadline deadline) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    const int error = SSL_get_error(ssl_, result);
    Error failed = failure();
    // On failure too: the alert tells the peer why.
    const Status flushed = flush(deadline);
    if (result == 1) return flushed;
    if (error != SSL_ERROR_WANT_READ) return failed;
    VIF_TRY(flushed);
    if (!VIF_TRY(fill(deadline)))
      return Error(Code::kUnavailable, "TLS: the peer left during the handshake");
  }
}

Result<bool> TlsStream::fill(Deadline deadline) {
  char buffer[kReadSize];
  const size_t got = VIF_TRY(inner_->read_some(buffer, deadline));
  in_.erase(0, std::exchange(in_taken_, 0));
  in_.append(buffer, got);
  return got > 0;
}

Result<size_t> TlsStream::read_some(std::span<char> into, Deadline deadline) {
  const int room = static_cast<int>(std::min<size_t>(into.size(), INT32_MAX));
  if (in_taken_ == in_.size() && !SSL_has_pending(ssl_) && !VIF_TRY(fill(deadline))) return 0;
  for (;;) {
    ERR_clear_error();
    const int count = SSL_read(ssl_, into.data(), room);
    if (count > 0) {
      if (!out_.empty()) VIF_TRY(flush(deadline));
      return static_cast<size_t>(count);
    }
    const int error = SSL_get_error(ssl_, count);
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    if (error != SSL_ERROR_WANT_READ) return failure();
    VIF_TRY(flush(deadline));
    if (!VIF_TRY(fill(deadline))) return 0;
  }
}

Status TlsStream::encrypt(std::string_view bytes) {
  if (broken_) return Error(Code::kUnavailable, "TLS: an earlier write failed");
  while (!bytes.empty()) {
    ERR_clear_error();
    const int count =
        SSL_write(ssl_, bytes.data(), static_cast<int>(std::min(bytes.size(), kRecord)));
    if (count <= 0) return failure();
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Status TlsStream::flush(Deadline deadline) {
  while (!out_.empty()) {
    VIF_TRY(writing_.lock(deadline));
    std::string batch;
    batch.swap(out_);
    const Status written = batch.empty() ? Status() : inner_->write_all(batch, deadline);
    if (!written.ok()) broken_ = true;
    writing_.unlock();
    VIF_TRY(written);
  }
  return {};
}

Status TlsStream::write_all(std::span<const std::string_view> pieces, Deadline deadline) {
  // Small pieces share a record: each costs 29 bytes and a call of the cipher.
  std::string gathered;
  for (const std::string_view piece : pieces) {
    if (pieces.size() == 1 || piece.size() >= kRecord) {
      VIF_TRY(encrypt(gathered));
      gathered.clear();
      for (size_t at = 0; at < piece.size(); at += kFlushSize) {
        VIF_TRY(encrypt(piece.substr(at, kFlushSize)));
        VIF_TRY(flush(deadline));
      }
      continue;
    }
    gathered += piece;
    if (gathered.size() < kRecord) continue;
    VIF_TRY(encrypt(gathered));
    VIF_TRY(flush(deadline));
    gathered.clear();
  }
  VIF_TRY(encrypt(gathered));
  return flush(deadline);
}

Result<size_t> TlsStream::try_write(std::string_view bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && out_.empty() && writing_.try_lock()) {
    const std::string_view record = bytes.substr(taken, kRecord);
    Status status = encrypt(record);
    while (status.ok() && !out_.empty()) {
      const Result<size_t> sent = inner_->try_write(out_);
      if (!sent.ok()) status = sent.error();
      if (!sent.ok() || *sent == 0) break;
      out_.erase(0, *sent);
    }
    writing_.unlock();
    VIF_TRY(status);
    taken += record.size();
  }
  // The rest of a record that was begun must follow, though nobody may ask again.
  if (!out_.empty()) flush_later();
  return taken;
}

void TlsStream::flush_later() {
  if (flusher_ == nullptr) {
    std::optional<Uncancelled> outlives_the_caller;
    if (scheduler_.fiber() != nullptr) outlives_the_caller.emplace();
    flusher_ = std::make_unique<TaskGroup>();
  }
  if (flusher_->running() > 0) return;
  flusher_->spawn([this] {
    const Status flushed = flush(Deadline::never());
    if (!flushed.ok()) broken_ = true;
  });
}

Status TlsStream::wait_writable(Deadline deadline) {
  VIF_TRY(flush(deadline));
  VIF_TRY(writing_.lock(deadline));
  writing_.unlock();
  return inner_->wait_writable(deadline);
}

void TlsStream::park(Parked& owner, Deadline deadline) {
  VIF_ASSERT(owner_ == nullptr);
  bool readable = SSL_pending(ssl_) > 0;
  if (!readable && in_taken_ < in_.size()) {
    // Records that came along with what was read. Part of one is nothing to wake for.
    char byte;
    ERR_clear_error();
    const int count = SSL_peek(ssl_, &byte, 1);
    readable = count > 0 || SSL_get_error(ssl_, count) != SSL_ERROR_WANT_READ;
  }
  if (readable) {
    owner_ = &owner;
    scheduler_.start(*this);
    return;
  }
  if (in_taken_ == in_.size()) {
    in_ = std::string();
    in_taken_ = 0;
  }
  inner_->park(owner, deadline);
}

void TlsStream::unpark() {
  if (owner_ == nullptr) inner_->unpark();
}

void TlsStream::shutdown_write() {
  ERR_clear_error();
  SSL_shutdown(ssl_);
  // Best effort: this does not wait.
  if (!out_.empty() && writing_.try_lock()) {
    const Result<size_t> sent = inner_->try_write(out_);
    out_.erase(0, sent.ok() ? *sent : out_.size());
    writing_.unlock();
  }
  inner_->shutdown_write();
}

void TlsStream::close() { inner_->close(); }

std::string TlsStream::peer_common_name() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr || SSL_get_verify_result(ssl_) != X509_V_OK ||
      (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) == 0) {
    return {};
  }
  X509_NAME* subject = X509_get_subject_name(certificate);
  const int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (place < 0) return {};
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return name;
}

}  // namespace

Result<std::unique_ptr<Stream>> tls_accept(std::unique_ptr<Stream> stream, TlsContextPtr context,
                                           Deadline deadline, std::string_view already_read,
                                           std::string_view alpn) {
  auto tls = std::make_unique<TlsStream>(std::move(stream), std::move(context), already_read);
  VIF_TRY(tls->accept(alpn, deadline));
  return std::unique_ptr<Stream>(std::move(tls));
}

Result<std::unique_ptr<Stream>> tls_connect(std::unique_ptr<Stream> stream, TlsContextPtr context,
                                            const std::string& server_name, Deadline deadline,
                                            std::string_view alpn) {
  auto tls = std::make_unique<TlsStream>(std::move(stream), std::move(context), std::string_view());
  VIF_TRY(tls->connect(server_name, alpn, deadline));
  return std::unique_ptr<Stream>(std::move(tls));
}

}  // namespace vif::rt
