// SPDX-License-Identifier: MIT
#include <monochord/model/file_body.hpp>

#include <utility>

#include <monochord/core/error.hpp>

namespace monochord {

file_bytes::kept file_bytes::keep() const {
  if (borrowed_) return {view_, nullptr};
  if (shared_ != nullptr) return {view_, *shared_};
  if (given_ == nullptr) {
    auto copy = std::make_shared<const std::string>(view_);
    const std::string_view all = *copy;
    return {all, std::move(copy)};
  }
  if (given_->size() != view_.size()) {
    throw error(errc::invalid_argument,
                "the bytes of a file were taken over by an earlier call; share them (std::shared_ptr<const std::string>) "
                "to send them twice");
  }
  auto taken = std::make_shared<const std::string>(std::move(*given_));
  given_->clear();
  const std::string_view all = *taken;
  return {all, std::move(taken)};
}

}  // namespace monochord
