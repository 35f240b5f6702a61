#include "vttablet/query/health_streamer.h"

namespace vif::vttablet {

Status HealthStreamer::stream(const std::function<Status(const clients::Health&)>& on_health) {
  const Error shut_down(Code::kUnavailable, "tabletserver is shutdown");
  if (closed_) return shut_down;
  Listener listener;
  const auto place = listeners_.insert(listeners_.end(), &listener);
  (void)listener.messages.try_send(std::make_shared<clients::Health>(latest_));
  const Status ended = [&]() -> Status {
    while (true) {
      const std::optional<Message> message = VIF_TRY(listener.messages.receive());
      if (!message) break;
      VIF_TRY(on_health(**message));
    }
    if (listener.overflowed) {
      return Error(
          Code::kResourceExhausted,
          "stream health buffer overflowed. client should reconnect for up-to-date status");
    }
    return shut_down;
  }();
  listeners_.erase(place);
  return ended;
}

void HealthStreamer::publish(clients::Health health) {
  const Message message = std::make_shared<clients::Health>(health);
  latest_ = std::move(health);
  latest_.changed_tables.clear();
  latest_.changed_views.clear();
  for (Listener* listener : listeners_) {
    if (listener->messages.try_send(message)) continue;
    listener->overflowed = true;
    listener->messages.close();
  }
}

void HealthStreamer::close() {
  closed_ = true;
  for (Listener* listener : listeners_) listener->messages.close();
}

}  // namespace vif::vttablet
