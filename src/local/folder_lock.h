// The lock on a data folder: whoever holds it may start, stop and remove what is in there.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "rt/time.h"

namespace vif::local {

// Held until destroyed, or until the process has ended, however it ends.
class FolderLock {
 public:
  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

  // Waits for another holder until `deadline`, one that has passed asks once. Makes the file, not
  // its folder. Errors: kAlreadyExists when another process holds it still, kInternal when the file
  // cannot be opened.
  static Result<FolderLock> take(const std::string& path, rt::Deadline deadline);

 private:
  explicit FolderLock(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace vif::local
