// A server's side of the lean frame (lean.h): its calls run the same handlers as gRPC's. Internal
// to rpc/.
#pragma once

#include "rpc/handlers.h"
#include "rpc/lean.h"

namespace vif::rpc {

class LeanServerCall;

class LeanServerLink final : public LeanLink {
 public:
  // All references outlive the link. `instance` is what our hello says.
  LeanServerLink(std::unique_ptr<rt::Stream> stream, const LeanOptions& lean,
                 const ServerOptions& options, const Handlers& handlers, uint64_t instance,
                 std::string_view already_read);
  ~LeanServerLink() override;

  // Until the connection has ended and every handler has returned. Waits.
  void run();
  // Says that no more calls are taken, and closes when the last has ended.
  void drain();

 private:
  friend class LeanServerCall;

  Status on_frame(const LeanHead& head, std::string_view payload) override;
  Status on_oversize(const LeanHead& head) override;
  void on_broken() override {}
  bool has_calls() const override { return running_ != 0; }
  Status on_hello(std::string_view payload);
  Status on_method(const LeanHead& head, std::string_view path);
  Status on_request(const LeanHead& head, std::string_view payload);
  void refuse(uint32_t id, const Error& error, uint8_t flags);
  void run_call(LeanServerCall& call);
  LeanServerCall* find(uint32_t id) const {
    return id < calls_.size() ? calls_[id].get() : nullptr;
  }

  const ServerOptions& options_;
  const Handlers& handlers_;
  const uint64_t instance_;
  bool greeted_ = false;
  bool draining_ = false;
  Metadata metadata_;
  int64_t window_bytes_ = 0;
  struct Method {
    std::string path;
    Result<const Handler*> handler;
  };
  std::vector<Method> methods_;
  std::vector<std::unique_ptr<LeanServerCall>>
      calls_;  // by number; kept for the next call of that number
  size_t running_ = 0;
  rt::WaitQueue idle_;
};

}  // namespace vif::rpc
