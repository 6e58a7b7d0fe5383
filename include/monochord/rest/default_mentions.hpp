// SPDX-License-Identifier: MIT
#pragma once

namespace monochord {

/// Whom messages notify that do not say it themselves; without a word nobody.
/// `{.allowed_mentions = mc::default_mentions{.users = true}}` notifies users, but neither roles nor everyone.
/// https://docs.discord.com/developers/resources/message#allowed-mentions-object
struct default_mentions {
  bool users = false;         ///< users that are mentioned
  bool roles = false;         ///< members of roles that are mentioned
  bool everyone = false;      ///< everybody by `@everyone`, who is online by `@here`
  bool replied_user = false;  ///< the author of the message that is replied to
};

}  // namespace monochord
