#include "local/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>

#include "rt/fiber.h"

namespace vif::local {

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<FolderLock> FolderLock::take(const std::string& path, rt::Deadline deadline) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    return Error(Code::kInternal, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  FolderLock lock(fd);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (deadline.passed())
      return Error(Code::kAlreadyExists, "another supervisor runs in this data folder");
    VIF_TRY(rt::sleep_for(std::chrono::milliseconds(10)));
  }
  return lock;
}

}  // namespace vif::local
