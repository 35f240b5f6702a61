#include "topo/memory_store.h"

#include <deque>
#include <set>

#include "rt/sync.h"

namespace vif::topo {

struct MemoryStore::Cell {
  struct Node {
    std::string contents;
    Version version;
  };
  struct Waiter {
    uint64_t id;
    std::string contents;
  };
  std::map<std::string, Node, std::less<>> nodes;
  std::map<std::string, std::deque<Waiter>, std::less<>> locks;  // the front holds it
  std::optional<Error> error;
  uint64_t last_id = 0;
  rt::WaitQueue changed;

  Version write(std::string_view path, std::string_view contents) {
    Node& node = nodes[std::string(path)];
    node.contents = contents;
    node.version = std::to_string(++last_id);
    changed.notify_all();
    return node.version;
  }
  bool has_dir(std::string_view dir) const {
    const std::string prefix = std::string(dir) + "/";
    const auto it = nodes.lower_bound(prefix);
    return it != nodes.end() && it->first.starts_with(prefix);
  }
  void give_up(const std::string& dir, uint64_t id) {
    const auto it = locks.find(dir);
    if (it == locks.end()) return;
    std::erase_if(it->second, [&](const Waiter& waiter) { return waiter.id == id; });
    if (it->second.empty()) locks.erase(it);
    changed.notify_all();
  }
  bool holds(const std::string& dir, uint64_t id) const {
    const auto it = locks.find(dir);
    return it != locks.end() && it->second.front().id == id;
  }
};

namespace {

using CellPtr = std::shared_ptr<MemoryStore::Cell>;

Status usable(const CellPtr& cell) {
  if (cell->error) return *cell->error;
  return {};
}

class MemoryLock : public Lock {
 public:
  MemoryLock(CellPtr cell, std::string dir, uint64_t id)
      : cell_(std::move(cell)), dir_(std::move(dir)), id_(id) {}
  ~MemoryLock() override { cell_->give_up(dir_, id_); }
  Status check(rt::Deadline) override {
    VIF_TRY(usable(cell_));
    if (!cell_->holds(dir_, id_)) return no_node(dir_ + "/locks");
    return {};
  }
  Status unlock(rt::Deadline deadline) override {
    VIF_TRY(check(deadline));
    cell_->give_up(dir_, id_);
    return {};
  }

 private:
  CellPtr cell_;
  std::string dir_;
  uint64_t id_;
};

class MemoryWatch : public Watch {
 public:
  MemoryWatch(CellPtr cell, std::string path) : cell_(std::move(cell)), path_(std::move(path)) {}
  Result<WatchEvent> next(rt::Deadline deadline) override {
    while (true) {
      VIF_TRY(usable(cell_));
      const auto it = cell_->nodes.find(path_);
      if (it == cell_->nodes.end()) return no_node(path_);
      if (it->second.version != seen_) {
        seen_ = it->second.version;
        return WatchEvent{{path_, it->second.contents, seen_}, false};
      }
      if (Status waited = cell_->changed.wait(deadline); !waited.ok())
        return interrupted(waited.error(), path_);
    }
  }
  bool caught_up() const override { return !seen_.empty(); }

 private:
  CellPtr cell_;
  std::string path_;
  Version seen_;
};

class MemoryRecursiveWatch : public Watch {
 public:
  MemoryRecursiveWatch(CellPtr cell, std::string dir)
      : cell_(std::move(cell)), prefix_(dir.empty() ? "" : dir + "/") {
    for (const auto& [path, node] : cell_->nodes) {
      if (path.starts_with(prefix_)) first_.insert(path);
    }
  }
  Result<WatchEvent> next(rt::Deadline deadline) override {
    while (true) {
      VIF_TRY(usable(cell_));
      for (auto it = cell_->nodes.lower_bound(prefix_);
           it != cell_->nodes.end() && it->first.starts_with(prefix_); ++it) {
        Version& seen = seen_[it->first];
        if (seen == it->second.version) continue;
        seen = it->second.version;
        first_.erase(it->first);
        return WatchEvent{{it->first, it->second.contents, seen}, false};
      }
      first_.clear();
      for (const auto& [path, version] : seen_) {
        if (cell_->nodes.contains(path)) continue;
        WatchEvent event{{path, {}, {}}, true};
        seen_.erase(path);
        return event;
      }
      if (Status waited = cell_->changed.wait(deadline); !waited.ok())
        return interrupted(waited.error(), prefix_);
    }
  }
  bool caught_up() const override { return first_.empty(); }

 private:
  CellPtr cell_;
  std::string prefix_;
  std::map<std::string, Version> seen_;
  std::set<std::string> first_;
};

class MemoryConnection : public Connection {
 public:
  explicit MemoryConnection(CellPtr cell) : cell_(std::move(cell)) {}

  Result<std::vector<DirEntry>> list_dir(std::string_view path, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    const std::string prefix = path.empty() ? "" : std::string(path) + "/";
    std::vector<DirEntry> entries;
    for (auto it = cell_->nodes.lower_bound(prefix);
         it != cell_->nodes.end() && it->first.starts_with(prefix); ++it) {
      const std::string_view rest = std::string_view(it->first).substr(prefix.size());
      const size_t slash = rest.find('/');
      const bool directory = slash != std::string_view::npos;
      const std::string_view name = rest.substr(0, slash);
      if (entries.empty() || entries.back().name != name)
        entries.push_back({std::string(name), directory, false});
    }
    if (entries.empty()) return no_node(path);
    // Paths sort "a-b/x" before "a/x", names do not.
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    return entries;
  }
  Result<Version> create(std::string_view path, std::string_view contents, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    if (cell_->nodes.contains(path)) return node_exists(path);
    return cell_->write(path, contents);
  }
  Result<Version> update(std::string_view path, std::string_view contents, const Version& version,
                         rt::Deadline) override {
    VIF_TRY(usable(cell_));
    if (!version.empty()) {
      const auto it = cell_->nodes.find(path);
      if (it == cell_->nodes.end()) return no_node(path);
      if (it->second.version != version) return bad_version(path);
    }
    return cell_->write(path, contents);
  }
  Result<File> get(std::string_view path, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    const auto it = cell_->nodes.find(path);
    if (it == cell_->nodes.end()) return no_node(path);
    return File{it->first, it->second.contents, it->second.version};
  }
  Result<std::vector<File>> list(std::string_view prefix, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    std::vector<File> files;
    for (auto it = cell_->nodes.lower_bound(prefix);
         it != cell_->nodes.end() && it->first.starts_with(prefix); ++it) {
      files.push_back({it->first, it->second.contents, it->second.version});
    }
    if (files.empty()) return no_node(prefix);
    return files;
  }
  Status remove(std::string_view path, const Version& version, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    const auto it = cell_->nodes.find(path);
    if (it == cell_->nodes.end()) return no_node(path);
    if (!version.empty() && it->second.version != version) return bad_version(path);
    cell_->nodes.erase(it);
    cell_->changed.notify_all();
    return {};
  }

  Result<std::unique_ptr<Lock>> lock(std::string_view dir, std::string_view contents,
                                     rt::Deadline deadline) override {
    VIF_TRY(usable(cell_));
    if (!cell_->has_dir(dir)) return no_node(dir);
    return lock_name(dir, contents, deadline);
  }
  Result<std::unique_ptr<Lock>> try_lock(std::string_view dir, std::string_view contents,
                                         rt::Deadline deadline) override {
    if (cell_->locks.contains(dir))
      return node_exists(fmt::format("lock already exists at path {}", dir));
    return lock(dir, contents, deadline);
  }
  Result<std::unique_ptr<Lock>> lock_name(std::string_view dir, std::string_view contents,
                                          rt::Deadline deadline) override {
    VIF_TRY(usable(cell_));
    const std::string name(dir);
    const uint64_t id = ++cell_->last_id;
    cell_->locks[name].push_back({id, std::string(contents)});
    auto lock = std::make_unique<MemoryLock>(cell_, name, id);
    while (!cell_->holds(name, id)) {
      if (Status waited = cell_->changed.wait(deadline); !waited.ok())
        return interrupted(waited.error(), dir);
    }
    return std::unique_ptr<Lock>(std::move(lock));
  }

  Result<std::unique_ptr<Watch>> watch(std::string_view path, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    if (!cell_->nodes.contains(path)) return no_node(path);
    return std::unique_ptr<Watch>(std::make_unique<MemoryWatch>(cell_, std::string(path)));
  }
  Result<std::unique_ptr<Watch>> watch_recursive(std::string_view dir, rt::Deadline) override {
    VIF_TRY(usable(cell_));
    return std::unique_ptr<Watch>(std::make_unique<MemoryRecursiveWatch>(cell_, std::string(dir)));
  }

 private:
  CellPtr cell_;
};

}  // namespace

std::shared_ptr<MemoryStore::Cell> MemoryStore::cell(std::string_view name) {
  const auto it = cells_.find(name);
  if (it != cells_.end()) return it->second;
  return cells_.emplace(name, std::make_shared<Cell>()).first->second;
}

Result<std::unique_ptr<Connection>> MemoryStore::connect(std::string_view name, std::string_view,
                                                         std::string_view) {
  return std::unique_ptr<Connection>(std::make_unique<MemoryConnection>(cell(name)));
}

void MemoryStore::set_error(std::string_view name, std::optional<Error> error) {
  const std::shared_ptr<Cell> target = cell(name);
  target->error = std::move(error);
  target->changed.notify_all();
}

}  // namespace vif::topo
