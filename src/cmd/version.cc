#include "cmd/version.h"

namespace vif::cmd {

std::string version_line() {
  return fmt::format(
      "Version: 23.0.0-SNAPSHOT (Git revision {} branch '{}') built on {} by vif@vif using g++ "
      "{}.{} "
      "linux/amd64 (Vif 0.1)",
      VIF_GIT_REVISION, VIF_GIT_BRANCH, VIF_BUILD_DATE, __GNUC__, __GNUC_MINOR__);
}

}  // namespace vif::cmd
