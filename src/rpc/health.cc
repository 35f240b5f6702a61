#include "rpc/health.h"

#include <atomic>

#include "proto/grpc_health.pb.h"
#include "rpc/typed.h"
#include "rt/fiber.h"

namespace vif::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr rt::Duration kWatchInterval = std::chrono::milliseconds(250);

}  // namespace

HealthService::HealthService() : table_(std::make_shared<const Table>(Table{{"", true}})) {}

void HealthService::set(std::string_view service, bool serving) {
  auto old = std::atomic_load(&table_);
  for (;;) {
    auto changed = std::make_shared<Table>(*old);
    (*changed)[std::string(service)] = serving;
    if (std::atomic_compare_exchange_strong(&table_, &old,
                                            std::shared_ptr<const Table>(std::move(changed))))
      return;
  }
}

void HealthService::add_to(Server& server) {
  const auto status_of = [this](const std::string& service) {
    const auto table = std::atomic_load(&table_);
    auto it = table->find(service);
    if (it == table->end()) return HealthCheckResponse::SERVICE_UNKNOWN;
    return it->second ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  };
  unary<HealthCheckRequest, HealthCheckResponse>(
      server, "/grpc.health.v1.Health/Check",
      [status_of](ServerCall&, const HealthCheckRequest& request,
                  HealthCheckResponse& response) -> Status {
        const auto status = status_of(request.service());
        if (status == HealthCheckResponse::SERVICE_UNKNOWN)
          return Error(Code::kNotFound, "unknown service");
        response.set_status(status);
        return {};
      });
  server_stream<HealthCheckRequest>(
      server, "/grpc.health.v1.Health/Watch",
      [status_of](ServerCall& call, const HealthCheckRequest& request) -> Status {
        HealthCheckResponse response;
        auto last = HealthCheckResponse::UNKNOWN;
        for (;;) {
          const auto status = status_of(request.service());
          if (status != last) {
            last = status;
            response.set_status(status);
            VIF_TRY(call.send(response));
          }
          VIF_TRY(rt::sleep_for(kWatchInterval));
        }
      });
}

}  // namespace vif::rpc
