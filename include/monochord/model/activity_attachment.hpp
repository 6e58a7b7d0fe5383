// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/model/attachment.hpp>

namespace monochord {

/// A file that was uploaded for an application's activity. Not documented.
struct activity_attachment {
  monochord::attachment attachment;
};

}  // namespace monochord
