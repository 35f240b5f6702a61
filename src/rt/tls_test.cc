#include "rt/tls.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "rt/fiber.h"
#include "rt/sync.h"

namespace vif::rt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Secured {
  std::unique_ptr<Stream> near, far;  // near is the client's side
};

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/vif-rt-tls-XXXXXX";
    dir_ = ::mkdtemp(pattern);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string cert(const std::string& name) const { return dir_ + "/" + name + ".crt"; }
  std::string key(const std::string& name) const { return dir_ + "/" + name + ".key"; }
  Status make(const std::string& name) const {
    return make_self_signed(name, cert(name), key(name));
  }

  TlsServerOptions server_options() const {
    TlsServerOptions options;
    options.cert_path = cert("db.test");
    options.key_path = key("db.test");
    return options;
  }
  TlsClientOptions client_options() const {
    TlsClientOptions options;
    options.ca_path = cert("db.test");
    options.server_name = "db.test";
    return options;
  }

  static Result<Secured> handshake(const TlsServerOptions& server, const TlsClientOptions& client,
                                   std::string_view client_alpn = {},
                                   std::string_view server_alpn = {}) {
    const TlsContextPtr server_context = VIF_TRY(tls_server_context(server));
    const TlsContextPtr client_context = VIF_TRY(tls_client_context(client));
    auto listener = VIF_TRY(listen(Address::tcp("127.0.0.1", 0)));
    auto near = VIF_TRY(dial(listener->address(), Deadline::in(seconds(5))));
    auto far = VIF_TRY(listener->accept(Deadline::in(seconds(5))));
    Result<std::unique_ptr<Stream>> accepted = Error(Code::kUnknown, "not yet");
    TaskGroup group;
    group.spawn([&] {
      // As MySQL does it: some bytes were read before it turned out to be TLS.
      char first[5];
      const auto got = far->read_some(first, Deadline::in(seconds(5)));
      ASSERT_TRUE(got.ok());
      accepted = tls_accept(std::move(far), server_context, Deadline::in(seconds(5)),
                            std::string_view(first, *got), server_alpn);
    });
    Result<std::unique_ptr<Stream>> connected =
        tls_connect(std::move(near), client_context, "", Deadline::in(seconds(5)), client_alpn);
    if (!connected.ok()) group.cancel();
    VIF_TRY(group.wait());
    if (!connected.ok()) return connected.error();
    if (!accepted.ok()) return accepted.error();
    return Secured{std::move(*connected), std::move(*accepted)};
  }

  void in_run(const std::function<Status()>& body) {
    const Status status = run({}, [&]() -> Status {
      VIF_TRY(make("db.test"));
      return body();
    });
    EXPECT_TRUE(status.ok()) << status.error().to_string();
  }

  std::string dir_;
};

Result<std::string> read_exactly(Stream& stream, size_t size) {
  std::string text;
  char buffer[5000];
  while (text.size() < size) {
    const size_t room = std::min(sizeof buffer, size - text.size());
    const size_t got =
        VIF_TRY(stream.read_some(std::span(buffer, room), Deadline::in(seconds(10))));
    if (got == 0) return Error(Code::kUnavailable, "end");
    text.append(buffer, got);
  }
  return text;
}

TEST_F(Tls, CarriesBytesBothWaysAtOnce) {
  in_run([&]() -> Status {
    Secured pair = VIF_TRY(handshake(server_options(), client_options()));
    EXPECT_TRUE(pair.near->is_tls());
    EXPECT_EQ(pair.near->peer_common_name(), "db.test");
    std::string big(3'000'000, 'b');
    for (size_t i = 0; i < big.size(); i += 101) big[i] = static_cast<char>(i);
    TaskGroup group;
    for (Stream* from : {pair.near.get(), pair.far.get()}) {
      group.spawn([&, from] {
        const std::string_view pieces[] = {"ab", "", std::string_view(big).substr(0, 20'000), "cd",
                                           big};
        EXPECT_TRUE(from->write_all(pieces, Deadline::in(seconds(20))).ok());
      });
      group.spawn([&, from] {
        const auto text = read_exactly(*from, big.size() + 20'004);
        EXPECT_TRUE(text.ok() && *text == "ab" + big.substr(0, 20'000) + "cd" + big);
      });
    }
    VIF_TRY(group.wait());
    pair.near->shutdown_write();
    char byte[1];
    EXPECT_EQ(VIF_TRY(pair.far->read_some(byte, Deadline::in(seconds(5)))), 0u);
    return {};
  });
}

TEST_F(Tls, TryWriteNeverLosesWhatItTook) {
  in_run([&]() -> Status {
    Secured pair = VIF_TRY(handshake(server_options(), client_options()));
    const std::string block(100'000, 'w');
    size_t taken = 0;
    while (const size_t count = VIF_TRY(pair.near->try_write(block))) taken += count;
    EXPECT_GT(taken, 0u);
    EXPECT_EQ(VIF_TRY(read_exactly(*pair.far, taken)), std::string(taken, 'w'));
    VIF_TRY(pair.near->wait_writable(Deadline::in(seconds(5))));
    EXPECT_GT(VIF_TRY(pair.near->try_write("more")), 0u);
    EXPECT_EQ(VIF_TRY(read_exactly(*pair.far, 4)), "more");
    return {};
  });
}

// What of the record went out is unknown: bytes behind it would be taken for its rest.
TEST_F(Tls, NothingIsWrittenBehindAWriteThatEndedMidway) {
  in_run([&]() -> Status {
    Secured pair = VIF_TRY(handshake(server_options(), client_options()));
    const std::string big(32 << 20, 'x');
    EXPECT_EQ(pair.near->write_all(big, Deadline::in(std::chrono::milliseconds(50))).error().code(),
              Code::kDeadlineExceeded);
    TaskGroup reader;
    reader.spawn([&] {
      char buffer[5000];
      while (true) {
        const auto got = pair.far->read_some(buffer, Deadline::in(seconds(5)));
        if (!got.ok() || *got == 0) return;
      }
    });
    EXPECT_EQ(pair.near->write_all("more", Deadline::in(seconds(5))).error().code(),
              Code::kUnavailable);
    pair.near->close();
    return reader.wait();
  });
}

TEST_F(Tls, RefusesWhomItCannotVerify) {
  in_run([&]() -> Status {
    VIF_TRY(make("other.test"));
    TlsClientOptions stranger = client_options();
    stranger.ca_path = cert("other.test");
    const auto unknown = handshake(server_options(), stranger);
    EXPECT_EQ(unknown.error().code(), Code::kUnavailable);
    EXPECT_NE(unknown.error().message().find("self-signed"), std::string::npos)
        << unknown.error().message();
    TlsClientOptions misnamed = client_options();
    misnamed.server_name = "elsewhere.test";
    EXPECT_NE(handshake(server_options(), misnamed).error().message().find("ostname"),
              std::string::npos);
    misnamed.verify = false;
    EXPECT_TRUE(handshake(server_options(), misnamed).ok());
    return {};
  });
}

TEST_F(Tls, AsksForClientCertificates) {
  in_run([&]() -> Status {
    VIF_TRY(make("alice"));
    TlsServerOptions server = server_options();
    server.ca_path = cert("alice");
    EXPECT_FALSE(handshake(server, client_options()).ok());
    TlsClientOptions client = client_options();
    client.cert_path = cert("alice");
    client.key_path = key("alice");
    const Secured pair = VIF_TRY(handshake(server, client));
    EXPECT_EQ(pair.far->peer_common_name(), "alice");
    return {};
  });
}

TEST_F(Tls, AgreesOnAProtocol) {
  in_run([&]() -> Status {
    EXPECT_TRUE(handshake(server_options(), client_options(), "h2", "h2").ok());
    EXPECT_TRUE(handshake(server_options(), client_options(), "h2", "").ok());
    EXPECT_FALSE(handshake(server_options(), client_options(), "http/1.1", "h2").ok());
    return {};
  });
}

TEST_F(Tls, NamesTheFileThatIsNoGood) {
  in_run([&]() -> Status {
    TlsServerOptions options = server_options();
    options.cert_path = dir_ + "/absent.crt";
    EXPECT_NE(tls_server_context(options).error().message().find("absent.crt"), std::string::npos);
    options = server_options();
    options.key_path = cert("db.test");
    EXPECT_NE(tls_server_context(options).error().message().find("private key"), std::string::npos);
    options = server_options();
    options.min_version = "SSLv3";
    EXPECT_EQ(tls_server_context(options).error().code(), Code::kInvalidArgument);
    return {};
  });
}

// Several records in one packet: what OpenSSL or we hold already must wake a parked owner.
TEST_F(Tls, ParkSeesWhatIsDecryptedOrBuffered) {
  struct Reader : Parked {
    Stream* stream = nullptr;
    std::string text;
    int wakes = 0;
    Event end;
    void on_wake(Wake reason) override {
      EXPECT_EQ(reason, Wake::kReadable);
      ++wakes;
      char buffer[3];
      const auto got = stream->read_some(buffer, Deadline::in(seconds(5)));
      ASSERT_TRUE(got.ok());
      if (*got == 0) return end.set();
      text.append(buffer, *got);
      stream->park(*this, Deadline::in(seconds(5)));
    }
  };
  in_run([&]() -> Status {
    Secured pair = VIF_TRY(handshake(server_options(), client_options()));
    Reader reader;
    reader.stream = pair.far.get();
    for (const char* word : {"first.", "second.", "third."}) {
      VIF_TRY(pair.near->write_all(word, Deadline::never()));
    }
    VIF_TRY(sleep_for(milliseconds(2)));
    pair.far->park(reader, Deadline::in(seconds(5)));
    VIF_TRY(sleep_for(milliseconds(5)));
    EXPECT_EQ(reader.text, "first.second.third.");
    VIF_TRY(pair.near->write_all("late.", Deadline::never()));
    VIF_TRY(sleep_for(milliseconds(5)));
    EXPECT_EQ(reader.text, "first.second.third.late.");
    const int wakes = reader.wakes;
    VIF_TRY(sleep_for(milliseconds(5)));
    EXPECT_EQ(reader.wakes, wakes);
    pair.near->shutdown_write();
    return reader.end.wait(Deadline::in(seconds(5)));
  });
}

}  // namespace
}  // namespace vif::rt
