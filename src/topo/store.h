// Where topology lives: a small key-value store per cell, with versions, locks and watches, as
// Vitess's topo.Conn has it. Implementations: topo/memory_store (tests), topo/file_store (one
// machine), topo/etcd_store.
//
// Paths are relative to the root of the cell ("keyspaces/commerce/shards/-80/Shard"); directories
// exist as long as something is in them. Error texts are Vitess's, since tools print and match
// them:
//   kNotFound           "node doesn't exist: <path>"
//   kAlreadyExists      "node already exists: <path>"
//   kFailedPrecondition "node not empty: <path>"
//   kAborted            "bad node version: <path>"
//   kDeadlineExceeded   "deadline exceeded: <path>"
//   kCanceled           "interrupted: <path>"
// and kUnavailable when the store cannot be reached.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rt/time.h"

namespace vif::topo {

// Opaque; changes whenever the contents are written. Empty: "no matter which", an unconditional
// write.
using Version = std::string;

struct DirEntry {
  std::string name;
  bool directory = false;
  bool ephemeral = false;  // holds nothing but locks or elections
  auto operator<=>(const DirEntry&) const = default;
};

struct File {
  std::string path;
  std::string contents;
  Version version;
};

// A held lock. Destroying it without unlock() gives it up too, as well as it can.
class Lock {
 public:
  virtual ~Lock() = default;
  // Errors: the lock was lost (lease ran out, somebody removed it, the store is away).
  virtual Status check(rt::Deadline deadline) = 0;
  // Works at most once; a second call is an error.
  virtual Status unlock(rt::Deadline deadline) = 0;
};

struct WatchEvent {
  File file;
  bool deleted = false;  // then the contents and version are empty
};

// One fiber at a time calls next(). Destroying ends the watch.
class Watch {
 public:
  virtual ~Watch() = default;
  // First the current value (recursive: each current file), then each change, in order per file;
  // values in between may be skipped, and the same value may come twice. Waits. After an error the
  // watch is over, but for kDeadlineExceeded. Errors: kNotFound when a watched file is deleted
  // (recursive: never; deletions are events), kUnavailable.
  virtual Result<WatchEvent> next(rt::Deadline deadline) = 0;
  // Recursive: true once every file that stood when the watch began has been handed out.
  virtual bool caught_up() const = 0;
};

// A connection to the store of one cell. Any fiber of its scheduler may call, many at a time.
class Connection {
 public:
  virtual ~Connection() = default;

  // Sorted by name. Errors: kNotFound when nothing is under `path`. "" is the root.
  virtual Result<std::vector<DirEntry>> list_dir(std::string_view path, rt::Deadline deadline) = 0;
  // Errors: kAlreadyExists.
  virtual Result<Version> create(std::string_view path, std::string_view contents,
                                 rt::Deadline deadline) = 0;
  // With an empty version also creates. Errors: kAborted, kNotFound.
  virtual Result<Version> update(std::string_view path, std::string_view contents,
                                 const Version& version, rt::Deadline deadline) = 0;
  // Errors: kNotFound.
  virtual Result<File> get(std::string_view path, rt::Deadline deadline) = 0;
  // Every file whose path begins with `prefix`, sorted by path. Errors: kNotFound when there is
  // none.
  virtual Result<std::vector<File>> list(std::string_view prefix, rt::Deadline deadline) = 0;
  // Errors: kNotFound, kAborted.
  virtual Status remove(std::string_view path, const Version& version, rt::Deadline deadline) = 0;

  // Excludes other lockers of the directory, in all processes; not writers. `contents` says who
  // holds it and why. Waits for its turn. Errors: kNotFound when the directory does not exist,
  // kDeadlineExceeded, kCanceled.
  virtual Result<std::unique_ptr<Lock>> lock(std::string_view dir, std::string_view contents,
                                             rt::Deadline deadline) = 0;
  // As lock(), but kAlreadyExists ("node already exists: lock already exists at path <dir>") at
  // once when somebody holds it.
  virtual Result<std::unique_ptr<Lock>> try_lock(std::string_view dir, std::string_view contents,
                                                 rt::Deadline deadline) = 0;
  // As lock(), but the directory need not exist.
  virtual Result<std::unique_ptr<Lock>> lock_name(std::string_view dir, std::string_view contents,
                                                  rt::Deadline deadline) = 0;

  // Errors: kNotFound when the file does not exist.
  virtual Result<std::unique_ptr<Watch>> watch(std::string_view path, rt::Deadline deadline) = 0;
  // Every file under the directory `dir`, which need not exist (yet).
  virtual Result<std::unique_ptr<Watch>> watch_recursive(std::string_view dir,
                                                         rt::Deadline deadline) = 0;
};

// Makes connections: what `--topo-implementation` chooses.
class Store {
 public:
  virtual ~Store() = default;
  // `cell` is "global" or a cell's name; address and root are those of the flags (global) or of the
  // CellInfo.
  virtual Result<std::unique_ptr<Connection>> connect(std::string_view cell,
                                                      std::string_view address,
                                                      std::string_view root) = 0;
};

Error no_node(std::string_view path);
Error node_exists(std::string_view path);
Error node_not_empty(std::string_view path);
Error bad_version(std::string_view path);
// The error of a wait on `path` that ended with kCanceled or kDeadlineExceeded; others come back as
// they are.
Error interrupted(const Error& error, std::string_view path);

}  // namespace vif::topo
