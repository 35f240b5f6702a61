// Where a local cluster keeps its things, and on which ports.
#pragma once

#include <string>

#include "local/cluster_spec.h"

namespace vif::local {

// Paths below one data folder, in the way of $VTDATAROOT.
struct Layout {
  std::string root;  // absolute

  std::string tablet_dir(uint32_t uid) const { return fmt::format("{}/vt_{:010}", root, uid); }
  std::string log_dir() const { return root + "/logs"; }
  std::string log(std::string_view name) const { return fmt::format("{}/{}.log", log_dir(), name); }
  std::string pid(std::string_view name) const { return fmt::format("{}/run/{}.pid", root, name); }
  std::string topo_dir() const { return root + "/topo"; }
  std::string template_dir(std::string_view version) const {
    return fmt::format("{}/templates/{}", root, version);
  }
  std::string control_socket() const { return root + "/vif.sock"; }
  std::string tablet_socket(uint32_t uid) const { return tablet_dir(uid) + "/grpc.sock"; }
  std::string gate_socket() const { return root + "/mysql.sock"; }
  std::string lock_file() const { return root + "/vif.lock"; }
  std::string loaded_marker() const { return root + "/sample_loaded"; }
};

inline std::string alias(const TabletSpec& tablet) {
  return fmt::format("{}-{:010}", tablet.cell, tablet.uid);
}

// $VTDATAROOT, or ~/.vif.
std::string default_data_dir();

}  // namespace vif::local
