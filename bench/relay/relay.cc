// The yardstick: a relay of one hop that passes bytes on as they come and understands nothing of
// them.
//
//   bench_relay PORT SERVER [CORES]     e.g. bench_relay 13306 127.0.0.1:3306, or
//   unix:/run/mysqld/mysqld.sock
//
// What a proxy of ours costs beyond this is what it does for the query; what this costs beyond its
// syscalls is rt's. A signal ends it.
#include <charconv>
#include <cstdio>

#include "base/log.h"
#include "rt/fiber.h"
#include "rt/net.h"

namespace vif::bench {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Relayed;

// One direction. Between messages it is parked: no fiber, no stack.
class Pump final : public rt::Parked {
 public:
  Pump(Relayed& whole, rt::Stream& from, rt::Stream& to) : whole_(whole), from_(from), to_(to) {}
  void start() { from_.park(*this, rt::Deadline::in(hours(8))); }
  void on_wake(rt::Wake reason) override;

 private:
  // False when there is nothing more to carry.
  bool carry();

  Relayed& whole_;
  rt::Stream& from_;
  rt::Stream& to_;
};

// A client and its server connection; gone when both directions have ended.
class Relayed {
 public:
  Relayed(std::unique_ptr<rt::Stream> client, std::unique_ptr<rt::Stream> server)
      : client_(std::move(client)), server_(std::move(server)) {}
  void start() {
    up_.start();
    down_.start();
  }
  void ended() {
    client_->close();  // wakes the other direction, if it still lives
    server_->close();
    if (--directions_ == 0) delete this;
  }

 private:
  std::unique_ptr<rt::Stream> client_, server_;
  Pump up_{*this, *client_, *server_};
  Pump down_{*this, *server_, *client_};
  int directions_ = 2;
};

void Pump::on_wake(rt::Wake reason) {
  if (reason == rt::Wake::kReadable && carry()) {
    from_.park(*this, rt::Deadline::in(hours(8)));
  } else {
    whole_.ended();
  }
}

bool Pump::carry() {
  char buffer[32 * 1024];
  const rt::Deadline deadline = rt::Deadline::in(seconds(60));
  for (;;) {
    const Result<size_t> got = from_.read_some(buffer, deadline);
    if (!got.ok() || *got == 0) return false;
    if (!to_.write_all(std::string_view(buffer, *got), deadline).ok()) return false;
    if (*got < sizeof buffer) return true;
  }
}

Status accept_all(uint16_t port, const rt::Address& server, bool reuse_port) {
  rt::ListenOptions options;
  options.reuse_port = reuse_port;
  auto listener = VIF_TRY(rt::listen(rt::Address::tcp("127.0.0.1", port), options));
  rt::TaskGroup dialling;
  for (;;) {
    auto client = VIF_TRY(listener->accept());
    dialling.spawn([&server, client = std::move(client)]() mutable {
      auto dialled = rt::dial(server, rt::Deadline::in(seconds(5)));
      if (!dialled.ok()) {
        VIF_LOG(kWarning, "{}", dialled.error().to_string());
        return;
      }
      (new Relayed(std::move(client), std::move(*dialled)))->start();
    });
  }
}

Status serve(uint16_t port, const rt::Address& server, int cores) {
  // Signals end the process: a yardstick has nothing to clean up.
  for (int core = 1; core < cores; ++core) {
    rt::post(core,
             [=] { VIF_LOG(kError, "{}", accept_all(port, server, true).error().to_string()); });
  }
  return accept_all(port, server, cores > 1);
}

int run(int argc, char** argv) {
  uint16_t port = 0;
  int cores = 1;
  const auto number = [](const char* text, auto& into) {
    const std::string_view digits(text);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (argc < 3 || argc > 4 || !number(argv[1], port) || (argc == 4 && !number(argv[3], cores))) {
    std::fprintf(stderr, "usage: bench_relay PORT SERVER [CORES]\n");
    return 2;
  }
  const Result<rt::Address> server = rt::Address::parse(argv[2]);
  const Status status =
      !server.ok() ? Status(server.error())
                   : rt::run({.cores = cores}, [&] { return serve(port, *server, cores); });
  if (status.ok()) return 0;
  std::fprintf(stderr, "bench_relay: %s\n", status.error().to_string().c_str());
  return 1;
}

}  // namespace
}  // namespace vif::bench

int main(int argc, char** argv) { return vif::bench::run(argc, argv); }
