#include "topo/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <map>

#include "rt/fiber.h"
#include "rt/net.h"
#include "rt/sync.h"

namespace vif::topo {
namespace {

namespace fs = std::filesystem;

constexpr rt::Duration kRescanEvery =
    std::chrono::seconds(5);  // for file systems that inotify cannot see

Error system_error(std::string_view what, std::string_view path) {
  return Error(Code::kUnavailable,
               fmt::format("topo: {} {}: {}", what, path, std::generic_category().message(errno)));
}

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd(const Fd&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

uint64_t fnv1a(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return hash;
}

// What a rescan compares before it reads: a rename always brings another inode or another time.
struct Identity {
  ino_t inode = 0;
  int64_t mtime_ns = 0;
  off_t size = 0;
  bool operator==(const Identity&) const = default;
};

Identity identity_of(const struct stat& st) {
  return {st.st_ino, st.st_mtim.tv_sec * 1'000'000'000 + st.st_mtim.tv_nsec, st.st_size};
}

// A file's record and identity; nullopt when there is none.
struct Loaded {
  File file;
  Identity identity;
};

// The directory of one cell, and the calls on it that block; run them on the offload pool.
class Directory {
 public:
  explicit Directory(std::string base) : base_(std::move(base)) {}

  const std::string& base() const { return base_; }
  std::string absolute(std::string_view path) const {
    return path.empty() ? base_ : fmt::format("{}/{}", base_, path);
  }
  std::string locks_dir() const { return base_ + "/.locks"; }
  // Opened for writing and closed by every change, which inotify reports.
  std::string change_mark() const { return locks_dir() + "/changes"; }

  Status prepare() const {
    std::error_code ec;
    fs::create_directories(locks_dir(), ec);
    if (ec)
      return Error(Code::kUnavailable,
                   fmt::format("topo: cannot make {}: {}", locks_dir(), ec.message()));
    Fd mark(::open(change_mark().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!mark.ok()) return system_error("cannot open", change_mark());
    return {};
  }

  Result<std::optional<Loaded>> load(std::string_view path) const {
    const std::string name = absolute(path);
    Fd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat st;
    if (!fd.ok() || ::fstat(fd.get(), &st) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::optional<Loaded>();
      return system_error("cannot read", name);
    }
    if (S_ISDIR(st.st_mode)) return std::optional<Loaded>();
    std::string contents(static_cast<size_t>(st.st_size), '\0');
    size_t at = 0;
    while (at < contents.size()) {
      const ssize_t n = ::read(fd.get(), contents.data() + at, contents.size() - at);
      if (n < 0) return system_error("cannot read", name);
      if (n == 0) break;
      at += static_cast<size_t>(n);
    }
    contents.resize(at);
    const Identity identity = identity_of(st);
    Version version =
        fmt::format("{:x}-{:x}-{:x}", identity.inode, identity.mtime_ns, fnv1a(contents));
    return std::optional<Loaded>(
        Loaded{{std::string(path), std::move(contents), std::move(version)}, identity});
  }

  // Runs `change` while no other process changes this cell, and tells the watchers.
  template <typename Function>
  auto exclusively(Function change) const -> decltype(change()) {
    Fd mark(::open(change_mark().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!mark.ok()) return system_error("cannot open", change_mark());
    while (::flock(mark.get(), LOCK_EX) != 0) {
      if (errno != EINTR) return system_error("cannot lock", change_mark());
    }
    return change();
  }

  Result<Version> write(std::string_view path, std::string_view contents) const {
    const std::string name = absolute(path);
    std::error_code ec;
    fs::create_directories(fs::path(name).parent_path(), ec);
    if (ec)
      return Error(Code::kUnavailable,
                   fmt::format("topo: cannot make the directory of {}: {}", name, ec.message()));
    const std::string temporary = fmt::format("{}/write.{}", locks_dir(), ::getpid());
    {
      Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
      if (!fd.ok()) return system_error("cannot write", temporary);
      for (std::string_view rest = contents; !rest.empty();) {
        const ssize_t n = ::write(fd.get(), rest.data(), rest.size());
        if (n < 0) return system_error("cannot write", temporary);
        rest.remove_prefix(static_cast<size_t>(n));
      }
    }
    if (::rename(temporary.c_str(), name.c_str()) != 0) return system_error("cannot write", name);
    const std::optional<Loaded> loaded = VIF_TRY(load(path));
    if (!loaded) return no_node(path);
    return loaded->file.version;
  }

  Status remove(std::string_view path) const {
    const std::string name = absolute(path);
    if (::unlink(name.c_str()) != 0) return system_error("cannot remove", name);
    // A directory exists as long as something is in it.
    for (fs::path dir = fs::path(name).parent_path(); dir.native().size() > base_.size();
         dir = dir.parent_path()) {
      if (::rmdir(dir.c_str()) != 0) break;
    }
    return {};
  }

  Result<std::vector<DirEntry>> list_dir(std::string_view path) const {
    std::vector<DirEntry> entries;
    std::error_code ec;
    for (fs::directory_iterator it(absolute(path), ec), end; !ec && it != end; it.increment(ec)) {
      const std::string name = it->path().filename();
      if (name == ".locks") continue;
      entries.push_back({name, it->is_directory(ec), false});
    }
    if (entries.empty()) return no_node(path);
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  // Paths and identities of all files under `dir`.
  std::map<std::string, Identity> scan(std::string_view dir) const {
    std::map<std::string, Identity> found;
    std::error_code ec;
    for (fs::recursive_directory_iterator it(absolute(dir), ec), end; !ec && it != end;
         it.increment(ec)) {
      if (it->path().filename() == ".locks") {
        it.disable_recursion_pending();
        continue;
      }
      struct stat st;
      if (::stat(it->path().c_str(), &st) != 0 || !S_ISREG(st.st_mode)) continue;
      found.emplace(it->path().native().substr(base_.size() + 1), identity_of(st));
    }
    return found;
  }

 private:
  std::string base_;
};

// Runs `work` on the offload pool and gives what it returned.
template <typename Function>
auto offloaded(Function work) -> decltype(work()) {
  std::optional<decltype(work())> result;
  rt::offload([&] { result.emplace(work()); });
  return std::move(*result);
}

// Wakes watchers when the cell's change mark is written: one inotify instance for each watch.
class ChangeSignal {
 public:
  explicit ChangeSignal(const std::string& file, uint32_t events = IN_CLOSE_WRITE)
      : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (fd_.ok()) ::inotify_add_watch(fd_.get(), file.c_str(), events);
  }
  // Until something may have changed. Errors: kCanceled, kDeadlineExceeded.
  Status wait(rt::Deadline deadline) {
    const rt::Deadline rescan = rt::Deadline::in(kRescanEvery);
    const rt::Deadline until = deadline.earlier(rescan);
    const Status waited =
        fd_.ok() ? rt::wait_readable(fd_.get(), until) : rt::sleep_until(until.instant());
    if (!waited.ok() && waited.error().code() == Code::kDeadlineExceeded && !deadline.passed())
      return {};
    char drained[4096];
    while (fd_.ok() && ::read(fd_.get(), drained, sizeof drained) > 0) {
    }
    return waited;
  }

 private:
  Fd fd_;
};

class FileWatch : public Watch {
 public:
  FileWatch(Directory directory, std::string path)
      : directory_(std::move(directory)),
        path_(std::move(path)),
        signal_(directory_.change_mark()) {}
  Result<WatchEvent> next(rt::Deadline deadline) override {
    while (true) {
      std::optional<Loaded> loaded = VIF_TRY(offloaded([&] { return directory_.load(path_); }));
      if (!loaded) return no_node(path_);
      if (loaded->file.version != seen_) {
        seen_ = loaded->file.version;
        return WatchEvent{std::move(loaded->file), false};
      }
      if (Status waited = signal_.wait(deadline); !waited.ok())
        return interrupted(waited.error(), path_);
    }
  }
  bool caught_up() const override { return !seen_.empty(); }

 private:
  Directory directory_;
  std::string path_;
  ChangeSignal signal_;
  Version seen_;
};

class FileRecursiveWatch : public Watch {
 public:
  FileRecursiveWatch(Directory directory, std::string dir)
      : directory_(std::move(directory)), dir_(std::move(dir)), signal_(directory_.change_mark()) {}
  Result<WatchEvent> next(rt::Deadline deadline) override {
    while (true) {
      if (!pending_.empty()) {
        WatchEvent event = std::move(pending_.front());
        pending_.pop_front();
        return event;
      }
      VIF_TRY(offloaded([&] { return rescan(); }));
      if (!pending_.empty()) continue;
      if (Status waited = signal_.wait(deadline); !waited.ok())
        return interrupted(waited.error(), dir_);
    }
  }
  bool caught_up() const override { return scanned_ && pending_.empty(); }
  Status rescan() {
    const std::map<std::string, Identity> found = directory_.scan(dir_);
    for (const auto& [path, identity] : found) {
      const auto it = seen_.find(path);
      if (it != seen_.end() && it->second == identity) continue;
      std::optional<Loaded> loaded = VIF_TRY(directory_.load(path));
      if (!loaded) continue;
      seen_[path] = loaded->identity;
      pending_.push_back({std::move(loaded->file), false});
    }
    for (auto it = seen_.begin(); it != seen_.end();) {
      if (found.contains(it->first)) {
        ++it;
        continue;
      }
      pending_.push_back({{it->first, {}, {}}, true});
      it = seen_.erase(it);
    }
    scanned_ = true;
    return {};
  }

 private:
  Directory directory_;
  std::string dir_;
  ChangeSignal signal_;
  std::map<std::string, Identity> seen_;
  std::deque<WatchEvent> pending_;
  bool scanned_ = false;
};

class FileLock : public Lock {
 public:
  FileLock(Fd fd, std::string name, std::string contents)
      : fd_(std::move(fd)), name_(std::move(name)), contents_(std::move(contents)) {}
  Status check(rt::Deadline) override {
    struct stat held, named;
    if (!fd_.ok() || ::fstat(fd_.get(), &held) != 0 || ::stat(name_.c_str(), &named) != 0 ||
        held.st_ino != named.st_ino) {
      return no_node(name_);
    }
    return {};
  }
  Status unlock(rt::Deadline deadline) override {
    VIF_TRY(check(deadline));
    fd_.reset();
    return {};
  }

 private:
  Fd fd_;  // closing it gives the flock up
  std::string name_;
  std::string contents_;
};

class FileConnection : public Connection {
 public:
  explicit FileConnection(Directory directory) : directory_(std::move(directory)) {}

  Result<std::vector<DirEntry>> list_dir(std::string_view path, rt::Deadline) override {
    VIF_TRY(check_path(path, true));
    return offloaded([&] { return directory_.list_dir(path); });
  }
  Result<Version> create(std::string_view path, std::string_view contents, rt::Deadline) override {
    VIF_TRY(check_path(path));
    return change([&]() -> Result<Version> {
      if (VIF_TRY(directory_.load(path))) return node_exists(path);
      return directory_.write(path, contents);
    });
  }
  Result<Version> update(std::string_view path, std::string_view contents, const Version& version,
                         rt::Deadline) override {
    VIF_TRY(check_path(path));
    return change([&]() -> Result<Version> {
      if (!version.empty()) VIF_TRY(expect_version(path, version));
      return directory_.write(path, contents);
    });
  }
  Result<File> get(std::string_view path, rt::Deadline) override {
    VIF_TRY(check_path(path));
    std::optional<Loaded> loaded = VIF_TRY(offloaded([&] { return directory_.load(path); }));
    if (!loaded) return no_node(path);
    return std::move(loaded->file);
  }
  Result<std::vector<File>> list(std::string_view prefix, rt::Deadline) override {
    VIF_TRY(check_path(prefix, true));
    return offloaded([&]() -> Result<std::vector<File>> {
      const size_t slash = prefix.rfind('/');
      const std::string_view dir = slash == std::string_view::npos ? "" : prefix.substr(0, slash);
      std::vector<File> files;
      for (const auto& [path, identity] : directory_.scan(dir)) {
        if (!path.starts_with(prefix)) continue;
        if (std::optional<Loaded> loaded = VIF_TRY(directory_.load(path)))
          files.push_back(std::move(loaded->file));
      }
      if (files.empty()) return no_node(prefix);
      return files;
    });
  }
  Status remove(std::string_view path, const Version& version, rt::Deadline) override {
    VIF_TRY(check_path(path));
    return change([&]() -> Status {
      VIF_TRY(expect_version(path, version));
      return directory_.remove(path);
    });
  }

  Result<std::unique_ptr<Lock>> lock(std::string_view dir, std::string_view contents,
                                     rt::Deadline deadline) override {
    VIF_TRY(list_dir(dir, deadline));
    return lock_name(dir, contents, deadline);
  }
  Result<std::unique_ptr<Lock>> try_lock(std::string_view dir, std::string_view contents,
                                         rt::Deadline deadline) override {
    VIF_TRY(list_dir(dir, deadline));
    std::unique_ptr<Lock> lock = VIF_TRY(attempt(lock_file(dir), contents));
    if (!lock) return node_exists(fmt::format("lock already exists at path {}", dir));
    return lock;
  }
  Result<std::unique_ptr<Lock>> lock_name(std::string_view dir, std::string_view contents,
                                          rt::Deadline deadline) override {
    VIF_TRY(check_path(dir));
    const std::string name = lock_file(dir);
    if (std::unique_ptr<Lock> lock = VIF_TRY(attempt(name, contents))) return lock;
    // A holder gives up by closing the file, also when it dies.
    ChangeSignal signal(name, IN_CLOSE_WRITE);
    while (true) {
      if (std::unique_ptr<Lock> lock = VIF_TRY(attempt(name, contents))) return lock;
      if (Status waited = signal.wait(deadline); !waited.ok())
        return interrupted(waited.error(), dir);
    }
  }

  Result<std::unique_ptr<Watch>> watch(std::string_view path, rt::Deadline deadline) override {
    VIF_TRY(get(path, deadline));
    return std::unique_ptr<Watch>(std::make_unique<FileWatch>(directory_, std::string(path)));
  }
  Result<std::unique_ptr<Watch>> watch_recursive(std::string_view dir, rt::Deadline) override {
    VIF_TRY(check_path(dir, true));
    return std::unique_ptr<Watch>(
        std::make_unique<FileRecursiveWatch>(directory_, std::string(dir)));
  }

 private:
  static Status check_path(std::string_view path, bool may_be_empty = false) {
    if (path.empty() && may_be_empty) return {};
    for (size_t at = 0; at <= path.size();) {
      const size_t slash = std::min(path.find('/', at), path.size());
      const std::string_view part = path.substr(at, slash - at);
      const bool last_of_prefix = may_be_empty && slash == path.size() && part.empty();
      if ((part.empty() && !last_of_prefix) || part.starts_with('.') ||
          part.find('\0') != std::string_view::npos) {
        return Error(Code::kInvalidArgument, fmt::format("invalid topology path: {}", path));
      }
      at = slash + 1;
    }
    return {};
  }

  template <typename Function>
  auto change(Function work) -> decltype(work()) {
    return offloaded([&] { return directory_.exclusively(work); });
  }

  Status expect_version(std::string_view path, const Version& version) {
    const std::optional<Loaded> loaded = VIF_TRY(directory_.load(path));
    if (!loaded) return no_node(path);
    if (!version.empty() && loaded->file.version != version) return bad_version(path);
    return {};
  }

  std::string lock_file(std::string_view dir) const {
    std::string name(dir);
    for (char& c : name) {
      if (c == '/') c = '~';
    }
    return fmt::format("{}/lock.{}", directory_.locks_dir(), name);
  }

  // The lock, or null when somebody else holds it. Looks before it opens for writing, so that a
  // waiter's own attempts do not wake the other waiters.
  Result<std::unique_ptr<Lock>> attempt(const std::string& name, std::string_view contents) {
    return offloaded([&]() -> Result<std::unique_ptr<Lock>> {
      Fd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
      if (fd.ok() && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return std::unique_ptr<Lock>();
      }
      fd.reset();
      Fd writable(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
      if (!writable.ok()) return system_error("cannot open", name);
      if (::flock(writable.get(), LOCK_EX | LOCK_NB) != 0) return std::unique_ptr<Lock>();
      if (::ftruncate(writable.get(), 0) != 0 ||
          ::write(writable.get(), contents.data(), contents.size()) !=
              static_cast<ssize_t>(contents.size())) {
        return system_error("cannot write", name);
      }
      return std::unique_ptr<Lock>(
          std::make_unique<FileLock>(std::move(writable), name, std::string(contents)));
    });
  }

  Directory directory_;
};

}  // namespace

Result<std::unique_ptr<Connection>> FileStore::connect(std::string_view, std::string_view address,
                                                       std::string_view root) {
  while (root.starts_with('/')) root.remove_prefix(1);
  while (root.ends_with('/')) root.remove_suffix(1);
  Directory directory(root.empty() ? std::string(address) : fmt::format("{}/{}", address, root));
  VIF_TRY(offloaded([&] { return directory.prepare(); }));
  return std::unique_ptr<Connection>(std::make_unique<FileConnection>(std::move(directory)));
}

}  // namespace vif::topo
