// One flush a loop turn, however often it was asked for: what many fibers have written leaves in
// one syscall.
#pragma once

#include "rt/fiber.h"

namespace vif::rpc {

// Owned by a connection, whose flush() it calls before the loop polls; a connection that has gone
// by then is not called.
template <class Connection>
class TurnFlush {
 public:
  explicit TurnFlush(Connection& connection) : state_(new State{&connection}) {}
  TurnFlush(const TurnFlush&) = delete;
  TurnFlush& operator=(const TurnFlush&) = delete;
  ~TurnFlush() {
    if (state_->scheduled) {
      state_->connection = nullptr;
    } else {
      delete state_;
    }
  }

  void schedule() {
    if (state_->scheduled) return;
    state_->scheduled = true;
    rt::before_poll([state = state_] {
      state->scheduled = false;
      if (state->connection == nullptr) {
        delete state;
      } else {
        state->connection->flush();
      }
    });
  }

 private:
  struct State {
    Connection* connection;
    bool scheduled = false;
  };
  State* state_;
};

}  // namespace vif::rpc
