// Tells every listener of StreamHealth how this tablet is: at once, on every change, and at every
// tick.
#pragma once

#include <functional>
#include <list>
#include <memory>

#include "base/result.h"
#include "clients/query_service.h"
#include "rt/sync.h"

namespace vif::vttablet {

class HealthStreamer {
 public:
  // Calls `on_health` with the latest and then every published health. Waits until it returns an
  // error, the fiber is cancelled (kCanceled), close() (kUnavailable "tabletserver is shutdown"),
  // or the listener is 20 messages behind (kResourceExhausted, as Vitess does).
  Status stream(const std::function<Status(const clients::Health&)>& on_health);

  // Becomes the latest; its changed tables go out this once only.
  void publish(clients::Health health);
  const clients::Health& latest() const { return latest_; }
  void close();

 private:
  using Message = std::shared_ptr<const clients::Health>;
  struct Listener {
    rt::Channel<Message> messages{20};
    bool overflowed = false;
  };
  clients::Health latest_;
  std::list<Listener*> listeners_;
  bool closed_ = false;
};

}  // namespace vif::vttablet
